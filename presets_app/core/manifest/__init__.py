"""The pins of one preset on one target: what is known about model, driver and seeds, and how well.

Every value is *captured* from the target, *declared* by a named person (unverified), or *unknown* with the reason.
"""

from presets_app.core.manifest.checking import is_complete, validate_manifest
from presets_app.core.manifest.comparing import differences, label_of
from presets_app.core.manifest.declaring import carried_over, declarable, with_declared
from presets_app.core.manifest.making import (
    CHOSEN_PINS,
    DRIVER_PINS,
    MANIFEST_FORMAT,
    MODEL_PINS,
    SECTIONS,
    from_fingerprint,
)
from presets_app.core.manifest.outputs import of_output, seeds_of
from presets_app.core.manifest.pins import (
    Pin,
    captured,
    declared,
    digest,
    file_hashes,
    files_digest,
    spelled,
    unknown,
)

__all__ = [
    "CHOSEN_PINS",
    "DRIVER_PINS",
    "MANIFEST_FORMAT",
    "MODEL_PINS",
    "SECTIONS",
    "Pin",
    "captured",
    "carried_over",
    "declarable",
    "declared",
    "differences",
    "digest",
    "file_hashes",
    "files_digest",
    "from_fingerprint",
    "is_complete",
    "label_of",
    "of_output",
    "seeds_of",
    "spelled",
    "unknown",
    "validate_manifest",
    "with_declared",
]
