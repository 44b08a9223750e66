"""WaveSpeedAI, over its HTTP interface version 3."""

from presets_app.backends.base import CloudBackend
from presets_app.backends.wavespeed.capability import choose_model
from presets_app.backends.wavespeed.client import open_client
from presets_app.backends.wavespeed.compiling import compile_request

BACKEND = CloudBackend("wavespeed", open_client, choose_model, compile_request)

__all__ = ["BACKEND"]
