"""Parity checks: two runs paired input by input, measured and judged; what people decided on pairs; noise floors."""

from __future__ import annotations

from django.db import models

from presets_app.models.presets import Preset
from presets_app.models.projects import Project
from presets_app.models.runs import Item, Run
from presets_app.models.targets import Target


class Check(models.Model):
    """`evidence` is the artifact digest of the whole judged record, `verdict` what it says; decisions change neither.
    `outcome` is the verdict with people's decisions on pairs: pass, accepted, fail, inconclusive or error; `standing`
    holds its {sentence, reasons, counts, more}. `rules` is the policy it was judged by, `noise` the floor that its
    differences are shown in, {} without one. `about` says what a comparison, a noise floor or a trial is of. `review`
    is core.parity_review's doubt where no number decides, `unticked` how many of its ticks are open."""

    KINDS = (
        ("parity", "parity"),
        ("restore", "restore proof"),
        ("compare", "comparison"),
        ("noise", "noise floor"),
        ("trial", "trial of a cause"),
    )

    id = models.CharField(max_length=20, primary_key=True)
    project = models.ForeignKey(Project, models.CASCADE, related_name="checks")
    kind = models.CharField(max_length=10, choices=KINDS)
    preset = models.ForeignKey(Preset, models.PROTECT, related_name="checks", null=True)
    revision = models.CharField(max_length=64, blank=True, default="")
    digest = models.CharField(max_length=64, blank=True, default="")
    left = models.ForeignKey(Run, models.PROTECT, related_name="as_left")
    right = models.ForeignKey(Run, models.PROTECT, related_name="as_right")
    plan = models.JSONField(default=dict)
    note = models.CharField(max_length=300, blank=True, default="")
    state = models.CharField(max_length=10, default="rendering")
    version = models.PositiveIntegerField(default=0)
    verdict = models.CharField(max_length=12, blank=True, default="")
    sentence = models.TextField(blank=True, default="")
    reasons = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    requirements = models.JSONField(default=list)
    cause = models.CharField(max_length=12, blank=True, default="")
    evidence = models.CharField(max_length=64, blank=True, default="")
    outcome = models.CharField(max_length=12, blank=True, default="")
    undecided = models.PositiveIntegerField(default=0)
    standing = models.JSONField(default=dict)
    rules = models.JSONField(default=dict)
    noise = models.JSONField(default=dict)
    about = models.JSONField(default=dict)
    review = models.JSONField(default=dict)
    unticked = models.PositiveIntegerField(default=0)
    created_by = models.CharField(max_length=150)
    created_at = models.DateTimeField(auto_now_add=True)
    judged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["project", "-id"], name="check_newest")]

    def __str__(self) -> str:
        return f"check {self.id}"

    @property
    def said(self) -> str:
        """The sentence about the sample, with people's decisions counted in."""
        return str(self.standing.get("sentence") or self.sentence)

    @property
    def waits(self) -> bool:
        """Whether a person has something to say to it: pairs to decide, or things to tick."""
        return bool(self.undecided or self.unticked)


class Pair(models.Model):
    """One input on both sides. `severity` orders pairs, worst first; `measurement` is measure's record, `pictures` the
    digests of its heatmaps, a line each, as the one place that says which pictures may be shown."""

    check_of = models.ForeignKey(Check, models.CASCADE, related_name="pairs")
    position = models.PositiveIntegerField()
    key = models.CharField(max_length=120)
    labels = models.JSONField(default=list)
    preview = models.BooleanField(default=False)
    left = models.ForeignKey(Item, models.PROTECT, related_name="+")
    right = models.ForeignKey(Item, models.PROTECT, related_name="+")
    pair_class = models.CharField(max_length=12, blank=True, default="")
    verdict = models.CharField(max_length=12, blank=True, default="")
    severity = models.FloatField(default=0)
    reasons = models.JSONField(default=list)
    primary = models.JSONField(default=dict)
    measurement = models.JSONField(default=dict)
    pictures = models.TextField(blank=True, default="")
    needs_person = models.BooleanField(default=False)
    decision = models.CharField(max_length=10, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["check_of", "position"], name="one_pair_a_position")]
        indexes = [models.Index(fields=["check_of", "-severity", "position"], name="pair_worst")]

    def __str__(self) -> str:
        return f"{self.check_of_id} {self.key}"


class Decision(models.Model):
    """The index of `migrations/checks/`: a person's word on one pair, oldest kept, newest counts."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="decisions")
    check_id = models.CharField(max_length=20)
    key = models.CharField(max_length=120)
    number = models.PositiveIntegerField()
    choice = models.CharField(max_length=10)
    reason = models.TextField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "check_id", "number"], name="one_decision_a_number")]

    def __str__(self) -> str:
        return f"{self.key}: {self.choice}"


class Tick(models.Model):
    """The index of the ticks in `migrations/checks/`: what a named reviewer looked at, oldest kept, the newest of an
    area counts, and only for the `evidence` that was there to look at."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="ticks")
    check_id = models.CharField(max_length=20)
    number = models.PositiveIntegerField()
    area = models.CharField(max_length=20)
    done = models.BooleanField()
    note = models.TextField(blank=True, default="")
    evidence = models.CharField(max_length=64)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "check_id", "number"], name="one_tick_a_number")]

    def __str__(self) -> str:
        return f"{self.area}: {'ticked' if self.done else 'taken back'}"


class NoiseFloor(models.Model):
    """How far one side is from itself: the same inputs rendered again, and once more with one benign change. The
    newest of a preset on a target counts, while `digest` (document), `manifest` and `machine` (the card and driver,
    a record) still hold. `floor` is core.noise_floor's record; `state` is measuring, measured or failed."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="noise_floors")
    preset = models.ForeignKey(Preset, models.PROTECT, related_name="noise_floors")
    target = models.ForeignKey(Target, models.PROTECT, related_name="noise_floors")
    digest = models.CharField(max_length=64)
    manifest = models.CharField(max_length=64, blank=True, default="")
    machine = models.JSONField(default=dict)
    again = models.ForeignKey(Check, models.PROTECT, related_name="+")
    benign = models.ForeignKey(Check, models.PROTECT, related_name="+", null=True)
    change = models.JSONField(default=dict)
    state = models.CharField(max_length=10, default="measuring")
    floor = models.JSONField(default=dict)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["preset", "target", "-id"], name="noise_newest")]

    def __str__(self) -> str:
        return f"noise of {self.preset} on {self.target}"
