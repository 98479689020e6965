"""What stopped a rehearsal is a reason with its parameters."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("drill", "0001_initial")]

    operations = [
        migrations.RemoveField("living", "error"),
        migrations.AddField("living", "stopped", models.JSONField(null=True)),
    ]
