"""Who may do what, in one table. Services ask it; pages ask it to decide what to show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from presets_app.core.errors import NotPermitted

Role = Literal["viewer", "author", "approver", "owner"]
ROLES: tuple[Role, ...] = ("viewer", "author", "approver", "owner")

_EVERYONE = frozenset(ROLES)
_MAKERS = frozenset({"author", "approver", "owner"})
_DECIDERS = frozenset({"approver", "owner"})
_OWNERS = frozenset({"owner"})

POLICY: dict[str, frozenset[str]] = {
    "project.see": _EVERYONE,
    "comment.write": _EVERYONE,
    "preset.save": _MAKERS,
    "inputs.freeze": _MAKERS,
    "manifest.pin": _MAKERS,
    "manifest.declare": _MAKERS,
    "run.start": _MAKERS,
    "run.cancel": _MAKERS,
    "recipe.save": _MAKERS,
    "recipe.choose": _MAKERS,
    "baseline.set": _DECIDERS,
    "check.start": _MAKERS,
    "check.extend": _MAKERS,
    "sample.override": _DECIDERS,
    "pair.decide": _MAKERS,
    "check.tick": _MAKERS,
    "migration.open": _MAKERS,
    "migration.tick": _MAKERS,
    "migration.withdraw": _MAKERS,
    "migration.reject": _DECIDERS,
    "migration.approve": _DECIDERS,
    "release.publish": _DECIDERS,
    "release.roll_back": _DECIDERS,
    "snapshot.take": _MAKERS,
    "target.change": _OWNERS,
    "problem.mute": _DECIDERS,
    "policy.change": _OWNERS,
    "member.change": _OWNERS,
}


@dataclass(frozen=True)
class Actor:
    """A person acting in one project. `role` is None for somebody without one there; `system` acts on its own
    behalf only to heal and to record, never to decide."""

    username: str
    name: str
    email: str
    role: str | None

    def may(self, action: str) -> bool:
        """Whether the table lets this person do that. An action missing from the table is allowed to nobody."""
        return self.role in POLICY.get(action, frozenset())

    def must(self, action: str) -> None:
        """Raise NotPermitted, naming who could, unless the table allows it."""
        if not self.may(action):
            who = ", ".join(role for role in ROLES if role in POLICY.get(action, frozenset())) or "nobody"
            verb = action.replace(".", " ").replace("_", " ")
            raise NotPermitted(f"{self.name} may not do this ({verb}).", hint=f"Roles that may: {who}.")
