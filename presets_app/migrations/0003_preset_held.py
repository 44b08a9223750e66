from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("presets_app", "0002_input_drafts")]

    operations = [
        migrations.AddField(
            model_name="preset",
            name="held",
            field=models.JSONField(blank=True, default=dict),
        ),
    ]
