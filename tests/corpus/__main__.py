"""Imports every sample in both formats and prints, for each kind of value, how many are found in the document.

Run as `python -m tests.corpus`; the folder is named by MATCHFRAME_SAMPLES.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from presets_app.backends.comfyui import importing
from tests.corpus.comparing import Finding, findings

_BESIDE = Path(__file__).resolve().parents[2].parent / "shared" / "samples"


def folder() -> Path:
    """The ComfyUI samples: where MATCHFRAME_SAMPLES says, else beside the repository."""
    home = Path(os.environ.get("MATCHFRAME_SAMPLES", _BESIDE))
    return home if (home / "expected.json").is_file() else home / "comfyui"


def checked(home: Path) -> list[tuple[str, Finding]]:
    """(file, finding) for every expected value of every sample, in both formats."""
    samples: list[dict[str, Any]] = json.loads((home / "expected.json").read_text("utf-8"))
    found = []
    for sample in samples:
        for name in (sample["file"], sample["api_file"]):
            value = json.loads((home / "workflows" / name).read_text("utf-8"))
            document = importing.to_document(value).document or {}
            found += [(name, finding) for finding in findings(sample, document)]
    return found


def main() -> int:
    home = folder()
    if not (home / "expected.json").is_file():
        sys.stderr.write("There are no samples. Name their folder in MATCHFRAME_SAMPLES.\n")
        return 2
    results = checked(home)
    total = Counter(finding.key for _, finding in results)
    right = Counter(finding.key for _, finding in results if finding.found)
    for key in sorted(total):
        sys.stdout.write(f"{key:32} {right[key]:3}/{total[key]}\n")
    sys.stdout.write(f"{'all':32} {right.total():3}/{total.total()}\n")
    for name, finding in results:
        if not finding.found:
            sys.stdout.write(f"missing in {name}: {finding.key}: {finding.expected!r}, not {finding.held!r}\n")
    return 0 if right.total() == total.total() else 1


if __name__ == "__main__":
    sys.exit(main())
