"""What a call of a script does: by the dotted name of a function or class, or by what a method belongs to."""

from __future__ import annotations

import re
from typing import Any

from presets_app.backends.diffusers import naming
from presets_app.backends.diffusers.scripts import loading, methods, plain
from presets_app.backends.diffusers.scripts.state import State
from presets_app.backends.diffusers.scripts.values import (
    Export,
    Function,
    Generator,
    Method,
    Name,
    Namespace,
    Part,
    PartOf,
    Picture,
    Pipe,
    Result,
    Scheduler,
    Thing,
    Told,
    Unknown,
    first_unknown,
    is_plain,
    results_in,
)
from presets_app.core.secrets import is_variable_name

Given = list[Any]
Named = dict[str, Told]
# Functions that write a video: which of their arguments, in order, are the frames, the file and the rate.
WRITERS = {
    "export_to_video": ("frames", "file", "fps"),
    "encode_video": ("frames", "fps", "file", "audio"),
    "export_to_gif": ("frames", "file", "fps"),
    "write_video": ("frames", "samples", "audio_rate"),
    "mimwrite": ("file", "frames"),
    "mimsave": ("file", "frames"),
}
_EXPORT_NAMES = {"output_path": "file", "output_video_path": "file", "output_gif_path": "file", "video": "frames"}
_EXPORT_NAMES |= {"video_frames": "frames", "image": "frames", "uri": "file", "ims": "frames", "filename": "file"}
_OPENS = ("load_image", "load_video", "imread", "mimread")
_CLASS = re.compile(r"[A-Z][A-Za-z0-9]+")
_ASKS = ("input", "getpass", "time", "time_ns", "randint", "random", "choice", "uuid4", "now", "randrange", "urandom")


def call(reader: State, callee: Any, given: Given, named: Named, line: int) -> Any:
    """What a call gives back. Its effects are kept by the reader."""
    reads = _CALLED.get(type(callee))
    if reads is not None:
        return reads(reader, callee, given, named, line)
    results = results_in([given, list(named.values())])
    if results:
        return Result(results[0])
    return callee if isinstance(callee, (Unknown, Result)) else Unknown("a call that is not read", line)


def _settings(_reader: State, callee: Namespace, _given: Given, named: Named, _line: int) -> Namespace:
    return Namespace({**callee.values, **{key: told.value for key, told in named.items()}})


def environment(reader: State, name: Name, key: Any, line: int) -> Any:
    """os.environ["X"]: the name is kept, the value is nobody's business here."""
    if name.path != "os.environ":
        return Unknown(f"{name.last[:40]}", line)
    return _variable(reader, key, line)


def _variable(reader: State, key: Any, line: int) -> Any:
    if isinstance(key, str) and is_variable_name(key):
        if key not in reader.environment:
            reader.environment.append(key)
        return Unknown(f"the environment variable {key}", line)
    return Unknown("an environment variable", line)


def own_function(reader: State, function: Function, given: Given, named: Named, line: int) -> Any:
    node = function.node
    reader.called.add(node.name)
    if node.name in WRITERS and "fps" in named:
        return _export(reader, node.name, given, named, line)
    arguments = node.args
    names = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    scope: dict[str, Any] = dict(zip(names, given, strict=False))
    keywords = [*names, *(argument.arg for argument in arguments.kwonlyargs)]
    scope.update({key: told.value for key, told in named.items() if key in keywords})
    if arguments.kwarg is not None:
        scope[arguments.kwarg.arg] = {key: told.value for key, told in named.items() if key not in keywords}
    if arguments.vararg is not None:
        scope[arguments.vararg.arg] = given[len(names) :]
    defaults = dict(zip(reversed(names), reversed(arguments.defaults), strict=False))
    extra = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    defaults.update({argument.arg: default for argument, default in extra if default is not None})
    for name in keywords:
        if name not in scope:
            missing = Unknown(f"the argument {name[:40]} of the function {node.name[:40]}", node.lineno)
            scope[name] = reader.value(defaults[name]) if name in defaults else missing
    return reader.inline(function, scope, line)


def _by_name(reader: State, name: Name, given: Given, named: Named, line: int) -> Any:
    for known in (_library, _system, _construct):
        found = known(reader, name, given, named, line)
        if found is not NotImplemented:
            return found
    results = results_in([given, list(named.values())])
    if results:
        return Result(results[0])
    unknown = first_unknown([*given, *(told.value for told in named.values())])
    if unknown is not None and name.last in plain.FUNCTIONS:
        return unknown
    values = {key: told.value for key, told in named.items()}
    if name.last in plain.FUNCTIONS and all(is_plain(held) for held in (*given, *values.values())):
        return plain.function(name.last, given, values, line)
    return _effect(reader, name, given, line)


def _library(reader: State, name: Name, given: Given, named: Named, line: int) -> Any:
    """torch and diffusers functions that a script of this kind is made of."""
    if name.path.endswith(".is_available"):
        return _available(reader, name, line)
    if name.path == "torch.Generator":
        return Generator(device=_device(given, named, line))
    if name.last in ("manual_seed", "manual_seed_all", "set_seed", "seed_everything") and given:
        reader.seed = Told(given[0], line)
        return Generator(Told("cpu", line), reader.seed)
    if name.path in ("torch.device", "torch.cuda.current_device"):
        return given[0] if given else "cuda"
    return _written(reader, name, given, named, line)


def _written(reader: State, name: Name, given: Given, named: Named, line: int) -> Any:
    if name.last in WRITERS:
        return _export(reader, name.last, given, named, line)
    if name.last in _OPENS or name.path in ("PIL.Image.open", "Image.open"):
        return _picture(given, named, line)
    if name.path == "torch.compile":
        return methods.compiled(reader, given, line)
    if name.last == "apply_group_offloading":
        return methods.offloaded(reader, given, "group", line)
    return NotImplemented


def _available(reader: State, name: Name, line: int) -> bool:
    cuda = name.path in ("torch.cuda.is_available", "torch.accelerator.is_available")
    if cuda:
        reader.remark("gpu_assumed", "the script asks whether there is a GPU; it is read as with one", line)
    return cuda


def _system(reader: State, name: Name, given: Given, named: Named, line: int) -> Any:
    if name.path in ("os.getenv", "os.environ.get", "os.environ.pop", "os.environ.setdefault"):
        return _variable(reader, given[0] if given else None, line)
    if name.last == "ArgumentParser":
        return Namespace({}, options=True)
    if name.last == "vars" and given and isinstance(given[0], Namespace):
        return given[0].values
    if name.last in _ASKS:
        why = "a person's input" if name.last in ("input", "getpass") else f"{name.last}()"
        return Unknown(why, line)
    return _places(name, given, named, line)


def _places(name: Name, given: Given, named: Named, line: int) -> Any:
    if name.last in ("hf_hub_download", "snapshot_download"):
        return _downloaded(given, named, line)
    if name.path in ("os.path.join", "posixpath.join") and all(isinstance(part, str) for part in given):
        return "/".join(part.rstrip("/") for part in given)
    return NotImplemented


def _downloaded(given: Given, named: Named, line: int) -> Any:
    """A file or a repository of the hub, as organisation/name/file."""
    told = [*given, *(named[key].value for key in ("repo_id", "filename") if key in named)]
    known = bool(told) and all(isinstance(part, str) for part in told[:2])
    return "/".join(told[:2]) if known else first_unknown(told) or Unknown("a download", line)


def _construct(reader: State, name: Name, given: Given, named: Named, line: int) -> Any:
    """Classes, and the class methods that load what is saved."""
    kind, _, how = name.path.rpartition(".")
    owner = kind.rsplit(".", 1)[-1]
    if how in ("from_pretrained", "from_single_file", "from_pipe", "from_config"):
        return loading.load(reader, owner, how, given, named, line)
    if not _CLASS.fullmatch(name.last) or name.last in plain.FUNCTIONS:
        return NotImplemented
    if name.last.endswith("Scheduler"):
        return Scheduler(name.last, line, dict(named))
    if name.last in (*naming.PIPELINES, *naming.UPSAMPLERS):
        return loading.assembled(reader, name.last, named, line)
    if results_in([given, list(named.values())]):
        return NotImplemented
    ordered = {f"#{place}": Told(held, line) for place, held in enumerate(given)}
    return Thing(name.last, {**ordered, **named})


def _device(given: Given, named: Named, line: int) -> Told:
    if "device" in named:
        return named["device"]
    return Told(given[0] if given else "cpu", line)


def _picture(given: Given, named: Named, line: int) -> Any:
    file = given[0] if given else next((told.value for told in named.values()), None)
    if isinstance(file, Picture):
        return file
    if isinstance(file, str):
        return Picture(file)
    return first_unknown([file]) or Unknown("a picture that the script makes", line)


def _export(reader: State, writer: str, given: Given, named: Named, line: int) -> None:
    told = {name: Told(held, line) for name, held in zip(WRITERS[writer], given, strict=False)}
    told.update({_EXPORT_NAMES.get(key, key): held for key, held in named.items()})
    results = results_in(told.get("frames"))
    reader.exports.append(Export(writer, results[0] if results else None, told, line))


def _effect(reader: State, name: Name, given: Given, line: int) -> Any:
    """A function that is not known: it matters when it is given the pipeline or a part of it."""
    if any(isinstance(held, (Pipe, PartOf, Part)) for held in given):
        words = f"what {name.last[:60]}() does to the pipeline is not read"
        reader.remark("script_not_read", words, line, "warning")
    return Unknown(f"the function {name.last[:40]}", line)


_CALLED: dict[type, Any] = {
    Function: own_function,
    Pipe: loading.generate,
    Method: methods.call,
    Name: _by_name,
    Namespace: _settings,
}
