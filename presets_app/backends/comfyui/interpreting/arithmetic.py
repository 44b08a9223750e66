"""A small calculator for the formulas of math nodes: numbers, a few functions, nothing else."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Number = int | float

_LONGEST = 1000  # characters of a formula
_LARGEST = 10**30
_MOST_NODES = 300


class CannotCalculate(Exception):
    """The formula uses something else than arithmetic, or has no finite result. The text says what."""


_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
}
_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
    ast.Invert: operator.invert,
    ast.Not: operator.not_,
}
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "min": min,
    "max": max,
    "sum": sum,
    "round": round,
    "int": int,
    "float": float,
    "abs": abs,
    "ceil": math.ceil,
    "floor": math.floor,
    "sqrt": math.sqrt,
    "log": math.log,
    "log2": math.log2,
    "log10": math.log10,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
}


def calculate(formula: str, variables: Mapping[str, Number], values: Sequence[Number] = ()) -> Number:
    """The result of a formula, always a finite number. `values` is what the name `values` stands for.

    Raises CannotCalculate for anything that is not arithmetic over the variables, and for results without bounds.
    """
    if len(formula) > _LONGEST:
        raise CannotCalculate("it is too long")
    try:
        tree = ast.parse(formula.strip(), mode="eval")
        if sum(1 for _ in ast.walk(tree)) > _MOST_NODES:
            raise CannotCalculate("it is too long")
        result = _worth(tree.body, {**variables, "values": list(values)})
    except (SyntaxError, ValueError, TypeError, ZeroDivisionError, OverflowError, RecursionError, MemoryError) as fault:
        raise CannotCalculate("it has no result") from fault
    return _bounded(result)


def _worth(node: ast.expr, names: Mapping[str, Any]) -> Any:
    match node:
        case ast.Constant(value=bool() | int() | float() as number):
            worth: Any = number
        case ast.Name(id=name) if name in names:
            worth = names[name]
        case ast.UnaryOp(op=sign, operand=inner):
            worth = _UNARY[type(sign)](_worth(inner, names))
        case ast.BinOp(left=left, op=sign, right=right):
            worth = _two(sign, _worth(left, names), _worth(right, names))
        case ast.IfExp(test=test, body=body, orelse=other):
            worth = _worth(body if _worth(test, names) else other, names)
        case ast.BoolOp(op=ast.And(), values=parts):
            worth = all(_worth(part, names) for part in parts)
        case ast.BoolOp(op=ast.Or(), values=parts):
            worth = any(_worth(part, names) for part in parts)
        case ast.Compare(left=left, ops=[sign], comparators=[right]) if type(sign) in _COMPARE:
            worth = _COMPARE[type(sign)](_worth(left, names), _worth(right, names))
        case ast.Call(func=ast.Name(id=name), args=parts, keywords=[]):
            worth = _called(name, [_worth(part, names) for part in parts])
        case _:
            raise CannotCalculate("it is more than arithmetic")
    return worth


def _two(sign: ast.operator, left: Any, right: Any) -> Any:
    if isinstance(sign, ast.Pow):
        return _power(left, right)
    do = _BINARY.get(type(sign))
    if do is None:
        raise CannotCalculate("it is more than arithmetic")
    return _bounded(do(left, right))


def _called(name: str, parts: list[Any]) -> Any:
    if name == "pow" and len(parts) == 2:
        return _power(parts[0], parts[1])
    if name not in _FUNCTIONS:
        raise CannotCalculate(f"it calls {name}")
    return _FUNCTIONS[name](*parts)


def _power(base: Any, exponent: Any) -> Any:
    if abs(exponent) > 64 or abs(base) > 10**9:
        raise CannotCalculate("a power in it is too large")
    return _bounded(base**exponent)


def _bounded(value: Any) -> Number:
    if not isinstance(value, (int, float)) or not math.isfinite(value) or abs(value) > _LARGEST:
        raise CannotCalculate("it has no finite result")
    return value
