"""A preset as a form: which fields it has, what each one means, and how what was typed gets back into the document.

A field that was not touched is not written, so the form never changes a value that it only showed, and never loses
one that it does not know.
"""

from __future__ import annotations

from presets_app.core.editing.description import describe
from presets_app.core.editing.elements import Done, act
from presets_app.core.editing.parts import Element, Field, Form, Group, Listing
from presets_app.core.editing.placing import placed
from presets_app.core.editing.posting import applied

__all__ = ["Done", "Element", "Field", "Form", "Group", "Listing", "act", "applied", "describe", "placed"]
