"""A session names the vaccines that it gives."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sites", "0003_slot_sizes")]

    operations = [
        migrations.AddField("session", "products", ArrayField(models.CharField(max_length=24), default=list)),
    ]
