"""The flat fields of a service's request, read into a draft: what the request says, and nothing that it does not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from presets_app.backends import request_fields as said
from presets_app.backends.request_drafts import Draft
from presets_app.backends.request_measuring import measures
from presets_app.backends.request_prompts import own_rewriting
from presets_app.core.pointers import joined
from presets_app.core.secrets import is_secret, shown

_WHOLE = ("steps", "num_inference_steps", "boundary_step", "end_step", "start_step", "seed")
_BOTH = ("steps", "guidance", "shift", "sampler", "scheduler")
_MEDIA = ((said.IMAGE, "image"), (said.LAST_IMAGE, "last_image"), (said.SOUND, "audio"), (said.VIDEO, "video"))
_SIZED = tuple(dict.fromkeys(name for _, names in said.GEOMETRY for name in names))
_LONGEST_ADDRESS = 1000  # what the format takes
_NOT_A_NAME = re.compile(r"[^\w .+-]+")


class Fields:
    """Fields by name, each with its pointer in the file; `vendor` as people know it."""

    def __init__(self, draft: Draft, places: Mapping[str, Any], vendor: str) -> None:
        """`places` are the objects that hold fields, by their pointers in the file."""
        self.draft = draft
        self.vendor = vendor
        self._held = {
            str(name): (below, value)
            for below, held in places.items()
            if isinstance(held, Mapping)
            for name, value in held.items()
        }

    def pointer(self, name: str) -> str:
        return joined((name,), self._held[name][0])

    def names(self) -> list[str]:
        return list(self._held)

    def value(self, name: str) -> Any:
        """The value of a field, None when there is none or when it holds a secret."""
        if name not in self._held:
            return None
        value = self._held[name][1]
        below = isinstance(value, (dict, list)) and value
        there = self.draft.below(self.pointer(name)) if below else self.draft.has(self.pointer(name))
        return value if there else None

    def first(self, names: tuple[str, ...]) -> str | None:
        return next((name for name in names if self.value(name) is not None), None)


def titled(draft: Draft, *words: str) -> None:
    """The draft's name, of characters that names may have."""
    name = _NOT_A_NAME.sub(" ", " ".join(words)).strip()[:120]
    draft.document["name"] = draft.came_from if not name or is_secret(" ".join(words)) else name


def task_of(fields: Fields) -> str:
    """What the inputs of a request make of it."""
    image, last, sound = (bool(fields.first(names)) for names in (said.IMAGE, said.LAST_IMAGE, said.SOUND))
    sound = sound and not isinstance(fields.value(fields.first(said.SOUND) or ""), bool)
    if fields.first(said.REFERENCES):
        return "r2v"
    if sound:
        return "ia2v" if image else "a2v"
    if image:
        return "flf2v" if last else "i2v"
    return "v2v" if fields.first(said.VIDEO) else "t2v"


def read_fields(fields: Fields, family: str | None) -> None:
    """Fill the draft from every field that says something about the picture."""
    _roles(fields, family)
    _loras(fields)
    for path, names in said.NAMED:
        if name := fields.first(names):
            take(fields, path, name, bool if path.startswith("/audio") else str)
    if isinstance(fields.value("audio"), bool):
        take(fields, "/audio/generate", "audio", bool)
    _stages(fields)
    there = [name for name in (*_SIZED, "aspect_ratio") if name in fields.names()]
    measures(fields.draft, {name: (fields.pointer(name), fields.value(name)) for name in there})
    _media(fields)
    _switches(fields)
    _options(fields)
    _shots(fields)


def take(fields: Fields, path: str, name: str, kind: Any) -> None:
    """Put a field's value into the document, if it is of the kind."""
    value, draft = fields.value(name), fields.draft
    flags = kind is bool or (isinstance(kind, tuple) and bool in kind)
    if isinstance(value, kind) and (flags or not isinstance(value, bool)):
        draft.put(path, fields.pointer(name), value)
        return
    text = f"The request's field {shown(name)} holds a value of another kind than it takes."
    draft.trouble("value_not_understood", path, text, "Set it by hand.")
    for leaf in draft.below(fields.pointer(name)):
        draft.drop(leaf, "A value of another kind than the field takes.")


def _roles(fields: Fields, family: str | None) -> None:
    second = [name for name in fields.names() if name.endswith("_2") or name == "boundary_step"]
    experts = fields.value("high_noise_loras") or fields.value("low_noise_loras") or second
    if experts and family == "wan-2.2":
        fields.draft.document["stages"] = [{"role": "high_noise"}, {"role": "low_noise"}]


def _stages(fields: Fields) -> None:
    stages = fields.draft.document["stages"]
    for index in range(len(stages)):
        for key, names in said.STAGE.items():
            name = fields.first(names if index == 0 else tuple(f"{name}_2" for name in names))
            if name is not None:
                _stage_value(fields, f"/stages/{index}/{key}", name)
    for key in _BOTH if len(stages) > 1 else ():
        if key in stages[0]:
            stages[1].setdefault(key, stages[0][key])
    if len(stages) > 1 and "end_step" in stages[0]:
        stages[1].setdefault("start_step", stages[0]["end_step"])
    if fields.first(("seed",)) is None and "seed" not in stages[0]:
        _no_seed(fields)


def _stage_value(fields: Fields, path: str, name: str) -> None:
    value = fields.value(name)
    if path.endswith("/seed") and isinstance(value, int) and not isinstance(value, bool) and value < 0:
        fields.draft.drop(fields.pointer(name), "The service drew a seed of its own, and the request does not say it.")
        text = "The request asks for a random seed, so the original cannot be made again."
        fields.draft.trouble("seed_random", "/stages/0/seed", text, "Set a seed.")
        return
    kinds: Any = {"sampler": str, "scheduler": str, "sigmas": list}.get(path.rsplit("/", maxsplit=1)[-1], (int, float))
    take(fields, path, name, int if name.removesuffix("_2") in _WHOLE else kinds)


def _no_seed(fields: Fields) -> None:
    if any(problem.path == "/stages/0/seed" for problem in fields.draft.problems):
        return
    text = "The request states no seed, so the service drew one and the original cannot be made again."
    fields.draft.trouble("seed_random", "/stages/0/seed", text, "Set a seed.")


def _loras(fields: Fields) -> None:
    stages = fields.draft.document["stages"]
    for name, role in said.LORAS.items():
        entries = fields.value(name)
        index = next((place for place, stage in enumerate(stages) if stage["role"] == role), 0)
        if entries == [] and "loras" not in stages[index]:
            fields.draft.put(f"/stages/{index}/loras", fields.pointer(name), [])
        for place, entry in enumerate(entries if isinstance(entries, list) else ()):
            _lora(fields, f"{fields.pointer(name)}/{place}", index, entry)


def _lora(fields: Fields, pointer: str, index: int, entry: Any) -> None:
    draft, here = fields.draft, f"/stages/{index}/loras"
    path, scale = (entry.get("path"), entry.get("scale")) if isinstance(entry, Mapping) else (None, None)
    if not isinstance(path, str) or not path or len(path) > 400 or not draft.has(f"{pointer}/path"):
        draft.trouble("value_not_understood", here, "A LoRA of the request names no file that can be kept.")
        return
    listed = draft.document["stages"][index].setdefault("loras", [])
    draft.put(f"{here}/{len(listed)}/file", f"{pointer}/path", path)
    if isinstance(scale, (int, float)) and not isinstance(scale, bool):
        draft.put(f"{here}/{len(listed) - 1}/strength", f"{pointer}/scale", scale)


def _media(fields: Fields) -> None:
    for names, role in _MEDIA:
        name = fields.first(names)
        if name is None or isinstance(fields.value(name), bool):
            continue
        own = "first_image" if role == "image" and fields.first(said.LAST_IMAGE) else role
        if _inline(fields, f"/inputs/{own}", name):
            continue
        take(fields, f"/inputs/{own}", name, str)
    name = fields.first(said.REFERENCES)
    listed = fields.value(name) if name else None
    if name and isinstance(listed, list) and all(_is_short(each) for each in listed):
        fields.draft.put("/references", fields.pointer(name), listed)


def _is_short(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_ADDRESS


def _inline(fields: Fields, path: str, name: str) -> bool:
    value = fields.value(name)
    if not isinstance(value, str) or not (value.startswith("data:") or len(value) > _LONGEST_ADDRESS):
        return False
    text = "The request carries the file itself and not its address, and a preset cannot hold it."
    fields.draft.trouble("input_inline", path, text, "Save the file and add it as an asset.")
    fields.draft.drop(fields.pointer(name), "The file itself.", instead=f"({len(value):,} characters)")
    return True


def _switches(fields: Fields) -> None:
    draft = fields.draft
    for name in said.REWRITING:
        value = fields.value(name)
        if isinstance(value, bool) and "prompt_expansion" not in draft.document:
            take(fields, "/prompt_expansion/enabled", name, bool)
            if value:
                rewritten(fields, name)
    for name in said.TRANSPORT:
        if name in fields.names():
            for leaf in draft.below(fields.pointer(name)):
                draft.drop(leaf, "About how the result travels.")


def rewritten(fields: Fields, switch: str) -> None:
    """Say that the service rewrote the prompt, so that the one in the request is not what was rendered."""
    draft = fields.draft
    draft.document.setdefault("prompt_expansion", {}).update(enabled=True, by=own_rewriting(switch, fields.vendor))
    text = f"The service rewrote the prompt ({switch}), so what was rendered is not what the request says."
    hint = "Put the rewritten prompt into the preset if the service reported it, and switch the expansion off."
    draft.trouble("prompt_rewritten", "/prompt_expansion/enabled", text, hint)


def _options(fields: Fields) -> None:
    places = (
        ("/runtime", said.RUNTIME),
        ("/stages/0/guidance_options", said.GUIDANCE_OPTIONS),
        ("/stages/0/scheduler_options", said.SCHEDULER_OPTIONS),
    )
    for where, names in places:
        for name in names:
            if fields.value(name) is not None:
                take(fields, f"{where}/{name}", name, (bool, str, int, float, list))


def _shots(fields: Fields) -> None:
    kind = fields.value("shot_type")
    if kind is None:
        return
    if kind != "multi":
        fields.draft.drop(fields.pointer("shot_type"), "One shot, as of every preset without a list of shots.")
        return
    text = "The service split the prompt into several shots by itself, and the request does not list them."
    fields.draft.trouble("shots_not_stated", "/shots", text, "List the shots if the prompt names them.")
    fields.draft.drop(fields.pointer("shot_type"), "Several shots, which the request does not list.")
