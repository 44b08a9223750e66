"""The whole document of one rendered video."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from presets_app.backends.comfyui.graph import Node
from presets_app.backends.comfyui.interpreting import families, roles, shapes
from presets_app.backends.comfyui.interpreting.assets import Collecting
from presets_app.backends.comfyui.interpreting.chains import Chain
from presets_app.backends.comfyui.interpreting.conditioning import Words, words_at
from presets_app.backends.comfyui.interpreting.draft import Draft
from presets_app.backends.comfyui.interpreting.files import read_output
from presets_app.backends.comfyui.interpreting.found import named
from presets_app.backends.comfyui.interpreting.models import Weights, read_weights, weights_at
from presets_app.backends.comfyui.interpreting.outputs import Output
from presets_app.backends.comfyui.interpreting.parts import read_other, read_text_encoder, read_upscaler, read_vae
from presets_app.backends.comfyui.interpreting.prompts import read_prompts
from presets_app.backends.comfyui.interpreting.sampling import driven_by, read_sampler
from presets_app.backends.comfyui.interpreting.sounds import read_sound
from presets_app.backends.comfyui.interpreting.values import Values

_HIGH = re.compile(r"high[-_ .]?noise|(?<![a-z])high(?![a-z])|(?<![a-z])hn(?![a-z])", re.IGNORECASE)
_LOW = re.compile(r"low[-_ .]?noise|(?<![a-z])low(?![a-z])|(?<![a-z])ln(?![a-z])", re.IGNORECASE)
_ENLARGES = ("LTXVLatentUpsampler", "LatentUpscaleBy", "LatentUpscale")


@dataclass
class Stage:
    """One sampler with what drives it; `nodes` are those that its latent and prompts pass."""

    sampler: Node
    before: list[Node]
    weights: Weights
    positive: Words
    negative: Words
    model: str = ""
    nodes: list[Node] = field(default_factory=list)


def read_video(values: Values, draft: Draft, output: Output) -> None:
    """Fill the draft from the chain behind an output."""
    chain = output.chains[0]
    source = values.node(chain.source)
    picture = output.rank == 2
    draft.document["name"] = "Imported workflow"
    draft.document["models"] = {}
    shapes.read_size(values, draft, source, picture=picture)
    stages = [_stage(values, draft, chain, index) for index in range(len(chain.samplers))]
    draft.document["stages"] = [{"role": "base"} for _ in stages]
    _models(values, draft, stages)
    for index, stage in enumerate(stages):
        path = f"/stages/{index}"
        read_sampler(values, draft, stage.sampler, path, last=index == len(stages) - 1)
    _parts(values, draft, chain, stages)
    read_prompts(values, draft, [stage.positive for stage in stages], [stage.negative for stage in stages])
    told = stages[0].positive.passed if stages else []
    shapes.read_rate(values, draft, [output.node, *chain.pictures], told, picture=picture)
    _identity(draft, stages, source, chain)
    _given(values, draft, chain, stages, source, output)
    read_output(values, draft, output.node, chain.pictures)
    _several(draft, output)


def _stage(values: Values, draft: Draft, chain: Chain, index: int) -> Stage:
    sampler = chain.samplers[index]
    driven = driven_by(values, sampler)
    weights = weights_at(values, draft, driven.model, f"/stages/{index}")
    positive, negative = words_at(values, driven.positive, "positive"), words_at(values, driven.negative, "negative")
    stage = Stage(sampler, chain.before[index], weights, positive, negative)
    stage.nodes = list({node.id: node for node in (*stage.before, *stage.positive.passed, *weights.patches)}.values())
    return stage


def _models(values: Values, draft: Draft, stages: list[Stage]) -> None:
    for index, stage in enumerate(stages):
        stage.model = read_weights(values, draft, stage.weights, f"/stages/{index}")
    names = list(dict.fromkeys(stage.model for stage in stages if stage.model))
    draft.document["models"]["transformer"] = names
    for stage in stages:
        loader = stage.weights.loader
        if loader is not None and stage.weights.file_input:
            draft.credit("/models/transformer", values.of(loader, stage.weights.file_input))
    for index, role in enumerate(_roles(stages)):
        draft.document["stages"][index]["role"] = role
    if not names:
        del draft.document["models"]["transformer"]


def _roles(stages: list[Stage]) -> list[str]:
    """WAN's experts by the names of their files; else base and refine, numbered from the third stage on."""
    kinds = []
    for index, stage in enumerate(stages):
        if _HIGH.search(stage.model) and not _LOW.search(stage.model):
            kinds.append("high_noise")
        elif _LOW.search(stage.model) and not _HIGH.search(stage.model):
            kinds.append("low_noise")
        else:
            extends = any(node.class_type.endswith("Extend") for node in stage.before)
            kinds.append("base" if index == 0 else "extend" if extends else "refine")
    counts: dict[str, int] = {}
    named_roles = []
    for kind in kinds:
        counts[kind] = counts.get(kind, 0) + 1
        named_roles.append(kind if counts[kind] == 1 else f"{kind}_{counts[kind]}")
    return named_roles


def _parts(values: Values, draft: Draft, chain: Chain, stages: list[Stage]) -> None:
    if chain.decoder is not None:
        tiled = values.of(chain.decoder, "enable_vae_tiling")
        if "Tiled" in chain.decoder.class_type or (tiled.known and tiled.value is True):
            draft.set("/runtime/vae_tiling", True)
            draft.remark(chain.decoder, "A preset says that the decoder works in tiles, not their size.")
        read_vae(values, draft, chain.decoder.link("vae"), "vae")
    for index, stage in enumerate(stages):
        read_text_encoder(values, draft, stage.positive.encoder)
        read_text_encoder(values, draft, stage.negative.encoder)
        read_other(values, draft, stage.nodes)
        for node in stage.before:
            if node.class_type in _ENLARGES or "upscale_model" in node.inputs:
                file = read_upscaler(values, draft, node)
                shapes.read_scale(values, draft, node, f"/stages/{index}", file)


def _identity(draft: Draft, stages: list[Stage], source: Node | None, chain: Chain) -> None:
    models = [stage.model for stage in stages if stage.model]
    telling = ("latent_upscaler", "model_patch")  # encoders and decoders are shared between families
    listed = [name for kind in telling for name in draft.document["models"].get(kind, [])]
    loras = [lora["file"] for stage in draft.document["stages"] for lora in stage.get("loras", []) if "file" in lora]
    passed = [node.class_type for stage in stages for node in (stage.sampler, *stage.nodes)]
    classes = [*passed, source.class_type if source is not None else ""]
    family = families.family_of(models, [*loras, *listed], classes)
    if family:
        draft.document["family"] = family
        variant = families.variant_of(family, models)
        if variant:
            draft.document["variant"] = variant
        return
    _no_family(draft, stages, models, classes)


def _no_family(draft: Draft, stages: list[Stage], models: list[str], classes: list[str]) -> None:
    """Say that the family is another one, or that it cannot be told."""
    read = (
        f"{len(stages)} sampling stage{'s' if len(stages) != 1 else ''}, model {models[0] if models else 'not known'}"
    )
    akin = any(word in name.lower() for name in (*models, *classes) for word in ("wan", "ltx"))
    other = families.other_family(models) or ("" if akin or not models else "a model of its own")
    text = (
        f"The graph renders with {other}, a family that is not supported. What was understood: {read}."
        if other
        else f"Which model family this is cannot be told from the names of its files. What was understood: {read}."
    )
    hint = "Supported are LTX-Video, LTX-2 and WAN." if other else "Set the family by hand."
    code = "family_not_supported" if other else "family_unclear"
    draft.trouble(code, "error", "/family", text, hint, stages[0].weights.loader if stages else None)


def _given(
    values: Values, draft: Draft, chain: Chain, stages: list[Stage], source: Node | None, output: Output
) -> None:
    """Pictures, videos and sounds, and the task they make."""
    media = Collecting(values, draft)
    for index, stage in enumerate(stages):
        start = [source] if index == 0 and source is not None and source not in stage.nodes else []
        media.stage(index, [*reversed(stage.nodes), *start])
    latents = [node for stage in stages for node in stage.before]
    read_sound(values, draft, [output.node, *chain.pictures], latents, media)
    found = {re.sub(r"_\d+$", "", role) for role in media.given.roles}
    given = draft.document.get("inputs", {})
    if "last_image" in given and "image" in given:
        _rename(draft, "image", "first_image")
    elif "first_image" in given and "last_image" not in given:
        _rename(draft, "first_image", "image")
    draft.document["task"] = roles.task_of(found, media.given.tasks, pictures_only=output.rank == 2)


def _rename(draft: Draft, old: str, new: str) -> None:
    """A picture at the start is the first one only where there is a last one."""
    path, becomes = f"/inputs/{old}", f"/inputs/{new}"
    inputs = draft.document["inputs"]
    draft.document["inputs"] = {new if name == old else name: file for name, file in inputs.items()}
    for paths in (*draft.placed.values(), *draft.switch_fields.values()):
        paths[:] = [becomes if each == path else each for each in paths]


def _several(draft: Draft, output: Output) -> None:
    chains = [chain for chain in output.chains if chain.samplers]
    joined = [node for chain in chains for node in chain.joined]
    if len(chains) < 2 and not joined:
        return
    text = (
        f"The video is put together from {len(chains)} that are sampled one by one; the document describes the first."
        if len(chains) > 1
        else f"The video is put together from parts that {named(joined[0])} joins; each is a stage here."
    )
    hint = "Import a graph that renders one video, or render the parts as runs of their own."
    draft.trouble("video_in_parts", "error", "/stages", text, hint, joined[0] if joined else output.node)
