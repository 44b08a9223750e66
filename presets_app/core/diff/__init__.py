"""What changed between two documents, by meaning: stages are matched by role, LoRAs by file.

Two documents of one digest have no changes, and two of different digests have at least one. Where either side holds
a secret, the change is told and the value is not.
"""

from __future__ import annotations

from presets_app.core.diff.change import Change, Words
from presets_app.core.diff.comparing import changes
from presets_app.core.diff.sentences import sentence, summary
from presets_app.core.diff.wording import word_changes

__all__ = ["Change", "Words", "changes", "sentence", "summary", "word_changes"]
