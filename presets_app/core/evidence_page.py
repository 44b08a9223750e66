"""The evidence of a check as one HTML file: no script, nothing from elsewhere, to be kept or sent as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from presets_app.core import evidence_parts as parts
from presets_app.core.parity_ladder import NAMES

Bundle = Mapping[str, Any]
STYLE = """
:root{color-scheme:light dark;--ink:light-dark(#1a1a1a,#ededed);--soft:light-dark(#565656,#a9a9a9);
--line:light-dark(#dedede,#303030);--ground:light-dark(#fff,#1c1c1c);--pass:light-dark(#1c7338,#6cc98a);
--fail:light-dark(#b3261e,#ff8f85);--ask:light-dark(#7d5700,#ecc15a);--error:light-dark(#9a3f0d,#f5a071)}
*{box-sizing:border-box}body{margin:2rem auto;max-width:72rem;padding:0 1rem;background:var(--ground);color:var(--ink);
font:15px/1.45 system-ui,sans-serif}h1{font-size:1.5rem}h2{font-size:1.125rem;margin-top:2.5rem}.soft{color:var(--soft)}
table{border-collapse:collapse;width:100%;font-size:13px}th,td{text-align:left;vertical-align:top;padding:.35rem .75rem
.35rem 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}svg{width:100%;overflow:visible}code{font-size:12px}
.k-identical,.k-same,.k-accepted{fill:var(--pass)}.k-waiting{fill:var(--ask)}.k-different,.k-rejected{fill:var(--fail)}
.k-error{fill:var(--error)}.limit{stroke:var(--fail);stroke-dasharray:4 4}.curve{fill:none;stroke:var(--soft);
stroke-width:1.5;vector-effect:non-scaling-stroke}text{fill:var(--ink);font-size:12px}img{max-width:100%;display:block}
.frames{display:grid;grid-template-columns:repeat(auto-fit,minmax(15rem,1fr));gap:1rem}figure{margin:0}
.barcode{image-rendering:pixelated;height:128px}
"""
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def page(bundle: Bundle, pictures: Mapping[str, str]) -> str:
    """`bundle` as queries.parity_evidence makes it; `pictures` maps artifact digests to data addresses."""
    title = f"Check {bundle['check']}: {bundle['outcome'] or bundle['verdict']}"
    body = "\n".join(
        (
            _head(bundle),
            _section("What a pass requires", _requirements(bundle)),
            _section("Classes", parts.waterfall(bundle["waterfall"])),
            _section("How far apart the pairs are", parts.distribution(bundle["distribution"])),
            _section("Over all pairs", _paired(bundle["paired"])),
            _section("Time, memory, cost", _costs(bundle["costs"], bundle["sides"])),
            _section("Where the sides differ, in the pair that differs most", _why(bundle["why"])),
            _section("What people decided", _decisions(bundle["decisions"])),
            _section("The pairs, worst first", _pairs(bundle["pairs"])),
            *(parts.pair(found, pictures) for found in bundle["pairs"][:5]),
            _section("How it was made", _made(bundle)),
        )
    )
    policy = f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">'
    head = f'<meta charset="utf-8">{policy}<meta name="viewport" content="width=device-width">'
    named = f"<head>{head}<title>{escape(title)}</title><style>{STYLE}</style></head>"
    return f'<!doctype html>\n<html lang="en">{named}\n<body>{body}</body></html>\n'


def _section(title: str, body: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{body}</section>" if body else ""


def _head(bundle: Bundle) -> str:
    left, right = bundle["sides"]["left"], bundle["sides"]["right"]
    name = bundle["preset"] or bundle["note"] or "files"
    said = [bundle["sentence"], bundle["noise_sentence"]]
    said += [reason["message"] for reason in bundle["reasons"]]
    said += [f"{side['target_name']}: {side['stand_in']}." for side in (left, right) if side["stand_in"]]
    lines = "".join(f"<p>{escape(str(text))}</p>" for text in said if text)
    where = f"{left['target_name']} against {right['target_name']}, {bundle['judged_at'] or 'not judged'}"
    verdict = escape(str(bundle["outcome"] or bundle["verdict"]))
    return f"<h1>{escape(name)}: {verdict}</h1><p class='soft'>{escape(where)}</p>{lines}"


def _requirements(bundle: Bundle) -> str:
    return table(
        ("Rule", "Kept", "Found"),
        ((rule["name"], "yes" if rule["met"] else "no", rule["text"]) for rule in bundle["requirements"]),
    )


def _paired(tests: list[Bundle]) -> str:
    rows = (
        (row["measure"].replace("_", " "), row["pairs"], row["middle"], row["margin"], row["p"], row["word"])
        for row in tests
    )
    return table(("Right to left", "Pairs", "Middle", "Not under", "p", "So"), rows)


def _costs(costs: Bundle, sides: Bundle) -> str:
    rows = [
        (label, *(_said(costs[side][name], unit) for side in ("left", "right")))
        for label, name, unit in (
            ("Time of one input, median", "seconds", "s"),
            ("Time of all", "seconds_all", "s"),
            ("Peak memory", "peak_gib", "GiB"),
            ("Quoted for all", "cost", costs["left"]["currency"] or costs["right"]["currency"]),
        )
    ]
    return table(("What", sides["left"]["target_name"], sides["right"]["target_name"]), rows)


def _said(value: Any, unit: str) -> str:
    return "-" if value is None else f"{value} {unit}"


def _why(rungs: list[Bundle]) -> str:
    rows = ((NAMES[rung["rung"]], rung["label"], rung["left"], rung["right"], rung["note"]) for rung in rungs)
    return table(("Kind", "Place", "Left", "Right", "Note"), rows)


def _decisions(decisions: list[Bundle]) -> str:
    rows = ((row["at"], row["by"], row["choice"], row["key"], row["reason"]) for row in decisions)
    return table(("When", "Who", "What", "Input", "Why"), rows)


def _pairs(pairs: list[Bundle]) -> str:
    rows = (
        (
            pair["key"] + (" (preview)" if pair["preview"] else ""),
            pair["class"],
            pair["decision"] or pair["verdict"],
            _far(pair),
            " ".join(str(reason["message"]) for reason in pair["reasons"][:3]),
        )
        for pair in pairs
    )
    return table(("Input", "Class", "Verdict", "Far", "Reasons"), rows)


def _far(pair: Bundle) -> str:
    noise = (pair["primary"] or {}).get("in_noise")
    if noise is not None:
        return f"{noise:.1f} × noise"
    return "" if pair["ssim"] is None else f"SSIM {pair['ssim']:.3f}"


def _made(bundle: Bundle) -> str:
    plan = bundle["plan"]
    rows = [
        ("Sample", plan.get("why", "")),
        ("Drawn by seed", plan.get("seed", "")),
        ("Stratified by", ", ".join(plan.get("stratified_by", []))),
        ("Not compared, kept local", plan.get("not_compared", 0)),
        ("Revision", bundle["revision"]),
        ("Document", bundle["document_digest"]),
        ("Pins, left and right", f"{bundle['sides']['left']['manifest']} {bundle['sides']['right']['manifest']}"),
        ("Evidence", bundle["evidence"]),
        ("Gates", ", ".join(f"{name} {value}" for name, value in sorted(bundle["gates"].items()))),
    ]
    return table(("What", ""), rows)


def table(names: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    """A table of escaped cells; "" without rows."""
    body = "".join(
        "<tr>" + "".join(f"<td>{escape('-' if cell is None else str(cell))}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    heads = "".join(f"<th>{escape(name)}</th>" for name in names)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>" if body else ""
