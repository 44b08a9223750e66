"""What a script does, as the one form that an export has: the chain of calls that leads to the file it writes."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from presets_app.backends.diffusers.naming import UPSAMPLERS
from presets_app.backends.diffusers.normalizing import Source
from presets_app.backends.diffusers.scripts.bounds import UnreadableScript, parsed
from presets_app.backends.diffusers.scripts.calling import own_function
from presets_app.backends.diffusers.scripts.loading import dtype_of
from presets_app.backends.diffusers.scripts.reader import Reader
from presets_app.backends.diffusers.scripts.values import (
    Call,
    Export,
    Function,
    Generator,
    Name,
    Part,
    Picture,
    Pipe,
    Result,
    Thing,
    Told,
    Unknown,
    first_unknown,
    is_plain,
)
from presets_app.core.pointers import joined
from presets_app.core.problems import Problem
from presets_app.core.secrets import is_secret

_WITHHELD = "a value here looks like a secret; it is not carried over. Take it out of the script and replace it."
_PLACES = {
    "prompt": "/prompt",
    "negative_prompt": "/negative_prompt",
    "width": "/width",
    "height": "/height",
    "num_frames": "/frames",
    "frame_rate": "/fps",
    "fps": "/fps",
    "num_inference_steps": "/stages/0/steps",
    "guidance_scale": "/stages/0/guidance",
    "guidance_scale_2": "/stages/1/guidance",
    "sigmas": "/stages/0/sigmas",
    "seed": "/stages/0/seed",
    "flow_shift": "/stages/0/shift",
    "shift": "/stages/0/shift",
    "image": "/inputs/image",
    "last_image": "/inputs/last_image",
    "video": "/inputs/video",
    "conditions": "/inputs",
    "pretrained_model_name_or_path": "/models/transformer",
}
_TENSORS = frozenset({"latents", "audio_latents", "prompt_embeds", "negative_prompt_embeds", "image_embeds"})
_TENSORS |= {"prompt_attention_mask", "negative_prompt_attention_mask", "callback_on_step_end"}
_REQUIRED = ("/prompt", "/width", "/height", "/frames", "/fps")
_LARGEST_SEED = 2**64 - 1


@dataclass
class Reading:
    """A script as a call's normal form, what a person should know about it, and the variables it asks for."""

    source: Source
    problems: list[Problem] = field(default_factory=list)
    environment: list[str] = field(default_factory=list)


class _Forming:
    """Puts told values at pointers of the form, with their lines; what only a run decides becomes a problem."""

    def __init__(self) -> None:
        self.source = Source({}, is_script=True)
        self.source.file = self.source.form
        self.problems: list[Problem] = []
        self.undecided: set[str] = set()

    def put(self, target: str, told: Told) -> None:
        unknown = first_unknown(told.value)
        if unknown is None and isinstance(told.value, Name) and dtype_of(told.value) is None:
            unknown = Unknown(f"{told.value.last[:60]}, which is imported", told.line)
        value = _json(told.value) if unknown is None else None
        if unknown is not None or (value is None and told.value is not None):
            self.undecided.add(target)
            if target.rsplit("/", 1)[-1] not in _TENSORS:
                self._run_time(target, told, unknown)
            return
        self._set(target, value)
        self.source.lines[target] = told.line

    def place(self, target: str, value: Any, line: int) -> None:
        self.put(target, Told(value, line))

    def trouble(self, code: str, severity: Any, path: str, message: str, hint: str, line: int) -> None:
        self.problems.append(Problem(code, severity, path, message, hint, f"line {line} of the script"))

    def _run_time(self, target: str, told: Told, unknown: Unknown | None) -> None:
        name = target.rsplit("/", 1)[-1]
        why = f"it comes from {unknown.why}" if unknown is not None else "it is made while the script runs"
        line = unknown.line if unknown is not None and unknown.line else told.line
        text = f"{name} on line {told.line} is decided when the script runs: {why} (line {line})."
        path = _PLACES.get(name, "") if not target.startswith("/stages") else ""
        severity = "error" if path in _REQUIRED else "warning"
        self.trouble("value_at_run_time", severity, path, text, "Enter the value that was used.", line)

    def _set(self, target: str, value: Any) -> None:
        place: Any = self.source.form
        parts = target.split("/")[1:]
        for part, following in zip(parts, [*parts[1:], ""], strict=True):
            last = following == ""
            fresh: Any = value if last else ([] if following.isdecimal() else {})
            if isinstance(place, list):
                if int(part) == len(place):
                    place.append(fresh)
                place = place[int(part)]
            else:
                place = place.setdefault(part, fresh) if not last else place.__setitem__(part, value)


def read_script(text: str) -> Reading:
    """Raises UnreadableScript: too large, not Python, or without a pipeline of diffusers."""
    tree = parsed(text)
    reader = Reader()
    try:
        _run(reader, tree)
    except RecursionError:
        raise UnreadableScript("script_too_deep", "The script is nested too deeply.") from None
    if not reader.pipes and not reader.calls:
        hint = "Give a script that loads a pipeline with from_pretrained and calls it."
        raise UnreadableScript("script_without_pipeline", "The script loads no pipeline of diffusers.", hint)
    forming = _Forming()
    _form(forming, reader)
    _remarks(forming, reader)
    _secrets(forming, tree)
    forming.source.undecided = frozenset(forming.undecided)
    return Reading(forming.source, forming.problems, reader.environment[:64])


def _run(reader: Reader, tree: ast.Module) -> None:
    """Top to bottom; a script that only defines functions is read as if each were called."""
    reader.block(tree.body)
    for value in list(reader.scopes[0].values()):
        if not reader.calls and isinstance(value, Function) and value.node.name not in reader.called:
            own_function(reader, value, [], {}, value.node.lineno)


def _form(forming: _Forming, reader: Reader) -> None:
    export = next((one for one in reversed(reader.exports) if one.call is not None), None)
    export = export or (reader.exports[-1] if reader.exports else None)
    chain = _chain(reader.calls, export)
    if not chain:
        pipe = reader.pipes[0]
        _pipe(forming, "", pipe)
        text = f"The script loads {pipe.kind[:60]} and never calls it, as far as it can be read."
        forming.trouble("call_missing", "error", "/prompt", text, "Give the part that calls it.", pipe.line)
    for place, number in enumerate(chain):
        _call(forming, f"/stages/{place - 1}" if place else "", reader.calls[number], reader.calls[chain[0]])
    for number in chain[1:]:
        if reader.calls[number].pipe.kind not in UPSAMPLERS:  # what is switched on last decodes the video
            for key, told in reader.calls[number].pipe.placement.items():
                forming.put(f"/placement/{key}", told)
    if chain and reader.seed is not None and "generator" not in reader.calls[chain[0]].arguments:
        forming.put("/generator/seed", reader.seed)
        forming.place("/generator/device", "cuda", reader.seed.line)
        text = "The seed is that of all of torch; noise is drawn on the GPU, after whatever else drew from it."
        forming.trouble(
            "seed_of_all", "warning", "/stages/0/seed", text, "Give the call a generator.", reader.seed.line
        )
    for file, entry in reader.hashes.items():
        _hash(forming, chain, reader.calls, file, entry)
    if export is not None:
        _export(forming, export, reader.calls[chain[0]] if chain else None)
    _others(forming, reader, chain)


def _chain(calls: list[Call], export: Export | None) -> list[int]:
    """The calls that the written file is made of, in order; without a file, those of the last call."""
    if not calls:
        return []
    last = export.call if export is not None and export.call is not None else len(calls) - 1
    found: set[int] = set()
    pending = [last]
    while pending:
        number = pending.pop()
        if number not in found:
            found.add(number)
            pending.extend(calls[number].needs)
    return sorted(found)


def _others(forming: _Forming, reader: Reader, chain: list[int]) -> None:
    for number, call in enumerate(reader.calls):
        if number not in chain:
            meant = reader.calls[chain[-1]].line
            text = f"Line {call.line} renders another video; the preset is that of line {meant}."
            hint = "Which one is meant? Import it alone."
            forming.trouble("several_calls", "warning", "/stages", text, hint, call.line)
        elif call.repeated:
            text = "The pipeline is called in a loop; the preset is one turn of it."
            forming.trouble("call_in_loop", "warning", "/stages", text, "Enter what this turn used.", call.line)


def _pipe(forming: _Forming, base: str, pipe: Pipe) -> None:
    forming.place(f"{base}/pipeline", pipe.kind, pipe.line)
    for key, told in pipe.pretrained.items():
        target = f"{base}/from_pretrained/{key}"
        forming.put(target, Told(_dtypes(told.value), told.line) if key == "torch_dtype" else told)
    if pipe.scheduler is not None:
        forming.place(f"{base}/scheduler/class", pipe.scheduler.kind, pipe.scheduler.line)
        for key, told in pipe.scheduler.told.items():
            forming.put(f"{base}/scheduler/{key}", told)
    for place, lora in enumerate(pipe.loras):
        forming.put(f"{base}/loras/{place}/file", lora.file)
        forming.put(f"{base}/loras/{place}/weight", lora.weight)
        forming.place(f"{base}/loras/{place}/load_into_transformer_2", lora.second, lora.file.line)
    for key, told in pipe.placement.items():
        forming.put(f"{base}/placement/{key}", told)
    for key, told in pipe.config.items():
        forming.put(f"{base}/config/{key}", told)
    for key, part in pipe.parts.items():
        _part(forming, base, pipe, key, part)


def _part(forming: _Forming, base: str, pipe: Pipe, key: str, part: Part) -> None:
    """A component that was loaded by itself: its type, and where it comes from when not from the same place."""
    if part.dtype is not None and key in ("vae", "text_encoder"):
        forming.put(f"{base}/placement/{key}_dtype", Told(dtype_of(part.dtype.value), part.dtype.line))
    own = pipe.pretrained.get("pretrained_model_name_or_path")
    if part.source is not None and (own is None or own.value != part.source.value):
        if pipe.kind in UPSAMPLERS:
            forming.put(f"{base}/from_pretrained/pretrained_model_name_or_path", part.source)
        else:
            forming.put(f"{base}/parts/{key}", part.source)


def _call(forming: _Forming, base: str, call: Call, first: Call) -> None:
    _pipe(forming, base, call.pipe) if not base or call.pipe.kind in UPSAMPLERS else _again(forming, base, call)
    for key, told in call.arguments.items():
        if key == "generator":
            _generator(forming, base, told, call, first)
        elif isinstance(told.value, Result) or (key in _TENSORS and not is_plain(told.value)):
            continue
        elif base and key in first.arguments and first.arguments[key].value is told.value:
            if first_unknown(told.value) is None and not isinstance(told.value, Name):
                forming.put(joined((key,), f"{base}/call"), told)
        else:
            forming.put(joined((key,), f"{base}/call"), told)


def _again(forming: _Forming, base: str, call: Call) -> None:
    """A second generation: only what can differ from the first is told again."""
    again = Pipe(call.pipe.kind, call.pipe.line, scheduler=call.pipe.scheduler, loras=call.pipe.loras)
    _pipe(forming, base, again)


def _generator(forming: _Forming, base: str, told: Told, call: Call, first: Call) -> None:
    held = told.value[0] if isinstance(told.value, (list, tuple)) and len(told.value) == 1 else told.value
    if isinstance(held, Unknown) or not isinstance(held, Generator) or held.seed is None:
        if held is not None:
            why = held if isinstance(held, Unknown) else Unknown("a generator without a seed", told.line)
            forming.place(f"{base}/generator/seed", why, told.line)
        return
    before = first.arguments.get("generator")
    if base and before is not None and before.value is held:
        return  # the same generator goes on
    seed = held.seed.value
    if isinstance(seed, int) and -_LARGEST_SEED <= seed < 0:
        seed += _LARGEST_SEED  # as torch maps it
    forming.put(f"{base}/generator/seed", Told(seed, held.seed.line))
    if held.device is not None:
        forming.put(f"{base}/generator/device", held.device)


def _hash(forming: _Forming, chain: list[int], calls: list[Call], file: str, entry: dict[str, Any]) -> None:
    """A hash that the script states for a file it opens."""
    for number in chain[:1]:
        for key, told in calls[number].arguments.items():
            value = _json(told.value)
            named = value == file or (isinstance(value, list) and any(_names(one, file) for one in value))
            role = entry.get("role") or key
            if named and f"/inputs/{role}/file" not in forming.source.lines:
                for name, held in entry.items():
                    if name != "role":
                        forming.place(joined((role, name), "/inputs"), held, told.line)


def _names(condition: Any, file: str) -> bool:
    return isinstance(condition, dict) and condition.get("frames") == file


def _export(forming: _Forming, export: Export, call: Call | None) -> None:
    forming.place("/export/writer", export.writer, export.line)
    sound = export.arguments.get("samples") or export.arguments.get("audio")
    heard = sound is not None and sound.value is not None
    if call is not None and call.pipe.kind.startswith("LTX2"):
        forming.place("/export/audio", heard, export.line)
    for key, told in export.arguments.items():
        if key not in ("frames", "samples", "audio", "audio_rate", "audio_sample_rate", "video_chunks_number"):
            forming.put(joined((key,), "/export"), told)


def _dtypes(held: Any) -> Any:
    if isinstance(held, dict):
        return {key: dtype_of(inner) or inner for key, inner in held.items()}
    return dtype_of(held) or held


def _json(value: Any) -> Any:
    """A value as JSON has it; None for what it has no word for."""
    if isinstance(value, (list, tuple)):
        made = [_json(inner) for inner in value]
        return made if None not in made or is_plain(value) else None
    if isinstance(value, dict):
        return {str(key): _json(inner) for key, inner in value.items()}
    reads = _WORDS.get(type(value))
    if reads is not None:
        return reads(value)
    return value if is_plain(value) and not (isinstance(value, float) and not math.isfinite(value)) else None


def _fraction(value: Fraction) -> int | str:
    return value.numerator if value.denominator == 1 else f"{value.numerator}/{value.denominator}"


def _condition(thing: Thing) -> dict[str, Any] | None:
    if not thing.kind.endswith("Condition"):
        return None
    names = {"#0": "frames", "#1": "index", "#2": "strength", "image": "frames", "video": "frames"}
    names["frame_index"] = "index"
    told = {names.get(key, key): _json(held.value) for key, held in thing.told.items()}
    return {key: held for key, held in told.items() if held is not None}


_WORDS: dict[type, Callable[[Any], Any]] = {
    Picture: lambda value: value.file,
    Fraction: _fraction,
    Name: dtype_of,
    Thing: _condition,
}


def _remarks(forming: _Forming, reader: Reader) -> None:
    for (code, words), (severity, line) in reader.remarks.items():
        text = f"Line {line}: {words}."
        forming.trouble(code, severity, "", text, "Check the draft against the script.", line)


def _secrets(forming: _Forming, tree: ast.Module) -> None:
    """Keys in the text are named by their line and never repeated."""
    lines = {
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and is_secret(node.value)
    }
    for line in sorted(lines)[:5]:
        text, hint = f"Line {line}: {_WITHHELD}", "Use an environment variable."
        forming.trouble("secret_in_script", "warning", "", text, hint, line)
