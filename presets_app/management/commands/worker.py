"""`manage.py worker QUEUE...`: work the web side's queues off; runs only functions of a fixed list."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from rq.serializers import JSONSerializer

from presets_app.jobs.orphans import put_back
from presets_app.jobs.worker import FixedListWorker
from presets_app.queries.health import queue_connection
from presets_app.services import healing


class Command(BaseCommand):
    help = "Work queues off: results, default, cloud, servers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("queues", nargs="+", choices=["results", "default", "cloud", "servers"])

    def handle(self, *args: Any, **options: Any) -> None:
        connection = queue_connection()
        for job in put_back(options["queues"], connection):
            self.stderr.write(f"took over the job {job} of a worker that is gone")
        if "default" in options["queues"]:
            healing.heal()
        worker = FixedListWorker(options["queues"], connection=connection, serializer=JSONSerializer)
        worker.work(with_scheduler=False, logging_level="WARNING")
