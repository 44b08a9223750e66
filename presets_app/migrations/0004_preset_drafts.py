import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("presets_app", "0003_preset_held")]

    operations = [
        migrations.CreateModel(
            name="PresetDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=80)),
                ("by", models.CharField(max_length=150)),
                ("text", models.TextField()),
                ("raw", models.BooleanField(default=False)),
                ("base", models.CharField(max_length=64)),
                ("changed_at", models.DateTimeField(auto_now=True)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="preset_drafts",
                        to="presets_app.project",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("project", "slug", "by"), name="one_draft_a_person"),
                ],
            },
        ),
    ]
