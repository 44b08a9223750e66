"""The evidence of a check as one HTML file: no script, nothing from elsewhere, to be kept or sent as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from presets_app.core import evidence_parts as parts
from presets_app.core.parity_ladder import NAMES
from presets_app.core.parity_verdict import TITLES as REQUIREMENTS

Bundle = Mapping[str, Any]
STYLE = """
:root{color-scheme:light dark;--ink:light-dark(#1a1a1a,#ededed);--soft:light-dark(#565656,#a9a9a9);
--line:light-dark(#dedede,#303030);--ground:light-dark(#fff,#1c1c1c);--pass:light-dark(#1c7338,#6cc98a);
--fail:light-dark(#b3261e,#ff8f85);--ask:light-dark(#7d5700,#ecc15a);--error:light-dark(#9a3f0d,#f5a071)}
*{box-sizing:border-box}body{margin:2rem auto;max-width:72rem;padding:0 1rem;background:var(--ground);color:var(--ink);
font:15px/1.45 system-ui,sans-serif}h1{font-size:1.5rem}h2{font-size:1.125rem;margin:2.5rem 0 .5rem}
h3{font-size:1rem;margin:1.25rem 0 .5rem}p,ul{margin:.5rem 0;max-width:60rem}ul{padding-left:1.25rem}
.soft,figcaption,.scale,.trio span{color:var(--soft);font-size:13px}.lead{font-size:18px}
table{border-collapse:collapse;width:100%;font-size:13px;font-variant-numeric:tabular-nums}th,td{text-align:left;
vertical-align:top;padding:.35rem .75rem .35rem 0;border-bottom:1px solid var(--line);overflow-wrap:break-word}
table.made td+td{overflow-wrap:anywhere}
svg{width:100%;display:block;overflow:visible}figure{margin:.75rem 0;min-width:0}figcaption{margin-top:.25rem}
img{width:100%;display:block;border:1px solid var(--line)}
.steps{list-style:none;padding:0;display:grid;gap:.35rem}.steps li{display:grid;align-items:center;gap:.1rem 1rem;
grid-template-columns:minmax(0,1fr) minmax(0,1fr)}.track{fill:var(--line);fill-opacity:.5}
.k-identical,.k-same,.k-accepted{fill:var(--pass)}.k-waiting{fill:var(--ask)}.k-different,.k-rejected{fill:var(--fail)}
.k-error{fill:var(--error)}.dot{fill:none;stroke-width:7;stroke-linecap:round;vector-effect:non-scaling-stroke}
.d-identical,.d-same,.d-accepted{stroke:var(--pass)}.d-waiting{stroke:var(--ask)}.d-different,.d-rejected{stroke:
var(--fail)}.d-error{stroke:var(--error)}.axis{stroke:var(--soft);vector-effect:non-scaling-stroke}
.limit{stroke:var(--fail);stroke-dasharray:4 4;vector-effect:non-scaling-stroke}
.curve{fill:none;stroke:var(--ink);stroke-width:1.25;vector-effect:non-scaling-stroke}
.c-right{stroke:var(--soft);stroke-width:3;stroke-opacity:.6}
.scale{display:flex;justify-content:space-between;margin:.1rem 0;max-width:none}
.curves{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));gap:0 1.5rem}
.frames{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,30rem),1fr));gap:0 1.5rem}
.trio{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:.35rem}
.barcode{image-rendering:pixelated;height:128px;stroke:none;fill:var(--fail);border:1px solid var(--line)}
@media (max-width:40rem){.steps li{grid-template-columns:minmax(0,1fr)}thead{display:none}tr{display:block;
border-bottom:1px solid var(--line);padding:.35rem 0}td{display:grid;grid-template-columns:7rem minmax(0,1fr);gap:.5rem;
border:0;padding:.1rem 0;overflow-wrap:anywhere}td::before{content:attr(data-label);color:var(--soft)}
td:empty{display:none}}
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
            _section("Time, memory, cost", _costs(bundle["costs"], _names(bundle))),
            _section("Where the sides differ, in the pair that differs most", _why(bundle["why"])),
            _section("What people decided", _decisions(bundle["decisions"])),
            _section("What a reviewer ticked, where no number decides", _review(bundle.get("review"))),
            _section("The pairs, worst first", _pairs(bundle["pairs"])),
            *(parts.pair(found, pictures, _names(bundle)) for found in bundle["pairs"][:5]),
            _section("How it was made", _made(bundle)),
        )
    )
    policy = f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">'
    head = f'<meta charset="utf-8">{policy}<meta name="viewport" content="width=device-width">'
    named = f"<head>{head}<title>{escape(title)}</title><style>{STYLE}</style></head>"
    return f'<!doctype html>\n<html lang="en">{named}\n<body>{body}</body></html>\n'


def _section(title: str, body: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{body}</section>" if body else ""


def _names(bundle: Bundle) -> tuple[str, str]:
    """Both sides, with their presets where two are compared."""
    left, right = (bundle["sides"][name] for name in ("left", "right"))
    two = left["preset"] != right["preset"]
    names = [side["target_name"] + (f", {side['preset']}" if two and side["preset"] else "") for side in (left, right)]
    return f"left: {names[0]}", f"right: {names[1]}"


def _head(bundle: Bundle) -> str:
    left, right = bundle["sides"]["left"], bundle["sides"]["right"]
    name = bundle["preset"] if bundle["kind"] in ("parity", "restore") else bundle["note"]
    reasons = "".join(f"<li>{escape(str(reason['message']))}</li>" for reason in bundle["reasons"])
    stood_in = sorted({f"{side['target_name']}: {side['stand_in']}." for side in (left, right) if side["stand_in"]})
    beside = "".join(f"<p class='soft'>{escape(text)}</p>" for text in [bundle["noise_sentence"], *stood_in] if text)
    when = _time(bundle["judged_at"]) if bundle["judged_at"] else "not judged"
    where = f"{'; '.join(_names(bundle))}; {when}"
    verdict = escape(str(bundle["outcome"] or bundle["verdict"]))
    said = f"<p class='lead'>{escape(str(bundle['sentence']))}</p>" + (f"<ul>{reasons}</ul>" if reasons else "")
    title = f"<h1>{escape(str(name or bundle['preset'] or 'files'))}: {verdict}</h1>"
    return f"{title}<p class='soft'>{escape(where[:1].upper() + where[1:])}</p>{said}{beside}"


def _requirements(bundle: Bundle) -> str:
    return table(
        ("Rule", "Kept", "Found"),
        (
            (REQUIREMENTS.get(rule["name"], rule["name"]), "yes" if rule["met"] else "no", rule["text"])
            for rule in bundle["requirements"]
        ),
    )


def _paired(tests: list[Bundle]) -> str:
    rows = (
        (row["measure"].replace("_", " "), row["pairs"], row["middle"], row["margin"], row["p"], row["word"])
        for row in tests
    )
    return table(("Right to left", "Pairs", "Middle", "Not under", "p", "So"), rows)


def _costs(costs: Bundle, names: tuple[str, str]) -> str:
    measured = ("seconds", "seconds_all", "peak_gib", "cost")
    if all(costs[side][name] is None for side in ("left", "right") for name in measured):
        return "<p>Both sides were brought in as files: nobody measured what they took.</p>"
    rows = [
        (label, *(_said(costs[side][name], unit) for side in ("left", "right")))
        for label, name, unit in (
            ("Time of one input, median", "seconds", "s"),
            ("Time of all", "seconds_all", "s"),
            ("Peak memory", "peak_gib", "GiB"),
            ("Quoted for all", "cost", costs["left"]["currency"] or costs["right"]["currency"]),
        )
    ]
    return table(("What", *names), rows)


def _said(value: Any, unit: str) -> str:
    return "-" if value is None else f"{value} {unit}"


def _why(rungs: list[Bundle]) -> str:
    rows = (
        (NAMES[rung["rung"]], rung["label"], _plain(rung["left"]), _plain(rung["right"]), rung["note"])
        for rung in rungs
    )
    return table(("Kind", "Place", "Left", "Right", "Note"), rows)


def _plain(value: Any) -> Any:
    return ", ".join(map(str, value)) if isinstance(value, list) else value


def _time(text: str) -> str:
    """An ISO time in UTC as people write it."""
    return text[:16].replace("T", " ") + " UTC"


def _decisions(decisions: list[Bundle]) -> str:
    rows = ((_time(row["at"]), row["by"], row["choice"], row["key"], row["reason"]) for row in decisions)
    return table(("When", "Who", "What", "Input", "Why"), rows)


def _review(review: Bundle | None) -> str:
    if not review:
        return ""
    rows = (
        (row["title"], "ticked" if row["done"] else "open", row["by"], row["at"] and _time(row["at"]), row["note"])
        for row in review["areas"]
    )
    taken = sum(not event["done"] for event in review["history"])
    said = f" Taken back: {taken}; the JSON file has the whole history." if taken else ""
    return f"<p>{escape(review['why'] + said)}</p>" + table(("What", "State", "Who", "When", "Note"), rows)


def _pairs(pairs: list[Bundle]) -> str:
    rows = (
        (
            pair["key"] + (" (preview)" if pair["preview"] else ""),
            (pair["class"] or "").replace("_", " "),
            {"accept": "accepted", "reject": "rejected"}.get(pair["decision"]) or pair["verdict"],
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
    return table(("What", "Value"), rows, "made")


def table(names: Iterable[str], rows: Iterable[Iterable[Any]], kind: str = "") -> str:
    """A table of escaped cells, each with its column's name for a narrow page; "" without rows."""
    heads = [escape(name) for name in names]
    body = "".join(
        "<tr>"
        + "".join(f'<td data-label="{head}">{_cell(cell)}</td>' for head, cell in zip(heads, row, strict=True))
        + "</tr>"
        for row in rows
    )
    top = "".join(f'<th scope="col">{head}</th>' for head in heads)
    named = f' class="{kind}"' if kind else ""
    return f"<table{named}><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>" if body else ""


def _cell(value: Any) -> str:
    return escape("-" if value is None else str(value))
