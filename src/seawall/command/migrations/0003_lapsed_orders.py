"""Orders may lapse with their day, with what was reached of them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("command", "0002_worth")]

    operations = [
        migrations.AddField("order", "lapsed_at", models.DateTimeField(null=True)),
        migrations.AddField("order", "reached", models.IntegerField(null=True)),
        migrations.RemoveIndex("order", "order_open"),
        migrations.AddIndex(
            "order",
            models.Index(
                condition=models.Q(("state__in", ["verified", "lapsed"]), _negated=True),
                fields=["due_at"],
                name="order_open",
            ),
        ),
    ]
