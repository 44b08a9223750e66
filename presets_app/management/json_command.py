"""The house's shape of a command: subcommands, `--json`, exit codes 0 done, 1 refused, 2 could not.

With `--json`, stdout is exactly one JSON object on one line, whatever happens; progress and logs go to stderr.
"""

from __future__ import annotations

import json
import re
import sys
from argparse import SUPPRESS, ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from redis.exceptions import RedisError

from presets_app.core.errors import MatchframeError, Refused, Unavailable

DONE, REFUSED, COULD_NOT = 0, 1, 2
Answer = tuple[dict[str, Any], int]
Fill = Callable[[ArgumentParser], None]
_HASH = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_LONGEST_FILE = 64 * 1024 * 1024  # bytes; the largest input set that is read


class JsonCommand(BaseCommand):
    """`answer` does the work and returns (object, exit code); `words` prints the object for people."""

    requires_system_checks: list[str] = []
    _json_asked = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json", help="one JSON object on one line")
        self.arguments(parser)

    def arguments(self, parser: ArgumentParser) -> None:
        """The command's own arguments."""

    def answer(self, **options: Any) -> Answer:
        raise NotImplementedError

    def words(self, value: dict[str, Any], **options: Any) -> None:
        """The answer for people; by default its fields, one a line, and one line for each entry of a list."""
        for problem in value.get("problems", []):
            place = f" at {problem['path']}" if problem["path"] else ""
            text = f"{problem['severity']} {problem['code']}{place}: {problem['message']} {problem['hint']}"
            self.stdout.write(text.rstrip())
        for key, inner in value.items():
            if key != "problems":
                self._field(key, inner)

    def _field(self, key: str, value: Any) -> None:
        if isinstance(value, (list, tuple)) and value and all(isinstance(entry, dict) for entry in value):
            self.stdout.write(f"{key}:")
            for entry in value:
                self.stdout.write(
                    "  " + "  ".join(_brief(inner) for inner in entry.values() if inner not in ("", None))
                )
        else:
            self.stdout.write(f"{key}: {_plain(value)}")

    def run_from_argv(self, argv: list[str]) -> None:
        """As Django does it; with --json, a wrong argument is an object on stdout too."""
        self._json_asked = "--json" in argv[2:]
        try:
            super().run_from_argv(argv)
        except CommandError as error:
            self._print(
                {
                    "problems": [
                        _problem("arguments_wrong", str(error).removeprefix("Error: "), f"See {argv[1]} --help.")
                    ]
                }
            )
            sys.exit(COULD_NOT)

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        if self._json_asked:
            # A parser that was not called from the command line raises CommandError instead of printing its usage.
            self._called_from_command_line = False
        return super().create_parser(prog_name, subcommand, **kwargs)

    def handle(self, *args: Any, **options: Any) -> None:
        value, code = self._answered(**options)
        if options["as_json"]:
            self._print(value)
        else:
            self.words(value, **options)
        self.stdout.flush()
        if code:
            sys.exit(code)

    def _answered(self, **options: Any) -> Answer:
        try:
            return self.answer(**options)
        except MatchframeError as error:
            code = REFUSED if isinstance(error, Refused) else COULD_NOT
            return {"problems": [problem.as_json() for problem in error.problems]}, code
        except CommandError as error:
            found = _problem("could_not", str(error), "")
        except DatabaseError as error:
            hint = "Start Matchframe once with `make up`, or run `manage.py migrate`."
            found = _problem("database_not_ready", f"The database cannot be used: {_first_line(error)}.", hint)
        except RedisError:
            hint = "Start it (`make up`), then run `manage.py check_store`: what was recorded is sent then."
            found = _problem("queue_silent", "The queue does not answer.", hint)
        except OSError as error:
            place = f"{error.filename}: " if error.filename else ""
            found = _problem("system_refused", f"{place}{error.strerror or type(error).__name__}.", "")
        except KeyboardInterrupt:
            found = _problem("interrupted", "Stopped waiting; what was started goes on.", "")
        return {"problems": [found]}, COULD_NOT

    def _print(self, value: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(value, allow_nan=False))
        self.stdout.flush()

    def say(self, text: str) -> None:
        """A line of progress, on stderr so that stdout stays one object."""
        self.stderr.write(text)
        self.stderr.flush()


class FeatureCommand(JsonCommand):
    """One command for a feature word; each subcommand is a method `do_<name>` with its arguments in `subcommands`."""

    subcommands: dict[str, tuple[str, Fill]] = {}

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as", dest="person", default="", metavar="USER", help="the acting person's user name")
        parser.add_argument("--project", default="", help="the project's short name; the only one when left out")
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        for name, (text, fill) in self.subcommands.items():
            # A subcommand may mean something else by a name: its own argument replaces the shared one.
            sub = actions.add_parser(name, help=text, description=text, conflict_handler="resolve")
            # Accepted behind the subcommand as well; SUPPRESS keeps the outer value when it is not given there.
            sub.add_argument("--json", action="store_true", dest="as_json", default=SUPPRESS)
            sub.add_argument("--as", dest="person", default=SUPPRESS, metavar="USER")
            sub.add_argument("--project", default=SUPPRESS)
            fill(sub)

    def answer(self, **options: Any) -> Answer:
        method: Callable[..., Answer] = getattr(self, "do_" + options["action"].replace("-", "_"))
        return method(**options)


def taking(*names: str, **options: dict[str, Any]) -> Fill:
    """The arguments of a subcommand: names in order, and for those that need it the options of `add_argument`, by
    name without dashes. An option that says nothing else is a text, "" when left out."""

    def fill(parser: ArgumentParser) -> None:
        for name in names:
            given = dict(options.get(name.lstrip("-").replace("-", "_"), {}))
            if name.startswith("-") and not {"default", "action", "required"} & given.keys():
                given["default"] = "" if "type" not in given else None
            parser.add_argument(name, **given)

    return fill


def read_file(name: str) -> bytes:
    """A file's bytes, "-" being standard input. Raises Unavailable, with a sentence for people, when it cannot be
    read."""
    try:
        if name == "-":
            data = sys.stdin.buffer.read(_LONGEST_FILE + 1)
        else:
            with Path(name).open("rb") as stream:
                data = stream.read(_LONGEST_FILE + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "that is no file name"
        raise Unavailable(f"{name!r} cannot be read: {why}.", code="file_unreadable", hint="Name a file.") from None
    if len(data) > _LONGEST_FILE:
        hint = "Check that this is the file you meant."
        raise Unavailable(f"{name} has more than {_LONGEST_FILE:,} bytes.", code="file_too_large", hint=hint)
    return data


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _brief(value: Any) -> str:
    """The same in a list, where a hash is told by its first digits."""
    return value[:12] if isinstance(value, str) and _HASH.fullmatch(value) else _plain(value)


def _problem(code: str, message: str, hint: str) -> dict[str, str]:
    return {"code": code, "severity": "error", "path": "", "message": message, "hint": hint, "source": ""}


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
