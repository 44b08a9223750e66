"""What a reader of a script knows at one line, and how much it may still do."""

from __future__ import annotations

import ast
import time
from abc import ABC, abstractmethod
from typing import Any

from presets_app.backends.diffusers.scripts.bounds import UnreadableScript
from presets_app.backends.diffusers.scripts.values import Call, Export, Function, Pipe, Told

_MOST_STEPS = 300_000  # expressions looked at; a long script has a few thousand
_MOST_REMARKS = 40
_MOST_MADE = 5_000_000  # characters and entries of everything that is put together
_SECONDS = 5.0  # of CPU; a long script takes some hundredths
Scope = dict[str, Any]


class State(ABC):
    """`calls` and `exports` are what the script does; `remarks` what a person should know (code and words, severity
    and line); `environment` the names of variables that it asks for; `events` counts what is done to pipelines."""

    def __init__(self) -> None:
        self.scopes: list[Scope] = [{}]
        self.pipes: list[Pipe] = []
        self.calls: list[Call] = []
        self.exports: list[Export] = []
        self.remarks: dict[tuple[str, str], tuple[str, int]] = {}
        self.environment: list[str] = []
        self.hashes: dict[str, dict[str, Any]] = {}
        self.called: set[str] = set()
        self.starred = False  # whether every name of diffusers is imported
        self.seed: Told | None = None  # of all of torch
        self.loops = 0
        self.events = 0
        self._steps = 0
        self._made = 0
        self._deadline = time.process_time() + _SECONDS

    @abstractmethod
    def value(self, node: ast.expr) -> Any:
        """What an expression stands for."""

    @abstractmethod
    def store(self, target: ast.expr, value: Any) -> None:
        """Bind a value to what stands left of an equals sign."""

    @abstractmethod
    def inline(self, function: Function, scope: Scope, line: int) -> Any:
        """What a function of the script returns for bound arguments."""

    def remark(self, code: str, words: str, line: int, severity: str = "note") -> None:
        if len(self.remarks) < _MOST_REMARKS:
            self.remarks.setdefault((code, words), (severity, line))

    def tick(self, made: Any = None) -> None:
        """Count one expression, and what it made."""
        self._steps += 1
        self._made += len(made) if isinstance(made, (str, list, tuple, dict)) else 0
        late = self._steps % 256 == 0 and time.process_time() > self._deadline
        if self._steps > _MOST_STEPS or self._made > _MOST_MADE or late:
            text = "The script does too much to be read."
            raise UnreadableScript("script_too_large", text, "Give the part that loads and calls the pipeline.")

    def lookup(self, name: str) -> Any:
        return next((scope[name] for scope in reversed(self.scopes) if name in scope), None)

    def knows(self, name: str) -> bool:
        return any(name in scope for scope in self.scopes)

    def bind(self, name: str, value: Any) -> None:
        self.scopes[-1][name] = value
