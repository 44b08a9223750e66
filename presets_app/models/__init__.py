"""Tables and constraints, one file a noun; no Git, no HTTP."""

from presets_app.models.audit import AuditEvent
from presets_app.models.baselines import Baseline
from presets_app.models.comments import Comment
from presets_app.models.inputs import InputDraft, InputSet
from presets_app.models.manifests import Manifest
from presets_app.models.parity import Check, Decision, NoiseFloor, Pair, Tick
from presets_app.models.preset_migrations import Approval, Migration
from presets_app.models.presets import Preset, PresetDraft, Revision
from presets_app.models.projects import Membership, Project, Taste
from presets_app.models.recipes import Recipe, RecipeOutput, RecipeRun, RecipeStep
from presets_app.models.releases import Live, Release, RestoreProof
from presets_app.models.runs import Attempt, Item, Run
from presets_app.models.snapshots import Snapshot
from presets_app.models.targets import Target, TargetSecret

__all__ = [
    "Approval",
    "Attempt",
    "AuditEvent",
    "Baseline",
    "Check",
    "Comment",
    "Decision",
    "InputDraft",
    "InputSet",
    "Item",
    "Live",
    "Manifest",
    "Membership",
    "Migration",
    "NoiseFloor",
    "Pair",
    "Preset",
    "PresetDraft",
    "Project",
    "Recipe",
    "RecipeOutput",
    "RecipeRun",
    "RecipeStep",
    "Release",
    "RestoreProof",
    "Revision",
    "Run",
    "Snapshot",
    "Target",
    "TargetSecret",
    "Taste",
    "Tick",
]
