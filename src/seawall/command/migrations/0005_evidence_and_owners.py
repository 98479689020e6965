"""Orders keep the evidence of their execution; alerts have somebody who took them on, and what was said at their close."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("command", "0004_evenings")]

    operations = [
        migrations.AddField("order", "evidence", models.CharField(blank=True, db_default="", max_length=200)),
        migrations.AddField("alert", "taken_by", models.BigIntegerField(null=True)),
        migrations.AddField("alert", "taken_at", models.DateTimeField(null=True)),
        migrations.AddField("alert", "note", models.CharField(blank=True, db_default="", max_length=200)),
        migrations.AddIndex(
            "order",
            models.Index(
                condition=models.Q(("state__in", ["verified", "lapsed"]), _negated=True),
                fields=["unit_id", "site_id", "post_id"],
                name="order_inbox",
            ),
        ),
    ]
