"""The words that backends reached over HTTP share: what is sent, what comes back, what a client can do.

A *cloud* is a service that takes money; a *server* is a machine of the team's own that takes none. Work for a server is
named by us before it is sent, so that a crash leaves nothing that has to be guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import IO, Any, Literal, Protocol

from presets_app.backends.fetcher import Downloaded
from presets_app.core.losses import Loss
from presets_app.core.problems import Failure, Problem

PollStatus = Literal["waiting", "running", "done", "failed"]
Document = Mapping[str, Any]


@dataclass(frozen=True)
class CatalogueModel:
    """One model that a service offers. `request_schema` is the JSON Schema of its request as the service states
    it; `base_price` is a decimal as text, `formula` how the price follows from the request, "" when not said."""

    model_id: str
    name: str
    description: str
    kind: str
    base_price: str
    request_schema: dict[str, Any]
    formula: str = ""

    @property
    def properties(self) -> dict[str, dict[str, Any]]:
        found = self.request_schema.get("properties")
        return {name: spec for name, spec in found.items() if isinstance(spec, dict)} if isinstance(found, dict) else {}

    @property
    def required(self) -> tuple[str, ...]:
        found = self.request_schema.get("required")
        return tuple(name for name in found if isinstance(name, str)) if isinstance(found, list) else ()


@dataclass(frozen=True)
class Compiled:
    """A request ready to send when `problems` holds no error. `losses` accounts for every leaf of the document and
    every field of the request."""

    model: str
    body: dict[str, Any]
    losses: list[Loss]
    problems: list[Problem]


@dataclass(frozen=True)
class Imported:
    """A file of another program as a document. `document` is a draft when `problems` holds errors, and None when
    nothing could be made of the file. `losses` has one entry for each field of the file: `path` is where it went in
    the document ("" when nowhere), `target_path` a JSON pointer into the file."""

    document: dict[str, Any] | None
    losses: list[Loss]
    problems: list[Problem]
    came_from: str


@dataclass(frozen=True)
class Exported:
    """A document in another program's form. `output` is complete when `problems` holds no error; `losses` accounts
    for every leaf of the document and every field of the output."""

    output: dict[str, Any]
    losses: list[Loss]
    problems: list[Problem]


@dataclass(frozen=True)
class Submitted:
    """The vendor took the work: `vendor_id` is what to poll by, from now on and after a restart."""

    vendor_id: str
    status: PollStatus


@dataclass(frozen=True)
class Polled:
    """The state of one piece of work. `outputs` are addresses to fetch at once (services delete after days);
    `seed_returned` is None when the service does not say; `timings` in seconds."""

    status: PollStatus
    outputs: list[str] = field(default_factory=list)
    failure: Failure | None = None
    seed_returned: int | None = None
    timings: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Watched(Polled):
    """What a server tells beyond that. `progress` holds phase, step, steps, and `position` (how many are ahead) while
    it waits; `seeds` the seeds it says it used, by their pointer into the body; `warm` whether its models were loaded
    already; `log` its own account, line by line. With `pictures` the outputs are pictures to be put together to one
    video, in their order. `preview` is a small JPEG or PNG of a render under way, b"" where there is none."""

    progress: dict[str, str | int] = field(default_factory=dict)
    seeds: dict[str, int] = field(default_factory=dict)
    warm: bool = False
    log: tuple[str, ...] = ()
    pictures: bool = False
    preview: bytes = b""


@dataclass(frozen=True)
class Found:
    """One entry of the vendor's own history: what it calls the work, and the body it says it was given."""

    vendor_id: str
    model: str
    status: PollStatus
    created_at: str
    body: dict[str, Any]


@dataclass(frozen=True)
class Quote:
    """The vendor's price for one request before it is sent; `amount` is a decimal as text."""

    amount: str
    currency: str
    note: str


@dataclass(frozen=True)
class Health:
    """Whether a target can be used now; `facts` are short and shown as they are (balance, workers, queue length)."""

    ready: bool
    problems: list[Problem]
    facts: dict[str, str | int]


class CloudClient(Protocol):
    """The only socket of a vendor. Every method may raise a BackendFailed or LocalOnly; `submit` alone spends
    money, is never repeated, and raises MayHaveBeenCharged when its outcome is not certain."""

    def catalogue(self) -> list[CatalogueModel]: ...
    def quote(self, model: str, body: dict[str, Any]) -> Quote: ...
    def submit(self, model: str, body: dict[str, Any]) -> Submitted: ...
    def poll(self, vendor_id: str) -> Polled: ...
    def find(self, model: str, created_after: str) -> list[Found]: ...
    def download(self, url: str, sink: IO[bytes], *, limit: int) -> Downloaded: ...
    def check(self) -> Health: ...


class OpenClient(Protocol):
    """Makes a client from a target's settings: its address, its key, and further hosts outputs may come from."""

    def __call__(
        self, base_url: str, key: str, *, output_hosts: Iterable[str] = (), local_only: bool = False
    ) -> CloudClient: ...


@dataclass(frozen=True)
class CloudBackend:
    """One vendor as the rest of the program sees it."""

    kind: str
    open_client: OpenClient
    choose_model: Callable[[Document, Iterable[CatalogueModel], Mapping[str, str]], CatalogueModel | Problem]
    compile: Callable[[Document, CatalogueModel], Compiled]


@dataclass(frozen=True)
class Upload:
    """A file that a request needs at the server first: what the server is to call it, and its bytes' SHA-256."""

    name: str
    sha256: str
    media_type: str = ""


class ServerClient(Protocol):
    """The only socket of a server. Every method may raise a BackendFailed or LocalOnly. `work_id` is our own name for
    a piece of work; `submit` names it so, and `knows` tells whether the server has it waiting, running or done."""

    def submit(self, work_id: str, body: Mapping[str, Any]) -> None: ...
    def knows(self, work_id: str) -> bool: ...
    def poll(self, work_id: str) -> Watched: ...
    def cancel(self, work_id: str) -> None: ...
    def give(self, upload: Upload, data: bytes) -> None: ...
    def download(self, url: str, sink: IO[bytes], *, limit: int, picture: bool = False) -> Downloaded: ...
    def describe(self) -> dict[str, Any]: ...
    def wait(self, seconds: float) -> None: ...
    def close(self) -> None: ...


class OpenServer(Protocol):
    """Makes a client from a target's settings: its address, whether a person allowed it to lie in the team's own
    network, and whether nothing may leave the team's machines."""

    def __call__(self, base_url: str, *, private: bool = False, local_only: bool = False) -> ServerClient: ...


class CompileWork(Protocol):
    """A document as work for one server, by what it last said of itself (`describe`)."""

    def __call__(self, document: Document, described: Mapping[str, Any] | None, *, run_name: str = "") -> Compiled: ...


@dataclass(frozen=True)
class ServerBackend:
    """One kind of server as the rest of the program sees it. `work_id` makes our name for an attempt at an item, the
    same each time; `uploads` are the files that a compiled body needs."""

    kind: str
    open_client: OpenServer
    compile: CompileWork
    work_id: Callable[[str, int], str]
    uploads: Callable[[Mapping[str, Any]], list[Upload]]
