from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("command", "0001_initial")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Worth",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("content", models.JSONField()),
            ],
        ),
    ]
