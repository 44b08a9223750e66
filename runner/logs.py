"""One JSON object a line on stderr: when, how bad, what, and the fields that matter. No prompts, no addresses."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

_LOG = logging.getLogger("runner")


class _Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {"at": at, "level": record.levelname.lower(), "event": record.getMessage()}
        return json.dumps({**line, **getattr(record, "fields", {})}, ensure_ascii=False, default=str)


def to_stderr() -> None:
    """For the whole process; RQ sees that there is a handler and adds none of its own."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for name in ("rq", "rq.worker", "rq.job"):
        logging.getLogger(name).setLevel(logging.WARNING)


def note(event: str, **fields: Any) -> None:
    _LOG.info(event, extra={"fields": fields})


def warn(event: str, **fields: Any) -> None:
    _LOG.warning(event, extra={"fields": fields})
