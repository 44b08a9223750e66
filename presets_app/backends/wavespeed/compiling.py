"""A document as a WaveSpeed request: flat, with the fields that the catalogue states for the model."""

from presets_app.backends.request_compiling import compile_request

__all__ = ["compile_request"]
