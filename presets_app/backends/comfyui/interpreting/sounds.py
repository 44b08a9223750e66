"""Sound: whether the model makes it, or a file is given."""

from __future__ import annotations

from collections.abc import Sequence

from presets_app.backends.comfyui.graph import Link, Node
from presets_app.backends.comfyui.interpreting.assets import Collecting
from presets_app.backends.comfyui.interpreting.draft import Draft
from presets_app.backends.comfyui.interpreting.found import named
from presets_app.backends.comfyui.interpreting.media import Media, media_at
from presets_app.backends.comfyui.interpreting.parts import read_vae
from presets_app.backends.comfyui.interpreting.values import Values

_DECODES = ("LTXVAudioVAEDecode", "VAEDecodeAudio")


def read_sound(values: Values, draft: Draft, shown: Sequence[Node], latents: Sequence[Node], media: Collecting) -> None:
    """Enter whether sound is made, and the sound that the graph is given. `shown` are the nodes between output and
    decoder, `latents` those that the latents pass."""
    given = _given(values, draft, latents)
    if given is not None:
        _enter(draft, given, media)
    made = _made(values, _shown_link(values, shown))
    if made is not None:
        read_vae(values, draft, made.link("audio_vae") or made.link("vae"), "audio_vae")
        draft.set("/audio/generate", given is None)
        return
    if _is_av(latents) or str(draft.document.get("family")).startswith("ltx-2"):
        draft.set("/audio/generate", False)
    if given is None and media.given.roles.get("audio") is None:
        _laid_under(values, draft, shown)


def _is_av(latents: Sequence[Node]) -> bool:
    return any(node.class_type == "LTXVConcatAVLatent" for node in latents)


def _shown_link(values: Values, shown: Sequence[Node]) -> Link | None:
    return next((link for node in shown if (link := node.link("audio"))), None)


def _made(values: Values, link: Link | None) -> Node | None:
    """The node that decodes the sound of the video."""
    node = values.node(link)
    for _ in range(20):
        if node is None:
            return None
        if node.class_type in _DECODES:
            return node
        node = values.node(node.link("audio"))
    return None


def _given(values: Values, draft: Draft, latents: Sequence[Node]) -> Media | None:
    """A sound that goes into the first latent, whether or not it comes from a file."""
    for node in reversed(latents):
        encoder = _encoder(values, node.link("audio_latent"))
        if encoder is None:
            continue
        found = media_at(values, encoder.link("audio"), sound=True)
        if found.loader is None:
            text = f"The sound that {named(encoder)} takes comes from no file: it is made when the graph runs."
            hint = "Make the sound first, and use its file as the input."
            draft.trouble("input_made_in_graph", "error", "/inputs/audio", text, hint, encoder)
        return found
    return None


def _encoder(values: Values, link: Link | None) -> Node | None:
    """The node that makes a latent of a sound, behind masks."""
    node = values.node(link)
    for _ in range(20):
        if node is None or node.class_type == "LTXVAudioVAEEncode":
            return node
        node = values.node(node.link("samples"))
    return None


def _enter(draft: Draft, given: Media, media: Collecting) -> None:
    media.given.roles.setdefault("audio", given)
    if given.loader is None:
        return
    draft.put("/inputs/audio", given.file, "file", at_least="audio")
    for node in given.through:
        draft.remark(node, "A preset names the file as it is; renderers fit it to the video.")


def _laid_under(values: Values, draft: Draft, shown: Sequence[Node]) -> None:
    """A sound that is only put under the finished video."""
    found = media_at(values, _shown_link(values, shown), sound=True)
    if found.loader is None:
        return
    text = "The sound of the file is not made: it is taken from a file and laid under the finished video."
    draft.trouble("after_decoding", "warning", "/audio", text, "Add it to the finished video.", found.loader)
    draft.remark(found.loader, "Laid under the finished video.")
