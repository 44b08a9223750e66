"""A document as the `input` of a public endpoint."""

from presets_app.backends.request_compiling import compile_request

__all__ = ["compile_request"]
