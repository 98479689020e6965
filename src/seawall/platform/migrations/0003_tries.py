from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("platform", "0002_epochs_rounds_canaries")]

    operations = [
        migrations.CreateModel(
            name="Tries",
            fields=[
                ("who", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("tries", models.IntegerField()),
                ("until", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.RunSQL("ALTER TABLE platform_tries SET UNLOGGED", migrations.RunSQL.noop),
    ]
