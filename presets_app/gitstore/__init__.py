"""One bare Git repository a project: what people decide, with who and when. The only room that runs git."""

from presets_app.gitstore import paths
from presets_app.gitstore.command import check_git
from presets_app.gitstore.creation import create
from presets_app.gitstore.errors import (
    GitFailed,
    NothingToCommit,
    RefusedContent,
    RevisionNotFound,
    StaleParent,
    WrongThread,
)
from presets_app.gitstore.paths import Located
from presets_app.gitstore.records import CommitInfo, PathChange, Person
from presets_app.gitstore.repository import Store, retrying

__all__ = [
    "CommitInfo",
    "GitFailed",
    "Located",
    "NothingToCommit",
    "PathChange",
    "Person",
    "RefusedContent",
    "RevisionNotFound",
    "StaleParent",
    "Store",
    "WrongThread",
    "check_git",
    "create",
    "paths",
    "retrying",
]
