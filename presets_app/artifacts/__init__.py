"""Content-addressed bytes, with no knowledge of Django."""

from presets_app.artifacts.store import ArtifactStore, LocalStore, file_digest, get_json, put_json

__all__ = ["ArtifactStore", "LocalStore", "file_digest", "get_json", "put_json"]
