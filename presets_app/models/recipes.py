"""The index of `recipes/`, and what became of each time one was run: its steps, and what every step made."""

from __future__ import annotations

from django.db import models

from presets_app.models.projects import Project
from presets_app.models.runs import Item, Run


class Recipe(models.Model):
    """`head` is the commit of the newest revision, `digest` its document's digest, `kinds` those of its steps."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="recipes")
    slug = models.SlugField(max_length=80)
    name = models.CharField(max_length=120)
    kinds = models.JSONField(default=list)
    head = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=150)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "slug"], name="one_recipe_a_slug")]
        indexes = [models.Index(fields=["project", "-changed_at"], name="recipe_newest")]

    def __str__(self) -> str:
        return self.name


class RecipeRun(models.Model):
    """A revision of a recipe, done once. `choosing` waits for a person to choose a frame, `look` for a person to look
    whether a request was charged; `version` grows with every change that a page would show."""

    id = models.CharField(max_length=20, primary_key=True)
    project = models.ForeignKey(Project, models.CASCADE, related_name="recipe_runs")
    recipe = models.ForeignKey(Recipe, models.PROTECT, related_name="runs")
    revision = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10, default="running")
    version = models.PositiveIntegerField(default=0)
    note = models.CharField(max_length=300, blank=True, default="")
    created_by = models.CharField(max_length=150)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["project", "-id"], name="recipe_run_newest"),
            models.Index(fields=["state", "id"], name="recipe_run_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.recipe} {self.id}"


class RecipeStep(models.Model):
    """One step of a run. `document` is the step as the recipe has it, `revision` the preset's commit it was fixed to;
    `parts` are the digests of all that decides its output and `key` the digest of those, "" before it begins. `why`
    says why it was done or not. `run` is what it started itself; `facts` hold what a page shows beside the outputs, and
    `pictures` the digests of those to choose from, one a line."""

    recipe_run = models.ForeignKey(RecipeRun, models.CASCADE, related_name="steps")
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=40)
    kind = models.CharField(max_length=20)
    document = models.JSONField(default=dict)
    revision = models.CharField(max_length=64, blank=True, default="")
    state = models.CharField(max_length=10, default="waiting")
    key = models.CharField(max_length=64, blank=True, default="")
    parts = models.JSONField(default=dict)
    why = models.CharField(max_length=400, blank=True, default="")
    facts = models.JSONField(default=dict)
    pictures = models.TextField(blank=True, default="")
    failure = models.JSONField(null=True, blank=True)
    run = models.ForeignKey(Run, models.SET_NULL, related_name="recipe_steps", null=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recipe_run", "position"], name="one_step_a_position")]
        indexes = [models.Index(fields=["key", "state"], name="recipe_step_by_key")]

    def __str__(self) -> str:
        return f"{self.recipe_run_id} {self.name}"


class RecipeOutput(models.Model):
    """One thing that a step makes. `digest` is of all that decides it, so that the same is never made twice; `item`
    the rendered input it comes from, `values` what later steps take, {} until it is there. `origin` is the output it
    was taken over from. `made` is the digest of the file among the values. `request` and `attempts` are of work that is
    no render."""

    step = models.ForeignKey(RecipeStep, models.CASCADE, related_name="outputs")
    position = models.PositiveIntegerField()
    key = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10, default="running")
    item = models.ForeignKey(Item, models.SET_NULL, related_name="recipe_outputs", null=True)
    values = models.JSONField(default=dict)
    made = models.CharField(max_length=64, blank=True, default="")
    origin = models.ForeignKey("self", models.SET_NULL, related_name="taken_over", null=True)
    request = models.CharField(max_length=64, blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["step", "position"], name="one_output_a_position")]
        indexes = [
            models.Index(fields=["digest", "-id"], name="recipe_output_by_digest"),
            models.Index(fields=["made"], name="recipe_output_by_file"),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.key}"
