"""Git as child processes, spawned through GitPython's command layer with a fixed environment.

Nothing but literal options, full hashes and validated names is passed; `--end-of-options` stands before anything that
came from a caller. GitPython's object layer is not used: docs/decisions/0002-git-by-plumbing.md says why.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Generator, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

from presets_app.core.errors import Invalid
from presets_app.gitstore.errors import GitFailed, RevisionNotFound

os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")  # a missing git is check_git's sentence, not an ImportError
import git

OLDEST = (2, 31)  # log --diff-merges=first-parent
FSYNC_SETTING = (2, 36)  # core.fsync; older versions leave objects and refs to the operating system
_HASH = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_ABSENT = re.compile(r"fatal: (bad object|bad revision|not a tree object|ambiguous argument)")
_PLACE = re.compile(r"(?:/[^/\s':]+)+/([^/\s':]+)")  # where the store lies is nobody's business but the operator's
_HOW = "Install git 2.31 or newer and make sure that it is on PATH."
_CHUNK = 1 << 16
PATIENCE = 300.0  # seconds for one command; only fsck of a big repository takes more than a few
_SETTINGS = (
    "core.hooksPath=/dev/null",
    "core.fsync=committed,reference",
    "core.fsmonitor=false",
    "core.attributesFile=/dev/null",
    "core.warnAmbiguousRefs=false",
    "core.alternateRefsCommand=",
    "log.showSignature=false",
    "i18n.logOutputEncoding=UTF-8",
    "gc.auto=0",
)


@dataclass(frozen=True)
class Finished:
    """What a command left: exit status, standard output, standard error as text."""

    status: int
    out: bytes
    err: str


class Command:
    """Runs git for one repository and knows every child that is still alive."""

    def __init__(self, repository: Path) -> None:
        self._git = git.cmd.Git("/")
        self._env = environment(repository)
        self._alive: dict[int, git.cmd.Git.AutoInterrupt] = {}

    def start(self, *args: str, passing: Sequence[int] = ()) -> subprocess.Popen[bytes]:
        """Spawn with pipes on all three streams; `end` must follow. `passing` are file descriptors the child keeps."""
        try:
            child = self._git.execute(
                [*_argv(), *args],
                istream=subprocess.PIPE,
                as_process=True,
                shell=False,
                env=self._env,
                pass_fds=tuple(passing),
            )
        except (git.exc.GitCommandNotFound, PermissionError) as error:
            raise _missing() from error
        except OSError as error:
            raise GitFailed(f"git could not be started: {error.strerror}.") from error
        process = child.proc
        assert process is not None  # noqa: S101 (GitPython sets it to None only when it is ended)
        self._alive[process.pid] = child
        return process

    def run(self, *args: str, feed: bytes = b"", passing: Sequence[int] = ()) -> Finished:
        """Run to the end with `feed` on standard input. Does not judge the exit status."""
        process = self.start(*args, passing=passing)
        try:
            out, err = process.communicate(feed, timeout=PATIENCE)
        except subprocess.TimeoutExpired as error:
            raise GitFailed(f"git did not finish within {PATIENCE:.0f} seconds.") from error
        finally:
            self.end(process)
        return Finished(process.returncode, out, err.decode("utf-8", "replace"))

    def tokens(self, *args: str) -> Generator[str, None, None]:
        """Run and yield the NUL-terminated texts of standard output as they come. Raises what `failed` makes of
        a bad exit."""
        process = self.start(*args)
        try:
            assert process.stdin and process.stdout and process.stderr  # noqa: S101 (start makes all three pipes)
            process.stdin.close()
            rest = b""
            while chunk := process.stdout.read1(_CHUNK):  # type: ignore[attr-defined]
                *whole, rest = (rest + chunk).split(b"\0")
                yield from (token.decode("utf-8", "replace") for token in whole)
            err = process.stderr.read().decode("utf-8", "replace")
            if process.wait():
                raise failed(err)
        finally:
            self.end(process)

    def end(self, process: subprocess.Popen[bytes]) -> None:
        """Close the pipes, stop the child if it still runs, and reap it."""
        if self._alive.pop(process.pid, None) is None:
            return
        if process.poll() is None:
            process.kill()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                _close(pipe)
        process.wait()

    def close(self) -> None:
        for child in list(self._alive.values()):
            if child.proc is not None:
                self.end(child.proc)


def environment(repository: Path) -> dict[str, str]:
    """What every git child is given on top of the parent's environment. Each GIT_* variable that could point git at
    another repository, configuration or program is set, because the parent may itself run inside a git hook."""
    place = os.fspath(repository)
    return {
        "GIT_DIR": place,
        "GIT_COMMON_DIR": place,
        "GIT_OBJECT_DIRECTORY": os.path.join(place, "objects"),
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": "",
        "GIT_NAMESPACE": "",
        "GIT_GRAFT_FILE": os.path.join(place, "info", "grafts"),  # refused if it is there
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_COUNT": "0",
        "GIT_CONFIG_PARAMETERS": "",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_DEFAULT_HASH": "sha1",
        "GIT_DEFAULT_REF_FORMAT": "files",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": "https:ssh",
        "GIT_SSH_COMMAND": "false",
        "GIT_OPTIONAL_LOCKS": "0",
        "TZ": "UTC",
    }


def full_hash(value: str) -> str:
    """The value itself, if it is a full lower-case object id. Raises Invalid (`revision_invalid`): branch names,
    abbreviations and expressions never reach git."""
    if not isinstance(value, str) or not _HASH.fullmatch(value):
        text = f"{str(value)[:80]!r} is not a full revision id (40 or 64 hex digits)."
        raise Invalid(text, code="revision_invalid")
    return value


def failed(err: str) -> GitFailed | RevisionNotFound:
    """The exception for a command that ended badly, with git's own first reason and no list of internals."""
    if _ABSENT.search(err):
        return RevisionNotFound("That revision is not in this project's repository.")
    lines = [line.partition(": ")[2] or line for line in err.splitlines() if line.strip()]
    reason = _PLACE.sub(r"\1", lines[0])[:200] if lines else "it gave no reason"
    hint = "Free some space on the disk." if "No space left" in err else "Run the store check for this project."
    return GitFailed(f"git could not finish: {reason}", hint=hint)


def check_git() -> str:
    """The version of the git on PATH. Raises GitFailed (an Unavailable) if there is none or it is older than 2.31."""
    return ".".join(map(str, version()))


def version() -> tuple[int, ...]:
    return _version(os.environ.get("PATH", ""))


@cache
def _version(path: str) -> tuple[int, ...]:
    """Cached by PATH, because that decides which git runs."""
    done = Command(Path("/")).run("version")
    found = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", done.out.decode("utf-8", "replace"))
    if done.status or not found:
        raise _missing()
    numbers = tuple(int(part) for part in found.groups(default="0"))
    if numbers < OLDEST:
        text = f"git {'.'.join(map(str, numbers))} is too old; Matchframe needs 2.31 or newer."
        raise GitFailed(text, code="git_too_old", hint=_HOW)
    return numbers


def _argv() -> Iterable[str]:
    settings = (part for setting in _SETTINGS for part in ("-c", setting))
    return (git.Git.GIT_PYTHON_GIT_EXECUTABLE or "git", *settings)


def _missing() -> GitFailed:
    return GitFailed("git is not installed, or is not on PATH.", code="git_missing", hint=_HOW)


def _close(pipe: IO[bytes]) -> None:
    with suppress(BrokenPipeError):  # unwritten input of a child that is gone: nothing promised is lost
        pipe.close()
