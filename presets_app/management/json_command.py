"""The house's shape of a command: subcommands, `--json`, exit codes 0 done, 1 refused, 2 could not.

With `--json`, stdout is exactly one JSON object on one line; progress and logs go to stderr.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from presets_app.core.errors import MatchframeError, Refused

DONE, REFUSED, COULD_NOT = 0, 1, 2
Answer = tuple[dict[str, Any], int]


class JsonCommand(BaseCommand):
    """`answer` does the work and returns (object, exit code); `words` prints the object for people."""

    requires_system_checks: list[str] = []  # type: ignore[assignment]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json", help="one JSON object on one line")
        self.arguments(parser)

    def arguments(self, parser: ArgumentParser) -> None:
        """The command's own arguments."""

    def answer(self, **options: Any) -> Answer:
        raise NotImplementedError

    def words(self, value: dict[str, Any], **options: Any) -> None:
        """The answer for people; by default its fields, one a line."""
        for problem in value.get("problems", []):
            place = f" at {problem['path']}" if problem["path"] else ""
            self.stdout.write(
                f"{problem['severity']} {problem['code']}{place}: {problem['message']} {problem['hint']}".rstrip()
            )
        for key, inner in value.items():
            if key != "problems":
                self.stdout.write(f"{key}: {inner if isinstance(inner, str) else json.dumps(inner)}")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            value, code = self.answer(**options)
        except MatchframeError as error:
            value = {"problems": [problem.as_json() for problem in error.problems]}
            code = REFUSED if isinstance(error, Refused) else COULD_NOT
        if options["as_json"]:
            self.stdout.write(json.dumps(value, allow_nan=False))
        else:
            self.words(value, **options)
        self.stdout.flush()
        if code:
            sys.exit(code)

    def say(self, text: str) -> None:
        """A line of progress, on stderr so that stdout stays one object."""
        self.stderr.write(text)
        self.stderr.flush()


class FeatureCommand(JsonCommand):
    """One command for a feature word; each subcommand is a method `do_<name>` with its arguments in `subcommands`."""

    subcommands: dict[str, tuple[str, Callable[[ArgumentParser], None]]] = {}

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as", dest="person", default="", metavar="USER", help="the acting person's user name")
        parser.add_argument("--project", default="", help="the project's short name; the only one when left out")
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        for name, (text, fill) in self.subcommands.items():
            sub = actions.add_parser(name, help=text)
            # Accepted behind the subcommand as well; SUPPRESS keeps the outer value when it is not given there.
            sub.add_argument("--json", action="store_true", dest="as_json", default=_suppressed())
            sub.add_argument("--as", dest="person", default=_suppressed(), metavar="USER")
            sub.add_argument("--project", default=_suppressed())
            fill(sub)

    def answer(self, **options: Any) -> Answer:
        method: Callable[..., Answer] = getattr(self, "do_" + options["action"].replace("-", "_"))
        return method(**options)


def _suppressed() -> Any:
    from argparse import SUPPRESS  # noqa: PLC0415 - a name that reads better wrapped

    return SUPPRESS


def read_file(name: str) -> bytes:
    """A file's bytes, with a sentence instead of a traceback when it cannot be read."""
    try:
        with open(name, "rb") as stream:
            return stream.read()
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}.", returncode=COULD_NOT) from None
