"""A document as a DashScope request: flat, before its fields are put under `input` and `parameters`."""

from presets_app.backends.request_compiling import compile_request

__all__ = ["compile_request"]
