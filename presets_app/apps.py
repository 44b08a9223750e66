"""The one Django app."""

from django.apps import AppConfig


class PresetsAppConfig(AppConfig):
    name = "presets_app"
    label = "presets_app"
    verbose_name = "Matchframe"
    default_auto_field = "django.db.models.BigAutoField"
