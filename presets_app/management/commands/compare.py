"""`compare LEFT RIGHT`: two video files, measured in one pass and judged. Needs no database and no project."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from presets_app.management.json_command import COULD_NOT, DONE, Answer, JsonCommand
from presets_app.services.comparing import compare_files


class Command(JsonCommand):
    help = "Compare two video files: class, verdict, reasons. Exit code 2 when one cannot be measured."

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("left", type=Path, metavar="LEFT")
        parser.add_argument("right", type=Path, metavar="RIGHT")
        parser.add_argument("--out", type=Path, metavar="DIR", help="write report.html, frames.csv and pictures")
        parser.add_argument("--family", default="", help="model family, for its start values: ltx-2, wan-2.2")

        parser.add_argument(
            "--with", action="append", default=[], choices=["xpsnr"], dest="extras", help="measure this as well"
        )

    def answer(self, **options: Any) -> Answer:
        self.say(f"comparing {options['left'].name} with {options['right'].name}")
        value, measured = compare_files(
            options["left"],
            options["right"],
            out=options["out"],
            family=options["family"],
            extras=tuple(options["extras"]),
        )
        return value, DONE if measured else COULD_NOT

    def words(self, value: dict[str, Any], **options: Any) -> None:
        if "verdict" not in value:
            super().words(value, **options)
            return
        self.stdout.write(f"{value['verdict']}  ({value['class'] or 'not measured'})")
        for reason in value["reasons"]:
            self.stdout.write(f"  {reason['severity']:8}{reason['code']:24}{reason['message']}")
        for name, text in _rows(value):
            self.stdout.write(f"  {name:16}{text}")


def _rows(value: dict[str, Any]) -> list[tuple[str, str]]:
    """The numbers a person looks at first; "-" is not measured."""
    video, audio = value["video"] or {}, value["audio"] or {}
    rows = [(side, _container(value["container"][side])) for side in ("left", "right")]
    if video:
        psnr, ssim = video["psnr"], video["ssim"]
        equal = "equal" if ssim["mean"] == 1 else "-"
        rows.append(("PSNR", f"mean {psnr['mean'] or equal}, lowest {psnr['min'] or equal}"))
        rows.append(("SSIM", f"mean {_shown(ssim['mean'])}, lowest {_shown(ssim['min'])}"))
        if video.get("xpsnr"):
            rows.append(("XPSNR", f"mean {_shown(video['xpsnr']['mean'])}, lowest {_shown(video['xpsnr']['min'])}"))
        rows.append(("frames", f"{video['frames']} compared, offset {video['offset_frames']}"))
    if audio.get("correlation") is not None:
        rows.append(("sound", f"correlation {audio['correlation']}, offset {audio['offset_ms']} ms"))
    rows.append(("cost", f"{_shown(value['cost']['cpu_s'])} s of CPU, {_shown(value['cost']['peak_mb'])} MiB"))
    return rows


def _shown(number: float | None) -> str:
    return "-" if number is None else f"{number}"


def _container(facts: dict[str, Any] | None) -> str:
    if facts is None:
        return "-"
    sound = f", {facts['audio']['codec']} {facts['audio']['rate']} Hz" if facts["audio"] else ", no sound"
    shape = f"{facts['width']}x{facts['height']}, {facts['fps']} fps, {facts.get('frames', '-')} frames"
    return f"{shape}, {facts['codec']}{sound}"
