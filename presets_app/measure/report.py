"""One comparison as a page that needs nothing beside it: curves, barcode, worst frames, reasons.

Written by the caller from numbers and pictures that the child made; everything that came from a file is escaped.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Any

from presets_app.measure.drawing import Line, barcode, curve

STYLE = """
:root{color-scheme:light dark;
--ink:#1c2126;--paper:#fbfbf9;--faint:#6b7480;--line:#d9dcd8;--left:#2c6bbf;--right:#c2571a;
--limit:#a3242c}
@media (prefers-color-scheme:dark){:root{--ink:#e7e9ea;--paper:#14171a;--faint:#98a1ab;--line:#343a40;--left:#7fb0f0;
--right:#f0a06a;--limit:#f08890}}
body{margin:2rem auto;max-width:64rem;padding:0 1rem;color:var(--ink);background:var(--paper);
font:16px/1.5 system-ui,sans-serif}
h1{font-size:1.6rem;margin:0}h2{font-size:1.1rem;margin:2.2rem 0 .5rem}
.verdict{font-size:1.15rem}.faint,figcaption{color:var(--faint);font-size:.9rem}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.3rem .8rem .3rem 0;border-bottom:1px solid var(--line);vertical-align:top}
th{font-weight:600}
td,th{font-variant-numeric:tabular-nums}.scroll{overflow-x:auto}
svg{width:100%;display:block}h1{overflow-wrap:anywhere}th,td{overflow-wrap:break-word}
.curves{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));gap:0 2rem}
.plot{display:grid;grid-template-columns:3.5rem minmax(0,1fr);gap:.2rem .5rem}.plot svg{height:120px}
.plot p{display:flex;justify-content:space-between;margin:0;color:var(--faint);font-size:.8rem;
font-variant-numeric:tabular-nums}.plot .rise{flex-direction:column;text-align:right}.plot .run{grid-column:2}
.line{fill:none;vector-effect:non-scaling-stroke}.line.left{stroke:var(--left);stroke-width:4;stroke-opacity:.55}
.line.right{stroke:var(--right);stroke-width:1.5}.line.alone{stroke:var(--left);stroke-width:1.5}
.limit{stroke:var(--limit);stroke-dasharray:6 4;vector-effect:non-scaling-stroke}
.trios{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));gap:0 2rem}
.frames{display:grid;grid-template-columns:repeat(3,1fr);gap:.35rem}.frames img{width:100%;height:auto;display:block;
outline:1px solid var(--line)}.frames span{color:var(--faint);font-size:.8rem}
figure{margin:0 0 1.5rem;min-width:0}
"""

FACTS = (
    ("Width", "width"),
    ("Height", "height"),
    ("Frames a second", "fps"),
    ("Frames", "frames"),
    ("Seconds", "duration_s"),
    ("Codec", "codec"),
    ("Pixel format", "pixel_format"),
    ("Colour range", "color_range"),
    ("Bytes", "size_bytes"),
)
SOUND = (
    ("Sample rate", "rate"),
    ("Channels", "channels"),
    ("Seconds", "duration_s"),
    ("Loudness, LUFS", "loudness_lufs"),
    ("True peak, dBTP", "true_peak_dbtp"),
    ("Level, dB", "rms_db"),
)
BETWEEN = (
    ("Correlation", "correlation"),
    ("Right is late, ms", "offset_ms"),
    ("Log-mel similarity", "log_mel_similarity"),
)
WORDS = {"left": "left", "right": "right", "heatmap": "difference"}
BARCODE = (
    "Time from left to right; each row is one of 8 by 8 regions of the picture, from the top left to the bottom right. "
    "Black is no difference; the lighter, the larger the mean difference, up to 48 of 255 levels."
)


def write_report(folder: Path, comparison: dict[str, Any], names: tuple[str, str]) -> Path:
    """Write `report.html` into `folder`, where the pictures that `comparison` names already lie."""
    path = folder / "report.html"
    title = f"{names[0]} against {names[1]}"
    parts = "\n".join(_parts(folder, comparison, names))
    page = (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<style>{STYLE}</style></head><body>\n{parts}\n</body></html>\n"
    )
    path.write_text(page, encoding="utf-8")
    return path


def _parts(folder: Path, comparison: dict[str, Any], names: tuple[str, str]) -> Iterator[str]:
    yield f"<h1>{escape(names[0])} against {escape(names[1])}</h1>"
    yield f'<p class="verdict">{escape(comparison["verdict"])}: {escape(comparison["class"] or "not measured")}</p>'
    yield _reasons(comparison["reasons"])
    video = comparison["video"] or {}
    if video.get("frames"):
        yield "<h2>Frame by frame</h2>"
        yield f'<div class="curves">{"".join(_curves(video, comparison.get("limits") or {}))}</div>'
        yield "<h2>Where and when they differ</h2>"
        yield _figure(barcode(video["barcode"]), BARCODE)
        if video["worst_frames"]:
            yield "<h2>Worst frames</h2>"
            yield f'<div class="trios">{"".join(_worst(folder, video["worst_frames"]))}</div>'
    yield "<h2>The two files</h2>"
    yield _table(("", *names), _facts(comparison["container"]))
    if (comparison["audio"] or {}).get("left") or (comparison["audio"] or {}).get("right"):
        yield "<h2>Sound</h2>"
        yield _table(("", *names), _sound(comparison["audio"]))
    seconds, memory = (_shown(comparison["cost"][name]) for name in ("cpu_s", "peak_mb"))
    yield f'<p class="faint">Measured in {seconds} s of processor time and {memory} MiB.</p>'


def _reasons(reasons: Sequence[dict[str, Any]]) -> str:
    if not reasons:
        return "<p>Nothing was found that speaks against the pair.</p>"
    rows = [(reason["severity"], reason["code"], reason["message"], _place(reason.get("place"))) for reason in reasons]
    return _table(("", "Reason", "What was seen", "Where"), rows)


def _place(place: dict[str, Any] | None) -> str:
    """ "right, frame 20, 40x24 at 96, 64."""
    if not place:
        return ""
    said = [str(place["side"])] if place.get("side") else []
    said += [f"frame {place['frame']}"] if place.get("frame") is not None else []
    said += [f"second {place['second']}"] if place.get("second") is not None else []
    region = place.get("region")
    said += [f"{region['width']}x{region['height']} at {region['x']}, {region['y']}"] if region else []
    return ", ".join(said)


def _curves(video: dict[str, Any], limits: dict[str, Any]) -> Iterator[str]:
    frames, span = video["per_frame"], video["per_frame"]["first"]
    both = (("left", "left"), ("right", "right"))
    asked = (
        ("SSIM", [Line("ssim", frames["ssim"], "alone")], limits.get("ssim")),
        ("PSNR, dB; a gap is an equal frame", [Line("psnr", frames["psnr"], "alone")], limits.get("psnr")),
        ("Mean absolute difference of luma, levels of 255", [Line("", frames["mean_abs"], "alone")], None),
        ("Mean luma", [Line(side, frames[f"{side}_luma"], colour) for side, colour in both], None),
        ("Contrast of luma", [Line(side, frames[f"{side}_contrast"], colour) for side, colour in both], None),
        ("Movement from frame to frame", [Line(side, _moved(frames, side), colour) for side, colour in both], None),
    )
    for caption, lines, limit in asked:
        said = caption + (f". The dashed line is the threshold, {limit:g}" if limit is not None else "")
        said += ". Wide blue: left; narrow orange: right" if len(lines) > 1 else ""
        yield _figure(curve(lines, limit, span, frames["step"]), f"{said}.")


def _moved(frames: dict[str, Any], side: str) -> list[float | None]:
    """The first frame has none before it to move from."""
    return [None, *frames[f"{side}_motion"][1:]]


def _worst(folder: Path, frames: Sequence[dict[str, Any]]) -> Iterator[str]:
    for frame in frames:
        pictures = [(name, frame.get(name)) for name in ("left", "right", "heatmap")]
        images = "".join(
            f'<div><img alt="{name} of frame {frame["frame"]}" src="{_embedded(folder / str(file))}">'
            f"<span>{WORDS[name]}</span></div>"
            for name, file in pictures
            if file
        )
        psnr = "equal" if frame["psnr"] is None else f"PSNR {frame['psnr']:.2f} dB"
        where = _place({"region": frame["region"]})
        said = (
            f"Frame {frame['frame']} (right {frame['right_frame']}): {psnr}, SSIM {frame['ssim']:.4f}; most at {where}."
        )
        yield _figure(f'<div class="frames">{images}</div>', said)


def _embedded(path: Path) -> str:
    return f"data:image/png;base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"


def _figure(inner: str, caption: str) -> str:
    return f"<figure>{inner}<figcaption>{escape(caption)}</figcaption></figure>"


def _table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    top = "".join(f"<th>{escape(str(cell))}</th>" for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(_shown(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def _facts(container: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [(word, *((container[side] or {}).get(name) for side in ("left", "right"))) for word, name in FACTS]


def _sound(audio: dict[str, Any]) -> list[tuple[Any, ...]]:
    found = [(word, *((audio[side] or {}).get(name) for side in ("left", "right"))) for word, name in SOUND]
    harsh = audio.get("harshness_db") or {}
    found.append(("4-8 kHz against 0.5-4 kHz, dB", harsh.get("left"), harsh.get("right")))
    return [*found, *((word, "", audio.get(name)) for word, name in BETWEEN)]


def _shown(value: Any) -> str:
    return "-" if value is None else f"{value}"
