"""Prompts of several shots, and switches that let a service rewrite them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from presets_app.backends.request_account import Account
from presets_app.backends.request_fields import REWRITING, TRANSPORT
from presets_app.backends.request_timing import plain, rational


def shots(account: Account) -> None:
    """Settle /shots, and /prompt with them: services that plan shots read them from the prompt."""
    listed = account.document.get("shots")
    if not isinstance(listed, list) or not listed or not account.leaves_below("/shots"):
        return
    if account.field("shot_type") is None or not account.field("prompt"):
        text = "The model takes no list of shots, so they would be missing from the video."
        account.trouble("shots_not_supported", "/shots", text, "Write them into the prompt yourself.", "warning")
        for leaf in account.leaves_below("/shots"):
            account.settle(leaf, "dropped", text)
        return
    _as_text(account, listed)


def rewriting(account: Account) -> None:
    """State every switch: off, unless the document says that this very service rewrote its prompt."""
    for name in REWRITING:
        if account.field(name):
            _switch(account, name)
    for name in TRANSPORT:
        if account.field(name):
            account.leave(name, "About how the result travels; not sent.")
    expansion = account.document.get("prompt_expansion")
    wanted = isinstance(expansion, Mapping) and expansion.get("enabled") is True
    if wanted and "/prompt_expansion/enabled" in account.open_leaves():
        text = "The preset has its prompt rewritten; the service is asked to render the prompt just as it stands."
        hint = "Put the rewritten prompt into the preset and keep the first one as the expansion's source."
        account.trouble("prompt_expansion_not_sent", "/prompt_expansion/enabled", text, hint, "warning")
        account.settle("/prompt_expansion/enabled", "dropped", text)
    if account.fact("x-rewriting") == "unknown":
        text = "Whether the service rewrites prompts for this model is not documented, and there is no switch for it."
        account.trouble("prompt_rewriting_unknown", "/prompt", text, "Compare a preview before relying on it.", "note")


def own_rewriting(field: str, vendor: str) -> str:
    """What /prompt_expansion/by says of a prompt that a service itself rewrites."""
    return f"{field} ({vendor})"


def _switch(account: Account, name: str) -> None:
    expansion = account.document.get("prompt_expansion")
    said = expansion if isinstance(expansion, Mapping) else {}
    own = said.get("by") == own_rewriting(name, str(account.fact("x-vendor")))
    if said.get("enabled") is True and own:
        account.send("/prompt_expansion/enabled", name, True)
        text = "The service rewrites the prompt at each run, and may do so differently each time."
        hint = "Take over the rewritten prompt that the service reports, and switch the expansion off."
        account.trouble("prompt_rewritten", "/prompt_expansion/enabled", text, hint, "warning")
        return
    note = "Off, so that the service does not rewrite the prompt."
    if account.spec(name).get("default") is True:
        note = f"{note} Its own default is on."
    account.send("", name, False, status="defaulted", note=note)


def _as_text(account: Account, listed: list[Any]) -> None:
    written, start = [], Fraction(0)
    for number, shot in enumerate(listed, 1):
        held = shot if isinstance(shot, Mapping) else {}
        seconds = _seconds(account, held)
        span = f" [{plain(start, 2)}-{plain(start + seconds, 2)} s]" if seconds else ""
        start += seconds or 0
        written.append(f"Shot {number}{span}: {held.get('prompt', '')}")
    own = account.document.get("prompt")
    text = " ".join([own, *written] if isinstance(own, str) and own else written)
    note = "The shots follow the prompt as text, which is how the service reads them."
    about = "/prompt" if account.has("/prompt") else "/shots"
    account.send(about if about == "/prompt" else "", "prompt", text, status="mapped", note=note, about=about)
    for leaf in account.leaves_below("/shots"):
        account.share(leaf, "prompt", "mapped", "Written into the prompt.")
    kind = "multi" if len(listed) > 1 else "single"
    account.send("", "shot_type", kind, status="mapped", note="Follows from the number of shots.", about="/shots")
    if account.spec("shot_type").get("x-needs") == "rewriting" and kind == "multi":
        reason = "The service plans several shots only while it rewrites the prompt, and rewriting is off."
        hint = "Compare a preview: the shots stand in the prompt as text only."
        account.trouble("shots_need_rewriting", "/shots", reason, hint, "warning")


def _seconds(account: Account, shot: Mapping[str, Any]) -> Fraction | None:
    if (stated := rational(shot.get("seconds"))) is not None:
        return stated
    frames, rate = rational(shot.get("frames")), rational(account.value("/fps"))
    return frames / rate if frames and rate else None
