"""ComfyUI's refusals and errors as Failures: what kind each is, who can mend it, whether to try again.

The words are those of ComfyUI 0.27 (execution.py, server.py); older servers say `invalid_prompt` for a missing node.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from presets_app.backends.comfyui.stock import schemas
from presets_app.core.problems import Cause, Failure, Retry

_Row = tuple[Cause, Retry, str]
# By the server's own type of error: cause, retry, what to do.
_GRAPH = "The graph asks for something its nodes do not take. Change the preset, or report it if the value is right."
_BY_TYPE: dict[str, _Row] = {
    "no_prompt": ("ours", "never", "Report this: the server says that the request held no graph."),
    "invalid_prompt_id": ("ours", "never", "Report this: the server does not take the name given to the work."),
    "missing_node_type": ("environment", "after_change", "Install the node pack that brings it, or update ComfyUI."),
    "invalid_prompt": ("environment", "after_change", "Install the node pack that brings it, or update ComfyUI."),
    "prompt_no_outputs": ("preset", "after_change", "Nothing in the graph saves anything. Report this."),
    "value_not_in_list": ("preset", "after_change", "Choose one of the values that the server offers."),
    "custom_validation_failed": ("input", "after_change", "Check that the file is a picture, video or sound."),
    "value_smaller_than_min": ("preset", "after_change", "Change the value in the preset."),
    "value_bigger_than_max": ("preset", "after_change", "Change the value in the preset."),
    "required_input_missing": ("preset", "after_change", _GRAPH),
    "bad_linked_input": ("preset", "after_change", _GRAPH),
    "return_type_mismatch": ("preset", "after_change", _GRAPH),
    "dependency_cycle": ("preset", "after_change", _GRAPH),
    "invalid_dynamic_input": ("preset", "after_change", _GRAPH),
    "exception_during_validation": ("preset", "after_change", _GRAPH),
    "exception_during_inner_validation": ("preset", "after_change", _GRAPH),
    "invalid_input_type": ("preset", "after_change", "Change the value in the preset."),
}
_FILE_INPUT = re.compile(
    r"(?:ckpt|unet|vae|clip|lora|model|text_encoder|audio_encoder|style_model|control_net)_?name\d*"
)
_MORE_FILES = frozenset({"text_encoder"})
_MEDIA = frozenset({"LoadImage", "LoadImageMask", "LoadAudio", "LoadVideo", "VHS_LoadVideo"})
_MEMORY = ("OutOfMemoryError", "OutOfMemory", "MemoryError")
_MEMORY_WORDS = ("out of memory", "ran out of memory", "not enough memory")
_FILE_ERRORS = (
    "FileNotFoundError",
    "SafetensorError",
    "UnpicklingError",
    "HeaderTooLarge",
    "InvalidHeaderDeserialization",
)
_SIGN_IN = ("please login", "unauthorized", "insufficient credits", "payment required")
_LONGEST = 200


def of_refusal(status: int, body: Any) -> Failure:
    """Why /prompt took nothing: from its error and, where it names nodes, from the first of these."""
    if status in (401, 403):
        return not_admitted(status)
    if status == 413:
        return _failure("request_too_large", "input", "after_change", "The server takes no request of this size.", "")
    error = body.get("error") if isinstance(body, Mapping) else None
    if not isinstance(error, Mapping):
        return unexpected(status) if status < 500 else server_error(status)
    found = next(_node_errors(body.get("node_errors")), None)
    return found or _of_graph(error, status)


def of_node_errors(node_errors: Any) -> Failure | None:
    """Why a part of a graph was left out, although the server took the rest; None when nothing was."""
    return next(_node_errors(node_errors), None)


def of_execution(told: Mapping[str, Any]) -> Failure:
    """Why a node raised: from an `execution_error` message. Neither traceback nor inputs are repeated."""
    kind, node = line(told.get("exception_type")), line(told.get("node_type"))
    words = line(told.get("exception_message"))
    evidence = {"exception_type": kind, "node_type": node, "node_id": line(told.get("node_id"))}
    short = kind.rsplit(".", 1)[-1]
    low = words.lower()
    if short in _MEMORY or any(mark in low for mark in _MEMORY_WORDS):
        text = f"The server ran out of memory in {node}."
        hint = "Render smaller or shorter, unload other models there, or choose a target with more memory."
        return _failure("out_of_memory", "environment", "after_change", text, hint, evidence)
    if any(mark in low for mark in _SIGN_IN):
        hint = "Sign in at the server, or take the node that calls a paid service out of the graph."
        return _failure("not_admitted", "account", "after_change", f"{node}: {words}", hint, evidence)
    if node in _MEDIA:
        hint = "Check that the file is a whole picture, video or sound of a usual kind."
        return _failure(
            "input_unreadable", "input", "after_change", f"{node} could not read it: {words}", hint, evidence
        )
    if short in _FILE_ERRORS:
        hint = "Put the model file in its place on the server again, whole."
        return _failure("model_file_unreadable", "environment", "after_change", f"{node}: {words}", hint, evidence)
    own = node in schemas()
    cause: Cause = "preset" if own else "environment"
    hint = (
        "Compare the preset with one that renders." if own else "Compare the node pack's version with one that worked."
    )
    return _failure("node_failed", cause, "after_change", f"{node} failed: {words} ({short})", hint, evidence)


def interrupted(told: Mapping[str, Any]) -> Failure:
    evidence = {"node_type": line(told.get("node_type")), "node_id": line(told.get("node_id"))}
    hint = "Ask who works on this server, then run the item again."
    return _failure("interrupted", "environment", "now", "The render was stopped at the server.", hint, evidence)


def lost() -> Failure:
    text = "The server no longer knows this render: it was restarted, or its queue or history was cleared."
    return _failure("prompt_lost", "environment", "now", text, "Run the item again.")


def gone(seconds: float) -> Failure:
    text = f"The server has not answered for {seconds / 60:.0f} minutes."
    return _failure("server_gone", "network", "later", text, "Start it again, then run the item again.")


def no_output(kinds: list[str]) -> Failure:
    text = "The render ended without a video or pictures."
    hint = "Look at the preset's output: a target renders videos."
    return _failure("no_video_output", "preset", "after_change", text, hint, {"outputs": kinds[:8]})


def bad_name() -> Failure:
    text = "The server named an output that is no plain file in its own folders, so it was not asked for."
    hint = "Somebody may have changed this server. Look at it before you use it again."
    return _failure("output_name_refused", "service", "never", text, hint)


def no_reason() -> Failure:
    text = "The render failed and the server's history gives no reason."
    return _failure("failed_without_reason", "service", "later", text, "Look at the server's own log.")


def not_comfyui(status: int | None = None) -> Failure:
    text = "What answers at this address is not a ComfyUI server."
    hint = "Give the address that its own page opens at, for example http://127.0.0.1:8188."
    evidence = {} if status is None else {"http_status": status}
    return _failure("not_comfyui", "environment", "after_change", text, hint, evidence)


def not_admitted(status: int) -> Failure:
    text = "The server asks for a sign-in before it answers."
    hint = "Let this machine through at the server or at the proxy before it."
    return _failure("not_admitted", "account", "after_change", text, hint, {"http_status": status})


def server_error(status: int) -> Failure:
    hint = "Look at the server's own log, then try again."
    return _failure("server_error", "service", "later", "The server failed to answer.", hint, {"http_status": status})


def own_name_refused(status: int) -> Failure:
    text = "The server took the graph and did not keep the name it was given, so it could not be found again."
    hint = "Update ComfyUI: the name of a prompt is taken since version 0.3."
    return _failure("server_too_old", "environment", "after_change", text, hint, {"http_status": status})


def unexpected(status: int) -> Failure:
    text = "The server's answer does not have the form that ComfyUI gives it."
    hint = "Check that the address leads to ComfyUI itself, and which version it is."
    return _failure("unexpected_answer", "service", "later", text, hint, {"http_status": status})


def upload_refused(status: int) -> Failure:
    if status in (401, 403):
        return not_admitted(status)
    text = "The server did not take an input file."
    hint = "Check the free space there, and --max-upload-size."
    return _failure("upload_refused", "input", "after_change", text, hint, {"http_status": status})


def upload_differs() -> Failure:
    text = "The server does not hold the input file as it was sent."
    hint = "Somebody else may have put a file of that name there: remove it from the server's input folder."
    return _failure("upload_differs", "environment", "after_change", text, hint)


def line(value: Any) -> str:
    """A text of the server's as one short line of printable characters."""
    words = "".join(sign if sign.isprintable() else " " for sign in str(value or "")[: 4 * _LONGEST])
    whole = " ".join(words.split())
    return whole if len(whole) <= _LONGEST else f"{whole[: _LONGEST - 1]}…"


def _of_graph(error: Mapping[str, Any], status: int) -> Failure:
    kind, extra = line(error.get("type")), error.get("extra_info")
    class_type = extra.get("class_type") if isinstance(extra, Mapping) else None
    cause, retry, hint = _BY_TYPE.get(kind, ("preset", "after_change", _GRAPH))
    if kind == "missing_node_type" and class_type is None:
        cause, hint = "preset", _GRAPH
    text = (
        f"The server lacks the node {line(class_type)}."
        if class_type
        else f"The server refused the graph: {_said(error)}"
    )
    evidence = {"error_type": kind, "http_status": status}
    return _failure(kind if kind in _BY_TYPE else "graph_refused", cause, retry, text, hint, evidence)


def _node_errors(node_errors: Any) -> Iterator[Failure]:
    for node, held in node_errors.items() if isinstance(node_errors, Mapping) else ():
        for error in held.get("errors") or () if isinstance(held, Mapping) else ():
            if isinstance(error, Mapping):
                yield _of_node(str(node), line(held.get("class_type")), error)


def _of_node(node: str, class_type: str, error: Mapping[str, Any]) -> Failure:
    kind, extra = line(error.get("type")), error.get("extra_info")
    name = line(extra.get("input_name")) if isinstance(extra, Mapping) else ""
    evidence = {"error_type": kind, "node_type": class_type, "node_id": node[:40], "input": name}
    if kind == "value_not_in_list" and (_FILE_INPUT.fullmatch(name) or name in _MORE_FILES):
        value = line(extra.get("received_value")) if isinstance(extra, Mapping) else ""
        text = f"The server has no file {value!r} for {name} of {class_type}."
        hint = "Put the file into the server's folder, or name one that it has."
        return _failure("value_not_in_list", "environment", "after_change", text, hint, evidence)
    cause, retry, hint = _BY_TYPE.get(kind, ("preset", "after_change", _GRAPH))
    if class_type in _MEDIA:
        cause = "input"
    text = f"The server refused {class_type}: {_said(error)}"
    return _failure(kind if kind in _BY_TYPE else "graph_refused", cause, retry, text, hint, evidence)


def _said(error: Mapping[str, Any]) -> str:
    message, details = line(error.get("message")), line(error.get("details"))
    return f"{message} ({details})" if details and details not in message else message


def _failure(
    code: str, cause: Cause, retry: Retry, message: str, hint: str, evidence: Mapping[str, Any] | None = None
) -> Failure:
    return Failure(cause, code, retry, message, hint, {"vendor": "comfyui", **(evidence or {})})
