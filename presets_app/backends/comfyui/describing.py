"""What a server is, as it says itself: version, devices, node packs, and the nodes that presets are compiled to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from presets_app.backends.comfyui import failures, replies
from presets_app.backends.comfyui.stock import schemas
from presets_app.backends.errors import BackendFailed, VendorRefused

INFO_LIMIT = 64 << 20  # bytes of /object_info: every node, with the names of every model file
_PACK = "custom_nodes."
_KEPT = ("input", "output", "output_node", "python_module")
_MANAGER = ("/v2/snapshot/get_current", "/snapshot/get_current")  # ComfyUI-Manager 4 and 3
_LIBRARIES = {"pytorch_version": "torch"}
NO_MANAGER = "the server has no ComfyUI-Manager that would tell"


class Reads(Protocol):
    """What is asked of a client here: the JSON at an address, None where there is nothing."""

    def read(self, path: str, *, limit: int = ..., **query: str) -> Any: ...


def described(client: Reads) -> dict[str, Any]:
    """{version, commit, devices, custom_nodes, fingerprint, facts, nodes}. `nodes` holds the schemas of the classes
    that presets compile to, as /object_info has them. Raises VendorRefused (`not_comfyui`) for any other server."""
    info = system_stats(client)
    nodes = client.read("/object_info", limit=INFO_LIMIT)
    if not isinstance(nodes, Mapping):
        raise VendorRefused(failures.not_comfyui())
    snapshot = manager_snapshot(client)
    driver = driver_facts(info, nodes, snapshot)
    waiting = client.read("/prompt")
    remaining = waiting.get("exec_info", {}).get("queue_remaining") if isinstance(waiting, Mapping) else None
    return {
        "version": driver["comfyui"]["version"],
        "commit": _known(driver["comfyui"]["commit"]),
        "devices": devices(info),
        "custom_nodes": {name: _known(version) for name, version in driver["custom_nodes"].items()},
        "fingerprint": {"driver": driver},
        "facts": {"waiting": remaining} if isinstance(remaining, int) else {},
        "nodes": {name: _kept(nodes[name]) for name in schemas() if isinstance(nodes.get(name), Mapping)},
    }


def system_stats(client: Reads) -> Mapping[str, Any]:
    """/system_stats. Raises VendorRefused (`not_comfyui`) when the answer is not ComfyUI's."""
    found = replies.stats(client.read("/system_stats"))
    if found is None:
        raise VendorRefused(failures.not_comfyui())
    return found


def devices(info: Mapping[str, Any]) -> list[dict[str, Any]]:
    """{name, type, memory, memory_free} of each device, in bytes; None where the server does not say."""
    return [
        {
            "name": failures.line(device.get("name")),
            "type": failures.line(device.get("type")),
            "memory": _bytes(device.get("vram_total")),
            "memory_free": _bytes(device.get("vram_free")),
        }
        for device in info["devices"][:64]
        if isinstance(device, Mapping)
    ]


def manager_snapshot(client: Reads) -> Mapping[str, Any]:
    """What ComfyUI-Manager says is installed; {} without one, or when it fails."""
    for path in _MANAGER:
        try:
            found = client.read(path)
        except BackendFailed:
            continue
        if isinstance(found, Mapping):
            return found
    return {}


def driver_facts(info: Mapping[str, Any], nodes: Mapping[str, Any], snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """The driver section of a manifest; `{"unknown": reason}` stands for what the server does not tell."""
    system = info["system"]
    commit = snapshot.get("comfyui")
    pips = snapshot.get("pips")
    facts: dict[str, Any] = {
        "comfyui": {
            "version": failures.line(system["comfyui_version"]),
            "commit": failures.line(commit) if isinstance(commit, str) and commit else {"unknown": NO_MANAGER},
            "frontend": _frontend(system),
            "deployment": _said(system.get("deploy_environment")),
        },
        "custom_nodes": packs(nodes, snapshot),
        "libraries": _libraries(system),
        "packages": _versions(pips) if isinstance(pips, (Mapping, list)) and pips else {"unknown": NO_MANAGER},
        "python": _said(str(system.get("python_version") or "").split(" ")[0]),
        "os": _said(system.get("os")),
        "flags": _flags(system.get("argv")),
        "gpu": {"devices": [{key: device[key] for key in ("name", "type", "memory")} for device in devices(info)]},
    }
    return facts


def packs(nodes: Mapping[str, Any], snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """Node pack to version, commit, or why it is unknown: the packs whose nodes are loaded, and those that the
    Manager counts as enabled."""
    modules = (str(held.get("python_module", "")) for held in nodes.values() if isinstance(held, Mapping))
    loaded = {failures.line(name.removeprefix(_PACK)) for name in modules if name.startswith(_PACK)}
    told = _pack_versions(snapshot)
    by_plain = {_plain(name): version for name, version in told.items()}
    found: dict[str, Any] = {name: by_plain.pop(_plain(name), {"unknown": NO_MANAGER}) for name in sorted(loaded)}
    rest = {name: version for name, version in sorted(told.items()) if _plain(name) in by_plain}
    return {**found, **rest}


def _pack_versions(snapshot: Mapping[str, Any]) -> dict[str, str]:
    registered, cloned = snapshot.get("cnr_custom_nodes"), snapshot.get("git_custom_nodes")
    found = _versions(registered) if isinstance(registered, Mapping) else {}
    for url, held in cloned.items() if isinstance(cloned, Mapping) else ():
        if isinstance(held, Mapping) and not held.get("disabled") and isinstance(held.get("hash"), str):
            name = str(url).rstrip("/").removesuffix(".git").rpartition("/")[2]
            found[failures.line(name)] = failures.line(held["hash"])
    return found


def _plain(name: str) -> str:
    """A pack's folder and its registered name differ in case, dashes and a `comfyui-` in front."""
    return name.lower().replace("_", "-").removeprefix("comfyui-")


def _versions(listed: Mapping[Any, Any] | list[Any]) -> dict[str, str]:
    """Name to version, from a map or from lines like `name==version`."""
    pairs: Iterable[tuple[Any, Any]]
    if isinstance(listed, Mapping):
        pairs = ((name, version or str(name).partition("==")[2]) for name, version in listed.items())
    else:
        pairs = ((entry, str(entry).partition("==")[2]) for entry in listed)
    return {failures.line(str(name).partition("==")[0]): failures.line(version) for name, version in pairs if version}


def _libraries(system: Mapping[str, Any]) -> dict[str, str]:
    found = {name: failures.line(system[key]) for key, name in _LIBRARIES.items() if system.get(key)}
    for entry in _packages(system):
        found[failures.line(entry.get("name"))] = failures.line(entry.get("installed"))
    return found


def _frontend(system: Mapping[str, Any]) -> Any:
    listed = [entry for entry in _packages(system) if entry.get("name") == "comfyui-frontend-package"]
    return _said(listed[0].get("installed") if listed else None)


def _packages(system: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    listed = system.get("comfy_package_versions")
    entries = listed[:100] if isinstance(listed, list) else []
    return [entry for entry in entries if isinstance(entry, Mapping) and entry.get("name") and entry.get("installed")]


def _flags(argv: Any) -> Any:
    """The server's command line without its values for places and addresses, which differ from machine to machine."""
    words = argv[1:200] if isinstance(argv, list) else None
    if words is None:
        return {"unknown": "the server does not tell its command line"}
    return " ".join(sorted(failures.line(word).partition("=")[0] for word in words if str(word).startswith("--")))


def _said(value: Any) -> Any:
    return failures.line(value) if value else {"unknown": "the server does not tell"}


def _known(value: Any) -> str:
    return value if isinstance(value, str) else "unknown"


def _kept(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {key: schema[key] for key in _KEPT if key in schema}


def _bytes(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
