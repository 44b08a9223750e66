"""What a script's names can stand for while it is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Unknown:
    """A value that only a run decides: why, in words that fit "it comes from ...", and on which line."""

    why: str
    line: int


TOO_MUCH = Unknown("a value that is too large", 0)
_MOST_PARTS = 2000


@dataclass(frozen=True)
class Told:
    """A value with the line that says it."""

    value: Any
    line: int


@dataclass(frozen=True)
class Name:
    """Something imported, by its dotted name: torch.bfloat16, diffusers.WanPipeline."""

    path: str

    @property
    def last(self) -> str:
        return self.path.rsplit(".", 1)[-1]


@dataclass(frozen=True)
class Method:
    """An attribute of a value, not called yet."""

    owner: Any
    name: str


@dataclass(frozen=True)
class Function:
    """A function of the script: its definition (an ast node)."""

    node: Any


@dataclass(frozen=True)
class Picture:
    """An image or a video, by the name of its file."""

    file: str


@dataclass(frozen=True)
class Thing:
    """An object made by a class that is not known here, with what it was given."""

    kind: str
    told: dict[str, Told]


@dataclass(frozen=True)
class Result:
    """Something made of what a call returned; `call` is its place among the calls."""

    call: int


@dataclass
class Namespace:
    """Command line options or a class of settings; `options` are given by a person at each run."""

    values: dict[str, Any] = field(default_factory=dict)
    options: bool = False


@dataclass
class Generator:
    device: Told | None = None
    seed: Told | None = None


@dataclass
class Scheduler:
    """A scheduler's class and what it is told beside the weights' own settings."""

    kind: str
    line: int
    told: dict[str, Told] = field(default_factory=dict)


@dataclass
class Part:
    """One component, such as the VAE. `source` is a repository or a file, None for the pipeline's own."""

    kind: str
    source: Told | None = None
    dtype: Told | None = None
    line: int = 0
    placement: dict[str, Told] = field(default_factory=dict)


@dataclass
class Lora:
    file: Told
    adapter: str
    weight: Told
    second: bool = False
    active: bool = True
    fused: bool = False


@dataclass
class Pipe:
    """A pipeline as it stands at one line of the script."""

    kind: str
    line: int
    pretrained: dict[str, Told] = field(default_factory=dict)
    scheduler: Scheduler | None = None
    parts: dict[str, Part] = field(default_factory=dict)
    loras: list[Lora] = field(default_factory=list)
    placement: dict[str, Told] = field(default_factory=dict)
    config: dict[str, Told] = field(default_factory=dict)


@dataclass(frozen=True)
class PartOf:
    """A component reached through its pipeline: pipe.vae."""

    pipe: Pipe
    name: str


@dataclass(frozen=True)
class Config:
    """Settings reached through a pipeline, as they were then: pipe.scheduler.config, or pipe.config with `name` ""."""

    pipe: Pipe
    name: str
    told: dict[str, Told] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """One generation: the pipeline as it was, the arguments, and the results it was given."""

    pipe: Pipe
    arguments: dict[str, Told]
    line: int
    needs: tuple[int, ...]
    repeated: bool


@dataclass(frozen=True)
class Export:
    """One file that is written: by which function, of which call, with which arguments."""

    writer: str
    call: int | None
    arguments: dict[str, Told]
    line: int


def parts_of(value: Any) -> Iterator[Any]:
    """A value and everything in it. Stops with TooMuch after as many as a script can honestly mean: a list may hold
    itself, or a thousand lists of a thousand lists."""
    pending, seen = [value], 0
    while pending:
        inner = pending.pop()
        seen += 1
        if seen > _MOST_PARTS:
            yield TOO_MUCH
            return
        yield inner
        if isinstance(inner, dict):
            pending.extend(reversed(inner.values()))
        elif isinstance(inner, (list, tuple)):
            pending.extend(reversed(inner))
        elif isinstance(inner, Told):
            pending.append(inner.value)
        elif isinstance(inner, Thing):
            pending.extend(inner.told.values())


def is_plain(value: Any) -> bool:
    """Whether a value is made of constants only."""
    kinds = (bool, int, float, str, list, tuple, dict)
    return all(inner is None or isinstance(inner, kinds) for inner in parts_of(value))


def first_unknown(value: Any) -> Unknown | None:
    """Why a value cannot be known, None when it can."""
    return next((inner for inner in parts_of(value) if isinstance(inner, Unknown)), None)


def results_in(value: Any) -> tuple[int, ...]:
    """The calls whose results a value is made of."""
    return tuple(inner.call for inner in parts_of(value) if isinstance(inner, Result))


def is_same(one: Any, other: Any) -> bool:
    """Whether two values are one and the same, or equal constants."""
    return one is other or (is_plain(one) and is_plain(other) and one == other)
