"""Goes through a script's statements in order and keeps what its names stand for.

Branches whose condition is known are chosen; of others both are read, and what they leave different is unknown. A
loop is read once. Functions are read where they are called.
"""

from __future__ import annotations

import ast
from typing import Any

from presets_app.backends.diffusers.scripts import expressions
from presets_app.backends.diffusers.scripts.state import Scope, State
from presets_app.backends.diffusers.scripts.values import (
    Config,
    Function,
    Name,
    Namespace,
    Part,
    PartOf,
    Pipe,
    Result,
    Scheduler,
    Told,
    Unknown,
    is_same,
    results_in,
)

_DEEPEST_CALL = 8


class Reader(State):
    """Reads the statements of a script; expressions and calls are read in modules of their own."""

    def __init__(self) -> None:
        super().__init__()
        self._returns: list[list[Any]] = []
        self._inside: list[Any] = []

    def value(self, node: ast.expr) -> Any:
        return expressions.value(self, node, 0)

    def block(self, statements: list[ast.stmt]) -> bool:
        """Read statements in order. True when the block surely ends with a return."""
        return any(self._statement(statement) for statement in statements)

    def inline(self, function: Function, scope: Scope, line: int) -> Any:
        node = function.node
        if len(self._inside) >= _DEEPEST_CALL or node in self._inside:
            return Unknown(f"the function {node.name[:40]}", line)
        self._inside.append(node)
        self.scopes.append(scope)
        self._returns.append([])
        self.block(node.body)
        returned = self._returns.pop()
        self.scopes.pop()
        self._inside.pop()
        if not returned:
            return None
        same = all(is_same(one, returned[0]) for one in returned)
        results = results_in(returned)
        if same:
            return returned[0]
        return Result(results[0]) if results else Unknown("several ways out of a function", line)

    def _statement(self, node: ast.stmt) -> bool:
        self.tick()
        reads = getattr(self, f"_{type(node).__name__.lower()}", None)
        if reads is None:
            return False
        return bool(reads(node))

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            top = alias.name.partition(".")[0]
            self.bind(alias.asname or top, Name(alias.name if alias.asname else top))

    def _importfrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            self.starred |= alias.name == "*" and (node.module or "").startswith("diffusers")
            self.bind(alias.asname or alias.name, expressions.imported(f"{node.module or ''}.{alias.name}"))

    def _expr(self, node: ast.Expr) -> None:
        self.value(node.value)

    def _assign(self, node: ast.Assign) -> None:
        value = self.value(node.value)
        for target in node.targets:
            self.store(target, value)

    def _annassign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.store(node.target, self.value(node.value))

    def _augassign(self, node: ast.AugAssign) -> None:
        left = self.value(node.target)
        value = expressions.combined(node.op, left, self.value(node.value), node.lineno)
        self.store(node.target, value)

    def _return(self, node: ast.Return) -> bool:
        if self._returns:
            self._returns[-1].append(self.value(node.value) if node.value is not None else None)
        return True

    def _functiondef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.bind(node.name, Function(node))

    _asyncfunctiondef = _functiondef

    def _classdef(self, node: ast.ClassDef) -> None:
        self.scopes.append({})
        self.block(node.body)
        settings = self.scopes.pop()
        self.bind(node.name, Namespace(settings))

    def _if(self, node: ast.If) -> bool:
        test = expressions.truth(self.value(node.test))
        if test is not None:
            return self.block(node.body if test else node.orelse)
        before, events = dict(self.scopes[-1]), self.events
        ended = self.block(node.body)
        first, self.scopes[-1] = self.scopes[-1], dict(before)
        other = self.block(node.orelse)
        self._merge(first, node.lineno)
        if self.events > events:
            self.remark(
                "set_under_condition", "what is done under this condition is read as done", node.lineno, "warning"
            )
        return ended and other

    def _merge(self, first: Scope, line: int) -> None:
        here = self.scopes[-1]
        for name in {*first, *here}:
            one, other = first.get(name), here.get(name)
            if name not in here:
                here[name] = one
            elif name in first and not is_same(one, other):
                results = results_in([one, other])
                here[name] = Result(results[0]) if results else _either(one, other, line)

    def _for(self, node: ast.For | ast.AsyncFor) -> None:
        over = self.value(node.iter)
        single = isinstance(over, (list, tuple)) and len(over) == 1
        results = results_in(over)
        made = Result(results[0]) if results else Unknown("a loop", node.lineno)
        self.store(node.target, over[0] if single else made)
        self.loops += not single
        self.block(node.body)
        self.loops -= not single
        self.block(node.orelse)

    _asyncfor = _for

    def _while(self, node: ast.While) -> None:
        self.loops += 1
        self.block(node.body)
        self.loops -= 1

    def _with(self, node: ast.With | ast.AsyncWith) -> bool:
        for item in node.items:
            value = self.value(item.context_expr)
            if item.optional_vars is not None:
                self.store(item.optional_vars, value)
        return self.block(node.body)

    _asyncwith = _with

    def _try(self, node: ast.Try) -> bool:
        ended = self.block(node.body) or self.block(node.orelse)
        return self.block(node.finalbody) or ended

    def store(self, target: ast.expr, value: Any) -> None:
        if isinstance(target, ast.Name):
            self.bind(target.id, value)
        elif isinstance(target, (ast.Tuple, ast.List)):
            self._unpack(target.elts, value)
        elif isinstance(target, ast.Attribute):
            self._set_attribute(self.value(target.value), target.attr, value, target.lineno)
        elif isinstance(target, ast.Subscript):
            held, key = self.value(target.value), self.value(target.slice)
            if isinstance(held, dict) and isinstance(key, str):
                held[key] = value

    def _unpack(self, targets: list[ast.expr], value: Any) -> None:
        known = isinstance(value, (list, tuple)) and len(value) == len(targets)
        for place, target in enumerate(targets):
            if known:
                self.store(target, value[place])
            elif isinstance(value, (Result, Unknown)):
                self.store(target, value)
            else:
                self.store(target, Unknown("several values at once", target.lineno))

    def _set_attribute(self, owner: Any, name: str, value: Any, line: int) -> None:
        if isinstance(owner, Pipe) and name == "scheduler" and isinstance(value, Scheduler):
            owner.scheduler = value
            self.events += 1
        elif isinstance(owner, Pipe) and isinstance(value, Part):
            owner.parts[name] = value
            self.events += 1
        elif isinstance(owner, Config) and owner.name == "scheduler" and owner.pipe.scheduler is not None:
            owner.pipe.scheduler.told[name] = Told(value, line)
        elif isinstance(owner, Namespace):
            owner.values[name] = value
        elif isinstance(owner, Pipe) and not isinstance(value, (PartOf, Pipe)):
            self.remark("script_not_read", f"what is set as {name[:40]} of the pipeline is not read", line, "warning")


def _either(one: Any, other: Any, line: int) -> Any:
    """What two branches leave: the pipeline when only one of them has it, else nothing that can be known."""
    pipes = [value for value in (one, other) if isinstance(value, Pipe)]
    return pipes[0] if len(pipes) == 1 else Unknown("a condition", line)
