"""`manage.py memory`: how much memory a preset needs on a card. Needs no database."""

from __future__ import annotations

import math
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from presets_app.core.documents import parse
from presets_app.core.memory import estimate
from presets_app.core.memory.comparing import compare
from presets_app.management.json_command import COULD_NOT, DONE, Answer, FeatureCommand, read_file


def _gib(text: str) -> float:
    try:
        size = float(text)
    except ValueError:
        size = math.nan
    if not 0 < size <= 4096:
        raise ArgumentTypeError("give the card's memory in GiB, such as 24")
    return size


def _estimating(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE")
    parser.add_argument("--card", type=_gib, metavar="GIB", help="the card's memory; says which plans fit")


def _nothing(_parser: ArgumentParser) -> None:
    """Compares all there is."""


class Command(FeatureCommand):
    help = "Memory of a render before it is started."
    subcommands = {
        "estimate": ("Components, peaks by phase, and plans that fit.", _estimating),
        "compare": ("The estimate beside every published figure, with its error.", _nothing),
    }

    def do_estimate(self, *, file: str, card: float | None, **options: Any) -> Answer:
        parsed = parse(read_file(file))
        if parsed.document is None:
            return {
                "components": [],
                "plans": [],
                "problems": [fault.as_json() for fault in parsed.problems],
            }, COULD_NOT
        made = estimate(parsed.document)
        told = [problem.as_json() for problem in made.problems]
        return {**made.as_json(card), "problems": told}, DONE

    def do_compare(self, **options: Any) -> Answer:
        """Never refused: an error is what it is there to show."""
        return {**compare(), "problems": []}, DONE

    def words(self, value: dict[str, Any], **options: Any) -> None:
        """What fits is what people ask for first."""
        if "figures" in value:
            self._beside(value)
            return
        for part in value["components"]:
            self.stdout.write(f"{part['name']:16}{part['parameters']:>16,}  {part['bytes'] / 1024**3:8.2f} GiB")
        for plan in value["plans"]:
            mark = {True: "fits", False: "too large"}.get(plan.get("fits"), "")
            self.stdout.write(f"{plan['peak_gib']:8.2f} GiB  {plan['plan']:48}{mark}")
        for row in value.get("tiers", []):
            self.stdout.write(f"{row['card']:24}{row['plan'] or 'nothing fits'}")
        for problem in value["problems"]:
            self.stdout.write(f"{problem['severity']} {problem['code']}: {problem['message']}")

    def _beside(self, value: dict[str, Any]) -> None:
        for row in (*value["figures"], *value["renders"]):
            said = f"{row['low']:g}" if row["low"] == row["high"] else f"{row['low']:g} to {row['high']:g}"
            line = f"{row['what']:40}{said + ' ' + row['unit']:>18}{row['ours']:>12g}{row['error_percent']:>+9.1f} %"
            if row.get("resident"):
                line += f"  all on the card {row['resident']:g} ({row['resident_error_percent']:+.1f} %)"
            self.stdout.write("  ".join(filter(None, (line, row["plan"], row["note"]))))
        for row in value["claims"]:
            words = {True: "fits", False: "does not fit"}
            verdict = "agrees" if row["agrees"] else "differs"
            self.stdout.write(f"{row['what']:60}said: {words[row['said']]:14}ours: {words[row['ours']]:14}{verdict}")
