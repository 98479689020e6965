"""A campaign's day has an opening and a closing hour beside its cut-off."""

from datetime import time

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0002_policy_look")]

    operations = [
        migrations.AddField("campaign", "opening", models.TimeField(default=time(8))),
        migrations.AddField("campaign", "closing", models.TimeField(default=time(18))),
    ]
