"""How strongly a stage follows its prompts: one number for WAN, nine for LTX-2."""

from __future__ import annotations

from typing import Any

from presets_app.backends.diffusers.calls import BLOCKS, GUIDANCE_OFF
from presets_app.backends.diffusers.form import Form
from presets_app.core.lints.values import number

WAN_USUAL = 5.0
_AUDIO = "audio_"
_OFF = "Off: LTX-2's guidance is off only when all eight arguments say so."
# A zero for the sound is read as "the same as for the picture" (`audio_x or x`).
_ZERO_IS_PICTURES = ("stg_scale", "guidance_rescale")


def ltx2(form: Form, at: str, to: str) -> None:
    """All nine arguments, spelled out: left out, the pipeline's defaults run three passes a step."""
    here = f"{at}/guidance_options"
    picture = {"guidance_scale": _put(form, f"{to}/call/guidance_scale", f"{at}/guidance", 1.0, _OFF)}
    for key in ("stg_scale", "modality_scale", "guidance_rescale"):
        picture[key] = _put(form, f"{to}/call/{key}", f"{here}/{key}", GUIDANCE_OFF[key], _OFF)
    sound = {}
    for key, value in picture.items():
        note = "Not stated for the sound: as for the picture."
        sound[key] = _put(form, f"{to}/call/{_AUDIO}{key}", f"{here}/{_AUDIO}{key}", value, note)
    for key in _ZERO_IS_PICTURES:
        if picture[key] and not sound[key]:
            path = f"{here}/{_AUDIO}{key}"
            text = f"{_AUDIO}{key} 0 beside {key} {picture[key]:g} is taken as {picture[key]:g} by the pipeline."
            form.trouble("guidance_not_expressible", "error", path, text, "Use a small value above 0.")
    _blocks(form, here, to, bool(picture["stg_scale"] or sound["stg_scale"]))
    _unknown(form, here)


def single(form: Form, path: str, target: str, usual: float) -> float:
    value = _put(form, target, path, usual, f"Not stated: {usual:g}, the pipeline's own default.")
    if not form.ledger.has(path):
        text = f"The stage does not say its guidance; {usual:g} is written, as diffusers takes without a word."
        form.trouble("value_assumed", "warning", path, text, "State the guidance.")
    return value


def _put(form: Form, target: str, path: str, usual: float, note: str) -> float:
    value = number(form.value(path))
    if value is None:
        form.put(target, usual, note=note)
        return usual
    form.put(target, value, path)
    return value


def _blocks(form: Form, here: str, to: str, on: bool) -> None:
    path, target = f"{here}/{BLOCKS}", f"{to}/call/{BLOCKS}"
    blocks: Any = form.value(path)
    if isinstance(blocks, list):
        form.put(target, blocks, path)
    elif not on:
        form.put(target, None, note="No block: spatio-temporal guidance is off.")
    else:
        usual = [29] if form.document.get("family") == "ltx-2" else [28]
        form.put(target, usual, note="Not stated: the block that its authors recommend.")
        text = f"Spatio-temporal guidance does not say its blocks; {usual} is written, which its authors recommend."
        form.trouble("value_assumed", "warning", path, text, f"State {BLOCKS}.")


def _unknown(form: Form, here: str) -> None:
    form.keep(here, "Empty.")
    for path in form.ledger.open_leaves():
        if path.startswith(f"{here}/"):
            text = f"The pipeline has no guidance option {path.rsplit('/', 1)[-1][:40]!r}."
            form.refuse(path, "option_not_in_diffusers", text, "Leave it out, or choose another target.")


def unknown_options(form: Form, at: str) -> None:
    """For pipelines that take one number and nothing else."""
    _unknown(form, f"{at}/guidance_options")
