"""`manage.py worker QUEUE...`: work the web side's queues off; runs only functions of a fixed list."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from rq.serializers import JSONSerializer

from presets_app.jobs.worker import FixedListWorker
from presets_app.queries.health import queue_connection


class Command(BaseCommand):
    help = "Work queues off: results, default, cloud."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("queues", nargs="+", choices=["results", "default", "cloud"])

    def handle(self, *args: Any, **options: Any) -> None:
        worker = FixedListWorker(options["queues"], connection=queue_connection(), serializer=JSONSerializer)
        worker.work(with_scheduler=False, logging_level="WARNING")
