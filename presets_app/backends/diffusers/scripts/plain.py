"""Arithmetic, texts and lists of constants, with every result bounded."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from presets_app.backends.diffusers.scripts.values import Unknown

_LONGEST = 100_000  # characters of a text; a prompt has at most 10,000
_MOST_ENTRIES = 2000  # of a list
_LONGEST_NUMBER = 40  # characters; Fraction("1e999999999") would never end
_MOST_BITS = 256  # of a whole number; a seed has 64
_LARGEST_POWER = 64

_BINARY: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.BitOr: operator.or_,
    ast.BitAnd: operator.and_,
}
_COMPARE: dict[type, Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda one, other: one in other,
    ast.NotIn: lambda one, other: one not in other,
}


def _fraction(*sides: Any) -> Fraction:
    if any(isinstance(side, str) and (len(side) > _LONGEST_NUMBER or "e" in side.lower()) for side in sides):
        raise ValueError
    return Fraction(*sides)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "int": int,
    "float": float,
    "str": str,
    "bool": bool,
    "round": round,
    "abs": abs,
    "len": len,
    "min": min,
    "max": max,
    "sum": sum,
    "sorted": sorted,
    "Fraction": _fraction,
    "list": list,
    "tuple": tuple,
    "dict": dict,
    "floor": math.floor,
    "ceil": math.ceil,
    "sqrt": math.sqrt,
    "Path": str,
    "PurePath": str,
    "dedent": str,
    "array": list,
    "tensor": list,
    "deepcopy": lambda value: value,
    "copy": lambda value: value,
}
TEXT_METHODS = frozenset({"strip", "lower", "upper", "lstrip", "rstrip", "removeprefix", "removesuffix", "replace"})
_FAULTS = (ArithmeticError, TypeError, ValueError, AttributeError, KeyError, IndexError, RecursionError)


def binary(kind: ast.operator, left: Any, right: Any, line: int) -> Any:
    """left <op> right of constants; Unknown for what is not reckoned here."""
    made = _BINARY.get(type(kind))
    if made is None or not _small(kind, left, right):
        return Unknown("a calculation that is not read", line)
    return bounded(lambda: made(left, right), line)


def compare(kind: ast.cmpop, left: Any, right: Any, line: int) -> Any:
    return bounded(lambda: _COMPARE[type(kind)](left, right), line)


def function(name: str, arguments: list[Any], named: dict[str, Any], line: int) -> Any:
    """A function of constants by its name; Unknown when there is none."""
    made = FUNCTIONS.get(name)
    if made is None:
        return Unknown(f"the function {name[:40]}", line)
    return bounded(lambda: made(*arguments, **named), line)


def text_method(text: str, name: str, arguments: list[Any], line: int) -> Any:
    if name == "format" or name not in TEXT_METHODS:
        return Unknown(f"the text's {name[:40]}", line)
    if len(text) * sum(len(argument) for argument in arguments if isinstance(argument, str)) > _LONGEST * 100:
        return Unknown("a value that is too long", line)
    return bounded(lambda: getattr(text, name)(*arguments), line)


def bounded(make: Callable[[], Any], line: int) -> Any:
    try:
        value = make()
    except _FAULTS:
        return Unknown("a calculation that fails", line)
    most = _LONGEST if isinstance(value, str) else _MOST_ENTRIES
    if isinstance(value, (str, list, tuple, dict)) and len(value) > most:
        return Unknown("a value that is too long", line)
    if isinstance(value, int) and value.bit_length() > _MOST_BITS:
        return Unknown("a number that is too large", line)
    return value


def _small(kind: ast.operator, left: Any, right: Any) -> bool:
    """Whether an operation can be made without filling the memory."""
    if isinstance(kind, ast.Pow):
        return all(isinstance(side, (int, float)) and abs(side) <= _LARGEST_POWER for side in (left, right))
    if isinstance(kind, ast.Mod) and isinstance(left, str):
        return False  # "%1000000000d" % 1
    for side, other in ((left, right), (right, left)):
        if isinstance(kind, ast.Mult) and isinstance(side, (str, list, tuple)):
            most = _LONGEST if isinstance(side, str) else _MOST_ENTRIES
            return isinstance(other, int) and len(side) * max(0, other) <= most
    return True
