"""A document as the body of an LTX API request, without the model's name."""

from presets_app.backends.request_compiling import compile_request

__all__ = ["compile_request"]
