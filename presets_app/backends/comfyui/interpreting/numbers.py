"""Numbers, yes and no: what primitive, math and conversion nodes give."""

from __future__ import annotations

import math
import string
from collections.abc import Callable
from typing import Any

from presets_app.backends.comfyui.graph import Node
from presets_app.backends.comfyui.interpreting.arithmetic import CannotCalculate, Number, calculate
from presets_app.backends.comfyui.interpreting.found import (
    Asks,
    Rule,
    Value,
    first_unknown,
    is_number,
    named,
    unknowable,
)

_MEGAPIXEL = 1024 * 1024  # what ResolutionSelector and ImageScaleToTotalPixels count as one
_ORDER = tuple(string.ascii_lowercase)


def primitive(asks: Asks, node: Node, slot: int) -> Value:
    """The one literal of a node that only holds a value, whatever it is called."""
    for name in ("value", "int", "float", "number", "boolean", "seed", "noise_seed", "text", "string", "INT", "FLOAT"):
        if name in node.inputs:
            return asks.of(node, name)
    return asks.of(node, next(iter(node.inputs), ""))


def expression(asks: Asks, node: Node, slot: int) -> Value:
    """A formula over inputs named a, b, c ... . Outputs are told apart by their names, FLOAT first when nobody says
    (ComfyMathExpression gives FLOAT, INT and BOOL, older packs INT and FLOAT)."""
    formula = asks.of(node, "value" if node.class_type == "SimpleMath+" else "expression")
    parts = {letter: _variable(asks, node, letter) for letter in _ORDER}
    stated = {letter: value for letter, value in parts.items() if not value.absent}
    missing = first_unknown([formula, *stated.values()])
    if missing is not None:
        return unknowable(missing.unknown, formula, *stated.values())
    numbers = {letter: _as_number(value.value) for letter, value in stated.items()}
    if not isinstance(formula.value, str) or None in numbers.values():
        return unknowable(f"the formula of {named(node)} is not about numbers", formula, *stated.values())
    variables: dict[str, Number] = {letter: number for letter, number in numbers.items() if number is not None}
    try:
        result = calculate(formula.value, variables, list(variables.values()))
    except CannotCalculate as fault:
        return unknowable(f"the formula of {named(node)} cannot be worked out: {fault}", formula, *stated.values())
    return Value(_as_output(node, slot, result)).with_history([formula, *stated.values()])


def _variable(asks: Asks, node: Node, letter: str) -> Value:
    grown = asks.of(node, f"values.{letter}")
    return asks.of(node, letter) if grown.absent else grown


def _as_number(value: Any) -> Number | None:
    if isinstance(value, bool):
        return int(value)
    return value if is_number(value) else None


def _as_output(node: Node, slot: int, result: Number) -> Any:
    usual = ("FLOAT", "INT", "BOOL") if node.class_type == "ComfyMathExpression" else ("INT", "FLOAT")
    names = node.outputs if slot < len(node.outputs) else usual
    name = names[slot].upper() if slot < len(names) else "FLOAT"
    if name.startswith("BOOL"):
        return bool(result)
    if name.startswith("INT"):
        return round(result) if node.class_type == "SimpleMath+" else int(result)
    return result


def operation(asks: Asks, node: Node, slot: int) -> Value:
    """Two numbers and a named operation (easy mathInt, CM_IntBinaryOperation and their like)."""
    first, second = asks.of(node, "a"), asks.of(node, "b")
    name = asks.of(node, "operation" if "operation" in node.inputs else "op")
    missing = first_unknown((first, second, name))
    if missing is not None:
        return unknowable(missing.unknown, first, second, name)
    sign = _OPERATIONS.get(str(name.value).strip().lower())
    if sign is None or not is_number(first.value) or not is_number(second.value):
        return unknowable(f"{named(node)} does something unknown", first, second, name)
    try:
        result = calculate(sign, {"a": first.value, "b": second.value})
    except CannotCalculate as fault:
        return unknowable(f"{named(node)} has no result: {fault}", first, second, name)
    return Value(result).with_history((first, second, name))


_OPERATIONS = {
    "add": "a + b",
    "+": "a + b",
    "subtract": "a - b",
    "sub": "a - b",
    "-": "a - b",
    "multiply": "a * b",
    "mul": "a * b",
    "*": "a * b",
    "divide": "a / b",
    "div": "a / b",
    "/": "a / b",
    "modulo": "a % b",
    "mod": "a % b",
    "power": "a ** b",
    "min": "min(a, b)",
    "max": "max(a, b)",
}


def converted(to: Callable[[Any], Any]) -> Rule:
    """A node that turns one value into another kind."""

    def rule(asks: Asks, node: Node, slot: int) -> Value:
        value = primitive(asks, node, slot) if "a" not in node.inputs else asks.of(node, "a")
        if not value.known:
            return value
        try:
            return Value(to(value.value)).with_history([value])
        except (TypeError, ValueError, OverflowError):
            return unknowable(f"{named(node)} cannot turn its input into a number", value)

    return rule


def resolution(asks: Asks, node: Node, slot: int) -> Value:
    """Width and height of ResolutionSelector, from an aspect ratio and megapixels, to a multiple."""
    ratio, area, step = (asks.of(node, name) for name in ("aspect_ratio", "megapixels", "multiple"))
    step = Value(8) if step.absent else step
    missing = first_unknown((ratio, area, step))
    if missing is not None:
        return unknowable(missing.unknown, ratio, area, step)
    sides = str(ratio.value).split(" ")[0].split(":")
    fits = len(sides) == 2 and all(side.isdecimal() and 0 < int(side) < 1000 for side in sides)
    if not fits or not is_number(area.value) or not is_number(step.value) or step.value < 1:
        return unknowable(f"{named(node)} names no size", ratio, area, step)
    wide, high = (int(side) for side in sides)
    scale = math.sqrt(area.value * _MEGAPIXEL / (wide * high))
    side = (wide, high)[min(slot, 1)] * scale
    return Value(int(round(side / step.value) * step.value)).with_history((ratio, area, step))


def custom_choice(asks: Asks, node: Node, slot: int) -> Value:
    """The chosen text of a CustomCombo, or its place in the list."""
    return asks.of(node, "index" if slot == 1 else "choice")


def camera(asks: Asks, node: Node, slot: int) -> Value:
    """WanCameraEmbedding hands its size and length on behind the camera itself."""
    names = ("camera_embedding", "width", "height", "length")
    return asks.of(node, names[slot]) if 0 < slot < len(names) else unknowable(f"{named(node)} gives no number there")


RULES: dict[str, Rule] = {
    "WanCameraEmbedding": camera,
    **dict.fromkeys(
        (
            "PrimitiveInt",
            "PrimitiveFloat",
            "PrimitiveBoolean",
            "PrimitiveNode",
            "INTConstant",
            "FloatConstant",
            "BOOLConstant",
            "Int Literal",
            "Float Literal",
            "ImpactInt",
            "ImpactFloat",
            "ImpactBoolean",
            "easy int",
            "easy float",
            "easy boolean",
            "easy seed",
            "Seed (rgthree)",
            "Seed Generator",
            "JWInteger",
            "JWFloat",
            "Int",
            "Float",
            "Boolean",
        ),
        primitive,
    ),
    **dict.fromkeys(
        ("ComfyMathExpression", "MathExpression|pysssss", "SimpleMath+", "SimpleCalculatorKJ", "Evaluate Integers"),
        expression,
    ),
    **dict.fromkeys(("easy mathInt", "easy mathFloat", "CM_IntBinaryOperation", "CM_FloatBinaryOperation"), operation),
    **dict.fromkeys(
        ("CM_FloatToInt", "FloatToInt", "JWFloatToInteger", "ImpactFloatToInt", "easy floatToInt"), converted(int)
    ),
    **dict.fromkeys(("CM_IntToFloat", "IntToFloat", "JWIntegerToFloat", "ImpactIntToFloat"), converted(float)),
    **dict.fromkeys(("IntToString", "FloatToString", "JWIntegerToString", "easy convertAnything"), converted(str)),
    "ResolutionSelector": resolution,
    "CustomCombo": custom_choice,
}
