"""Python scripts that use diffusers, read with `ast`: nothing of them is run or imported."""

from presets_app.backends.diffusers.scripts.bounds import UnreadableScript, looks_like_one
from presets_app.backends.diffusers.scripts.forming import Reading, read_script

__all__ = ["Reading", "UnreadableScript", "looks_like_one", "read_script"]
