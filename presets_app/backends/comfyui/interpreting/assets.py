"""Pictures, videos and sounds that the graph is given, with the roles they play."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from presets_app.backends.comfyui.graph import Node
from presets_app.backends.comfyui.interpreting.draft import Draft, portable
from presets_app.backends.comfyui.interpreting.found import Value, capital, is_number, named
from presets_app.backends.comfyui.interpreting.media import FITTING, Media, media_at
from presets_app.backends.comfyui.interpreting.roles import Takes, takes_of
from presets_app.backends.comfyui.interpreting.values import Values

_FOLDER = re.compile(r"\s\[(input|output|temp)\]$")
_CAMERA = ("camera_pose", "speed", "fx", "fy", "cx", "cy")
_SOUND = ("identity_guidance_scale", "start_percent", "end_percent")


@dataclass
class Given:
    """What a graph is given: roles by name, and what the nodes that take them are for."""

    roles: dict[str, Media] = field(default_factory=dict)
    tasks: set[str] = field(default_factory=set)


class Collecting:
    """Enters the media of each stage once, however many stages share them."""

    def __init__(self, values: Values, draft: Draft) -> None:
        self.values = values
        self.draft = draft
        self.given = Given()

    def stage(self, index: int, nodes: Sequence[Node]) -> None:
        """The nodes that a stage's latent and prompts pass."""
        for node in nodes:
            takes = takes_of(node)
            if takes is not None:
                self._node(node, takes, f"/stages/{index}/guidance_options")

    def _node(self, node: Node, takes: Takes, options: str) -> None:
        if self._bypassed(node, takes):
            return
        if takes.unsaid:
            text = f"{capital(named(node))} does {takes.unsaid}, which a preset cannot describe in full."
            self.draft.trouble("node_not_kept", "warning", "/task", text, "The render will differ.", node)
        taken = False
        for name, role in takes.roles.items():
            if node.link(name):
                taken = self._input(node, name, role, options) or taken
        if takes.task and (taken or takes.task in ("vace", "camera-i2v")):
            self.given.tasks.add(takes.task)
        self._options(node, takes, options)

    def _bypassed(self, node: Node, takes: Takes) -> bool:
        bypass = self.values.of(node, "bypass")
        off = bypass.known and bypass.value is True
        if off:
            role = next(iter(takes.roles.values()))
            self.draft.credit(f"/inputs/{role}", bypass)
            text = f"{capital(named(node))} is told to let its picture pass unused, so it has no effect."
            self.draft.trouble("input_off", "note", f"/inputs/{role}", text, "", node)
            self.draft.remark(node, "The node lets its picture pass unused.")
        elif not bypass.known and not bypass.absent:
            text = f"Whether {named(node)} takes effect is not in the file: {bypass.unknown}."
            self.draft.trouble("value_not_in_file", "warning", "/inputs", text, "Check the inputs.", node)
        return off

    def _input(self, node: Node, name: str, role: str, options: str) -> bool:
        media = media_at(self.values, node.link(name), sound="audio" in role)
        if media.loader is None:
            self._without_file(node, name, role, media)
            return media.made is not None
        for known, part in zip(self._roles(node, name, role, media), media.all, strict=False):
            self._enter(node, known, part, options)
        return True

    def _roles(self, node: Node, name: str, role: str, media: Media) -> list[str]:
        """The role of each file behind one input."""
        if role == "guide":
            return [self._guide(node, media)]
        if role == "video" and media.kind == "image":
            return ["image"]
        if node.class_type == "WanVaceToVideo" and role == "control_video" and media.kind == "image":
            return ["first_image", "last_image"] if media.more else ["image"]
        if role == "reference_image":
            return ["reference_image", *(f"reference_image_{index + 2}" for index in range(len(media.more)))]
        return [role]

    def _guide(self, node: Node, media: Media) -> str:
        if node.link("iclora_parameters"):
            self.given.tasks.add("control")
            return "control_video" if media.kind == "video" else "reference_image"
        if media.kind == "video":
            return "control_video"
        at = self.values.of(node, "frame_idx")
        if not at.known or not is_number(at.value):
            return "guide_image"
        self.draft.credit("/inputs", at)
        frames = self.draft.document.get("frames")
        if at.value == 0:
            return "image"
        last = at.value < 0 or (isinstance(frames, int) and at.value >= frames - 1)
        return "last_image" if last else f"guide_image_{int(at.value)}"

    def _enter(self, node: Node, role: str, media: Media, options: str) -> None:
        file = _plain_name(media.file)
        path = self._free(role, file)
        self.given.roles.setdefault(path.rsplit("/", 1)[1], media)
        self.draft.put(path, file, "file", at_least=role)
        self._processed(path, media)
        for between in media.through:
            if between.class_type == "LTXVPreprocess":
                value = self.values.of(between, "img_compression")
                self.draft.put(f"{options}/{role}_compression", value, "number")
        if "strength" in node.inputs and node.class_type.startswith("LTXV"):
            self.draft.put(f"{options}/{role}_strength", self.values.of(node, "strength"), "number")

    def _free(self, role: str, file: Value) -> str:
        """The field for a role: another file in a role that is taken gets a number."""
        inputs = self.draft.document.get("inputs", {})
        name, count = role, 2
        while name in inputs and file.known and inputs[name] != portable(file.value):
            name, count = f"{role}_{count}", count + 1
        return f"/inputs/{name}"

    def _processed(self, path: str, media: Media) -> None:
        strange = [node for node in media.through if node.class_type not in FITTING]
        if strange:
            steps = ", ".join(named(node) for node in strange[:6])
            text = f"The file is changed before it is used, by {steps}."
            hint = "Prepare the file the same way, and use the result as the input."
            self.draft.trouble("input_processed", "warning", path, text, hint, strange[0])
        for node in media.through:
            self.draft.remark(node, "A preset names the file as it is; renderers fit it to the video.")

    def _without_file(self, node: Node, name: str, role: str, media: Media) -> None:
        if media.made is not None:
            text = f"What {named(node)} takes as {name} is made in the graph by {named(media.made)}."
            hint = "Render that first, and use its file as the input."
            self.draft.trouble("input_made_in_graph", "error", f"/inputs/{role}", text, hint, media.made)
        elif media.blank is None:
            text = f"What {named(node)} takes as {name} comes from no file that is known here."
            self.draft.trouble("value_not_in_file", "warning", f"/inputs/{role}", text, "Add the file by hand.", node)

    def _options(self, node: Node, takes: Takes, options: str) -> None:
        for target, value in self._named_options(node, takes):
            self.draft.put(f"{options}/{target}", value, "text" if isinstance(value.value, str) else "number")

    def _named_options(self, node: Node, takes: Takes) -> Iterator[tuple[str, Value]]:
        if takes.task == "vace":
            yield "vace_strength", self.values.of(node, "strength")
        if node.class_type == "LTXVReferenceAudio":
            yield from ((name, self.values.of(node, name)) for name in _SOUND)
        camera = self.values.node(node.link("camera_conditions"))
        if camera is not None:
            for name in _CAMERA:
                word = name if name == "camera_pose" else f"camera_{name}"
                yield word, self.values.of(camera, name)


def _plain_name(file: Value) -> Value:
    if not isinstance(file.value, str):
        return file
    return Value(_FOLDER.sub("", file.value), file.trail, file.unknown, file.absent, file.switches)
