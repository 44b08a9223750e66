"""Runs, their items, and every attempt at an item: shaped so that a paid request is never sent twice."""

from __future__ import annotations

from django.db import models

from presets_app.models.inputs import InputSet
from presets_app.models.presets import Preset
from presets_app.models.projects import Project
from presets_app.models.targets import Target


class Run(models.Model):
    """One preset revision x an input set x one target. The counts are kept, never counted over items. A trial renders
    the revision for a question about it, as it is or with one value changed, and a step of a recipe with what came
    from the steps before; neither is anybody's first good run."""

    KINDS = tuple(
        (kind, kind)
        for kind in ("preview", "parity", "batch", "canary", "rehearsal", "restore", "files", "trial", "recipe")
    )

    id = models.CharField(max_length=20, primary_key=True)
    project = models.ForeignKey(Project, models.CASCADE, related_name="runs")
    name = models.CharField(max_length=220)
    kind = models.CharField(max_length=10, choices=KINDS)
    preset = models.ForeignKey(Preset, models.PROTECT, related_name="runs", null=True)
    revision = models.CharField(max_length=64, blank=True, default="")
    digest = models.CharField(max_length=64, blank=True, default="")
    manifest = models.CharField(max_length=64, blank=True, default="")
    target = models.ForeignKey(Target, models.PROTECT, related_name="runs")
    input_set = models.ForeignKey(InputSet, models.PROTECT, related_name="runs", null=True)
    inputs_digest = models.CharField(max_length=64, blank=True, default="")
    state = models.CharField(max_length=10, default="waiting")
    version = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    cancelled = models.PositiveIntegerField(default=0)
    spent = models.DecimalField(max_digits=12, decimal_places=4, default=0)
    note = models.CharField(max_length=300, blank=True, default="")
    created_by = models.CharField(max_length=150)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["project", "-id"], name="run_newest"),
            models.Index(fields=["state", "id"], name="run_by_state"),
        ]

    def __str__(self) -> str:
        return self.name


class Item(models.Model):
    """One input of a run. `request` and `result` are artifact digests; `video` is the file for people; the raw
    digests are of frames and samples before encoding, "" where the maker does not give them."""

    id = models.CharField(max_length=20, primary_key=True)
    run = models.ForeignKey(Run, models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    key = models.CharField(max_length=120)
    labels = models.JSONField(default=list)
    preview = models.BooleanField(default=False)
    local_only = models.BooleanField(default=False)
    state = models.CharField(max_length=10, default="waiting")
    attempts = models.PositiveSmallIntegerField(default=0)
    request = models.CharField(max_length=64, blank=True, default="")
    result = models.CharField(max_length=64, blank=True, default="")
    video = models.CharField(max_length=64, blank=True, default="")
    raw_frames = models.CharField(max_length=64, blank=True, default="")
    raw_samples = models.CharField(max_length=64, blank=True, default="")
    seeds = models.CharField(max_length=120, blank=True, default="")
    seconds = models.FloatField(null=True, blank=True)
    warm = models.BooleanField(null=True, blank=True)
    peak_memory = models.BigIntegerField(null=True, blank=True)
    failure = models.JSONField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "position"], name="one_item_a_position")]
        indexes = [
            models.Index(fields=["run", "state"], name="item_by_state"),
            models.Index(fields=["video"], name="item_by_video"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.key}"


class Attempt(models.Model):
    """One try at an item. The row is committed before anything is sent (`intent_at`); the vendor's name for the
    work right after its reply (`vendor_id`, `sent_at`). An intent without a vendor id is never repeated blindly."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="tries")
    number = models.PositiveSmallIntegerField()
    intent_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    vendor_model = models.CharField(max_length=200, blank=True, default="")
    vendor_id = models.CharField(max_length=200, blank=True, default="")
    state = models.CharField(max_length=10, default="intended")
    quote = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=8, blank=True, default="")
    failure = models.JSONField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "number"], name="one_attempt_a_number")]
        indexes = [models.Index(fields=["state", "id"], name="attempt_by_state")]

    def __str__(self) -> str:
        return f"{self.item_id} attempt {self.number}"
