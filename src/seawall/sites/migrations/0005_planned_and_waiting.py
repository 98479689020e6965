"""A slot keeps what was planned beside what it may take now; a session says how many may wait inside."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sites", "0004_session_products")]

    operations = [
        migrations.AddField("session", "most_waiting", models.SmallIntegerField(null=True)),
        migrations.AddField("slot", "planned", models.SmallIntegerField(default=0), preserve_default=False),
        migrations.RunSQL("UPDATE sites_slot SET planned = capacity", migrations.RunSQL.noop),
    ]
