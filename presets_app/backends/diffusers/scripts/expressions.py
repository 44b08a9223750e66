"""What an expression of a script stands for."""

from __future__ import annotations

import ast
import re
from fractions import Fraction
from typing import Any

from presets_app.backends.diffusers.calls import SIGMAS
from presets_app.backends.diffusers.scripts import calling, plain
from presets_app.backends.diffusers.scripts.state import State
from presets_app.backends.diffusers.scripts.values import (
    Config,
    Function,
    Generator,
    Method,
    Name,
    Namespace,
    PartOf,
    Picture,
    Pipe,
    Result,
    Told,
    Unknown,
    first_unknown,
    is_plain,
    is_same,
    results_in,
)

_DEEPEST = 60
_MOST_ENTRIES = 1000
_PARTS = ("vae", "audio_vae", "transformer", "transformer_2", "text_encoder", "vocoder", "connectors", "image_encoder")
_HASH_LENGTH = 64
_MOST_BITS = 256  # of a whole number; a seed has 64
_ODD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_BUILT_IN = ("print", "vars", "range", "open", "getattr", "input", *plain.FUNCTIONS)


def imported(path: str) -> Any:
    """What an import binds: a known list of sigmas, or the name itself."""
    last = path.rsplit(".", 1)[-1]
    return list(SIGMAS[last]) if last in SIGMAS and path.startswith("diffusers") else Name(path)


def value(reader: State, node: ast.expr, depth: int) -> Any:
    """Never raises but for a script that is too large; what cannot be told is Unknown."""
    reader.tick()
    if depth > _DEEPEST:
        return Unknown("a deeply nested expression", node.lineno)
    reads = _KINDS.get(type(node))
    if reads is None:
        return Unknown("an expression that is not read", node.lineno)
    held = reads(reader, node, depth + 1)
    if type(node) in _MAKE:
        reader.tick(held)
    return held


def truth(held: Any) -> bool | None:
    """Whether a value counts as true, None when it cannot be told."""
    if isinstance(held, (Pipe, PartOf, Function, Generator)):
        return True
    return bool(held) if is_plain(held) or isinstance(held, (list, tuple, dict)) else None


def combined(kind: ast.operator, left: Any, right: Any, line: int) -> Any:
    """left <op> right. What is made of a result is one; what is made of something unknown is unknown."""
    results = results_in([left, right])
    if results:
        return Result(results[0])
    unknown = first_unknown([left, right])
    if unknown is not None:
        return unknown
    if isinstance(left, dict) and isinstance(right, dict) and isinstance(kind, ast.BitOr):
        return {**left, **right}
    if isinstance(kind, ast.Div) and isinstance(left, str) and isinstance(right, str):
        return f"{left.rstrip('/')}/{right}"  # a Path
    if not (is_plain(left) and is_plain(right)) and not isinstance(left, Fraction):
        return Unknown("a calculation that is not read", line)
    return plain.binary(kind, left, right, line)


def _constant(_reader: State, node: ast.Constant, _depth: int) -> Any:
    held = node.value
    if isinstance(held, int) and held.bit_length() > _MOST_BITS:
        return Unknown("a number that is too large", node.lineno)
    if isinstance(held, str) and _ODD.search(held):
        return Unknown("a text with characters that a preset cannot hold", node.lineno)
    known = held is None or isinstance(held, (bool, int, float, str))
    return held if known else Unknown("a constant that is not read", node.lineno)


def _name(reader: State, node: ast.Name, _depth: int) -> Any:
    if reader.knows(node.id):
        return reader.lookup(node.id)
    if node.id in _BUILT_IN:
        return Name(f"builtins.{node.id}")
    if node.id == "__name__":
        return "__main__"
    if reader.starred and node.id[:1].isupper():
        return imported(f"diffusers.{node.id}")
    return Unknown(f"the name {node.id[:40]}, which the script does not set", node.lineno)


def _attribute(reader: State, node: ast.Attribute, depth: int) -> Any:
    owner = value(reader, node.value, depth)
    if isinstance(owner, Name):
        return imported(f"{owner.path}.{node.attr}")
    if isinstance(owner, Pipe):
        return _of_pipe(owner, node.attr)
    if isinstance(owner, Config):
        return _of_config(owner, node.attr, node.lineno)
    if isinstance(owner, Namespace) and node.attr in owner.values:
        return _of_namespace(reader, owner, node.attr, node.lineno)
    return _of_other(owner, node)


def _of_other(owner: Any, node: ast.Attribute) -> Any:
    if isinstance(owner, PartOf) and node.attr == "config":
        scheduler = owner.pipe.scheduler if owner.name == "scheduler" else None
        return Config(owner.pipe, owner.name, dict(scheduler.told) if scheduler is not None else {})
    if isinstance(owner, Picture) and node.attr in ("height", "width", "size"):
        return Unknown("a picture's size", node.lineno)
    return Method(owner, node.attr)


def _of_pipe(pipe: Pipe, name: str) -> Any:
    if name == "scheduler" or name in _PARTS:
        return PartOf(pipe, name)
    return Config(pipe, "", dict(pipe.config)) if name == "config" else Method(pipe, name)


def _of_config(config: Config, name: str, line: int) -> Any:
    told = config.told.get(name)
    if isinstance(told, Told):
        return told.value
    return Unknown("the weights' own settings", line)


def _of_namespace(reader: State, space: Namespace, name: str, line: int) -> Any:
    held = space.values[name]
    if space.options and not isinstance(held, Unknown):
        reader.remark("argparse_default", f"--{name.replace('_', '-')[:40]} is taken as its default", line)
    return held


def _subscript(reader: State, node: ast.Subscript, depth: int) -> Any:
    held = value(reader, node.value, depth)
    if isinstance(held, (Result, Unknown)):
        return held
    if isinstance(held, Method):
        return held.owner if isinstance(held.owner, (Result, Unknown)) else Unknown("an entry", node.lineno)
    key = value(reader, node.slice, depth)
    if isinstance(held, Name):
        return calling.environment(reader, held, key, node.lineno)
    if isinstance(held, (list, tuple)) and isinstance(node.slice, ast.Slice):
        return _sliced(held, key)
    unknown = first_unknown([key])
    if unknown is not None or not isinstance(held, (list, tuple, dict, str)):
        return unknown or Unknown("an entry", node.lineno)
    return plain.bounded(lambda: held[key], node.lineno)


def _sliced(held: Any, key: Any) -> Any:
    return held[key] if isinstance(key, slice) else Unknown("a part of a list", 0)


def _slice(reader: State, node: ast.Slice, depth: int) -> Any:
    ends = [None if end is None else value(reader, end, depth) for end in (node.lower, node.upper, node.step)]
    known = all(end is None or (isinstance(end, int) and abs(end) < 10**9) for end in ends) and ends[2] != 0
    return slice(*ends) if known else Unknown("a part of a list", node.lineno)


def _binop(reader: State, node: ast.BinOp, depth: int) -> Any:
    return combined(node.op, value(reader, node.left, depth), value(reader, node.right, depth), node.lineno)


def _unaryop(reader: State, node: ast.UnaryOp, depth: int) -> Any:
    held = value(reader, node.operand, depth)
    if isinstance(node.op, ast.Not):
        known = truth(held)
        return Unknown("a condition", node.lineno) if known is None else not known
    if isinstance(held, (Unknown, Result)):
        return held
    return plain.binary(ast.Mult(), held, -1, node.lineno) if isinstance(node.op, ast.USub) else held


def _boolop(reader: State, node: ast.BoolOp, depth: int) -> Any:
    ends_on = isinstance(node.op, ast.Or)
    held: Any = None
    for operand in node.values:
        held = value(reader, operand, depth)
        known = truth(held)
        if known is None:
            return held if isinstance(held, (Unknown, Result)) else Unknown("a condition", node.lineno)
        if known is ends_on:
            return held
    return held


def _compare(reader: State, node: ast.Compare, depth: int) -> Any:
    left = value(reader, node.left, depth)
    for kind, comparator in zip(node.ops, node.comparators, strict=True):
        right = value(reader, comparator, depth)
        if not (is_plain(left) and is_plain(right)):
            return first_unknown([left, right]) or Unknown("a condition", node.lineno)
        outcome = plain.compare(kind, left, right, node.lineno)
        if outcome is not True:
            return outcome
        left = right
    return True


def _ifexp(reader: State, node: ast.IfExp, depth: int) -> Any:
    test = truth(value(reader, node.test, depth))
    if test is not None:
        return value(reader, node.body if test else node.orelse, depth)
    one, other = value(reader, node.body, depth), value(reader, node.orelse, depth)
    results = results_in([one, other])
    if results:
        return Result(results[0])
    return one if is_same(one, other) else Unknown("a condition", node.lineno)


def _sequence(reader: State, node: ast.List | ast.Tuple | ast.Set, depth: int) -> Any:
    made: list[Any] = []
    for entry in node.elts:
        if isinstance(entry, ast.Starred):
            inner = value(reader, entry.value, depth)
            made.extend(inner if isinstance(inner, (list, tuple)) else [Unknown("an unpacked list", node.lineno)])
        else:
            made.append(value(reader, entry, depth))
    return tuple(made) if isinstance(node, ast.Tuple) else made


def _dict(reader: State, node: ast.Dict, depth: int) -> Any:
    made: dict[str, Any] = {}
    for key, entry in zip(node.keys, node.values, strict=True):
        held = value(reader, entry, depth)
        name = value(reader, key, depth) if key is not None else None
        if key is None and isinstance(held, dict):
            made.update(held)
        elif isinstance(name, (str, int)):
            made[str(name)] = held
    digest = made.get("sha256")
    if isinstance(digest, str) and len(digest) == _HASH_LENGTH and isinstance(made.get("file"), str):
        reader.hashes[made["file"]] = {key: held for key, held in made.items() if isinstance(held, str)}
    return made


def _joinedstr(reader: State, node: ast.JoinedStr, depth: int) -> Any:
    pieces: list[str] = []
    for piece in node.values:
        held = value(reader, piece.value if isinstance(piece, ast.FormattedValue) else piece, depth)
        shaped = isinstance(piece, ast.FormattedValue) and piece.format_spec is not None
        if shaped or not isinstance(held, (str, int, float)):
            return first_unknown([held]) or Unknown("a text that is put together", node.lineno)
        pieces.append(str(held))
    return plain.bounded(lambda: "".join(pieces), node.lineno)


def _comprehension(reader: State, node: ast.ListComp | ast.GeneratorExp, depth: int) -> Any:
    loop = node.generators[0]
    over = value(reader, loop.iter, depth)
    results = results_in(over)
    if results:
        return Result(results[0])
    known = isinstance(over, (list, tuple)) and len(over) <= _MOST_ENTRIES
    if not known or len(node.generators) > 1 or loop.ifs:
        return first_unknown([over]) or Unknown("a list that is built in a loop", node.lineno)
    made = []
    reader.scopes.append({})
    for entry in over:
        reader.store(loop.target, entry)
        made.append(value(reader, node.elt, depth))
    reader.scopes.pop()
    return made


def _namedexpr(reader: State, node: ast.NamedExpr, depth: int) -> Any:
    held = value(reader, node.value, depth)
    reader.store(node.target, held)
    return held


def _await(reader: State, node: ast.Await | ast.Starred, depth: int) -> Any:
    return value(reader, node.value, depth)


def _call(reader: State, node: ast.Call, depth: int) -> Any:
    callee = value(reader, node.func, depth)
    given: list[Any] = []
    for argument in node.args:
        held = value(reader, argument.value if isinstance(argument, ast.Starred) else argument, depth)
        given.extend(held if isinstance(argument, ast.Starred) and isinstance(held, (list, tuple)) else [held])
    named: dict[str, Told] = {}
    for keyword in node.keywords:
        held = value(reader, keyword.value, depth)
        if keyword.arg is not None:
            named[keyword.arg] = Told(held, keyword.value.lineno)
        elif isinstance(held, dict):
            named.update({key: Told(inner, node.lineno) for key, inner in held.items()})
        else:
            reader.remark("script_not_read", "arguments that are put together at run time", node.lineno, "warning")
    return calling.call(reader, callee, given, named, node.lineno)


_MAKE = frozenset({ast.BinOp, ast.Call, ast.JoinedStr, ast.ListComp, ast.GeneratorExp, ast.Subscript})
_KINDS: dict[type, Any] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Slice: _slice,
    ast.BinOp: _binop,
    ast.UnaryOp: _unaryop,
    ast.BoolOp: _boolop,
    ast.Compare: _compare,
    ast.IfExp: _ifexp,
    ast.List: _sequence,
    ast.Tuple: _sequence,
    ast.Set: _sequence,
    ast.Dict: _dict,
    ast.JoinedStr: _joinedstr,
    ast.ListComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.NamedExpr: _namedexpr,
    ast.Await: _await,
    ast.Starred: _await,
    ast.Call: _call,
}
