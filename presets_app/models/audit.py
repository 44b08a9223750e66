"""What happened, who did it and why; only ever added to."""

from __future__ import annotations

from django.db import models

from presets_app.models.projects import Project


class AuditEvent(models.Model):
    """`commit` is the Git commit that the event tells of, "" for what leaves no commit; names are kept as text so
    that the line survives the people and things it names."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="events")
    verb = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=30)
    subject = models.CharField(max_length=160)
    subject_name = models.CharField(max_length=200, blank=True, default="")
    by = models.CharField(max_length=150)
    by_name = models.CharField(max_length=200)
    reason = models.TextField(blank=True, default="")
    detail = models.JSONField(default=dict)
    commit = models.CharField(max_length=64, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["project", "-id"], name="audit_newest"),
            models.Index(fields=["project", "subject_kind", "subject", "-id"], name="audit_of"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "commit"], condition=~models.Q(commit=""), name="one_event_a_commit"
            )
        ]

    def __str__(self) -> str:
        return f"{self.by} {self.verb} {self.subject}"
