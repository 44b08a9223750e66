"""What people said about a preset, a pair or a migration."""

from __future__ import annotations

from django.db import models

from presets_app.models.projects import Project


class Comment(models.Model):
    """`subject_kind` is preset, pair or migration; `subject` its slug or id."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="comments")
    subject_kind = models.CharField(max_length=12)
    subject = models.CharField(max_length=160)
    text = models.TextField()
    by = models.CharField(max_length=150)
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["project", "subject_kind", "subject", "id"], name="comment_of")]

    def __str__(self) -> str:
        return f"{self.by} on {self.subject_kind} {self.subject}"
