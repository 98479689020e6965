"""A waiting line: numbers from a sequence, and one row that says how far they are let in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("platform", "0007_messages")]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE platform_turn", "DROP SEQUENCE platform_turn"),
        migrations.CreateModel(
            name="Line",
            fields=[
                ("line", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("admitted", models.FloatField()),
                ("pace", models.FloatField()),
                ("moved_at", models.DateTimeField()),
                ("opens_at", models.DateTimeField(null=True)),
                ("first", models.BigIntegerField()),
                ("last", models.BigIntegerField(null=True)),
                ("seed", models.BigIntegerField()),
            ],
        ),
    ]
