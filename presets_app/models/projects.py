"""Projects, the people in them, and each person's own settings."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Project(models.Model):
    """A team's room. `indexed` is the Git commit up to which the tables here answer for the repository."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    local_only = models.BooleanField(default=False)
    demo = models.BooleanField(default=False)
    indexed = models.CharField(max_length=64, blank=True, default="")
    policy = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    ROLES = (("viewer", "viewer"), ("author", "author"), ("approver", "approver"), ("owner", "owner"))

    project = models.ForeignKey(Project, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=ROLES)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "user"], name="one_role_a_person")]

    def __str__(self) -> str:
        return f"{self.user} in {self.project}: {self.role}"


class Taste(models.Model):
    """How a person likes the pages."""

    THEMES = (("auto", "as the system"), ("light", "light"), ("dark", "dark"))

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="taste")
    theme = models.CharField(max_length=5, choices=THEMES, default="auto")

    def __str__(self) -> str:
        return f"{self.user}: {self.theme}"
