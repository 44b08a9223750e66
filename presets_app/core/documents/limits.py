"""How large a document may be, decided before anything is built from it."""

from __future__ import annotations

from dataclasses import dataclass

from presets_app.core.problems import Problem


@dataclass(frozen=True)
class Limits:
    """`size` in bytes; `depth` of nested lists and objects; `nodes` counts every value, keys not included;
    `aliases` is how often a YAML text may refer back, each counted with all that it stands for."""

    size: int = 1024 * 1024  # the longest honest preset is under 100 KiB; a prompt alone may take 40 KB of UTF-8
    depth: int = 64  # the format needs 6; Python's own reader gives up near 1,000
    nodes: int = 50_000  # a two-stage preset has about 100 values
    aliases: int = 100  # enough to share a LoRA list; nine levels of nine already mean 387 million values
    yaml_size: int = 1024 * 1024  # the YAML reader takes about six seconds of CPU for it, JSON a hundredth of that
    number: int = 40  # digits of one integer: 2^64 has 20, and Python takes quadratic time beyond that


PRESET_LIMITS = Limits()
# 100,000 items of about 8 values each; such a list is JSON made by a program.
INPUT_SET_LIMITS = Limits(size=64 * 1024 * 1024, depth=16, nodes=2_000_000, aliases=0)
# The largest of 660 published workflows has 0.7 MB and 21,000 values. A file at these limits, also one made to be slow,
# is answered within 6 seconds of one CPU and 200 MiB. A picture or video may hold two graphs.
WORKFLOW_LIMITS = Limits(size=6 * 1024 * 1024, nodes=250_000, aliases=0)
EMBEDDED_LIMITS = Limits(size=5 * 1024 * 1024, nodes=120_000, aliases=0)


class Unreadable(Exception):
    """Inside this package only: stops a reader with the one problem that explains why."""

    def __init__(self, code: str, message: str, hint: str = "", path: str = "") -> None:
        self.problem = Problem(code, "error", path, message, hint)
        super().__init__(message)


def too_large(size: int, limits: Limits) -> Unreadable:
    return Unreadable(
        "document_too_large",
        f"The document has {size:,} bytes; at most {limits.size:,} are read.",
        "Keep pictures, audio and long texts in files of their own and name them in the document.",
    )


def too_large_for_yaml(size: int, limits: Limits) -> Unreadable:
    return Unreadable(
        "document_too_large",
        f"The YAML text has {size:,} bytes; at most {limits.yaml_size:,} are read.",
        "Send it as JSON, which is read much faster.",
    )


def too_deep(where: str, limits: Limits) -> Unreadable:
    return Unreadable(
        "document_too_deep",
        f"Lists and objects are nested more than {limits.depth} levels deep at {where}.",
        "A preset needs at most six levels: check for a bracket that is never closed.",
    )


def too_many_nodes(where: str, limits: Limits) -> Unreadable:
    return Unreadable(
        "document_too_many_values",
        f"The document holds more than {limits.nodes:,} values; reading stopped at {where}.",
        "A preset is small: check that this is the file you meant.",
    )
