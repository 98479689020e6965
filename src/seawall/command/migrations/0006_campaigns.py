"""Orders and alerts of one campaign, or of all; what coverage was worth, by campaign."""

from django.db import migrations, models

WORTH = """
    ALTER TABLE command_worth ADD COLUMN campaign varchar(60);
    UPDATE command_worth SET campaign = coalesce((SELECT code FROM campaigns_campaign ORDER BY opens DESC, id DESC LIMIT 1), '');
    ALTER TABLE command_worth ALTER COLUMN campaign SET NOT NULL;
    ALTER TABLE command_worth DROP CONSTRAINT command_worth_pkey, ADD PRIMARY KEY (campaign, day);
"""


class Migration(migrations.Migration):
    dependencies = [("command", "0005_evidence_and_owners"), ("campaigns", "0003_day_hours")]

    operations = [
        migrations.AddField("order", "campaign", models.CharField(blank=True, db_default="", max_length=60)),
        migrations.AddField("alert", "campaign", models.CharField(blank=True, db_default="", max_length=60)),
        migrations.RemoveConstraint("alert", "alert_open_once"),
        migrations.AddConstraint(
            "alert",
            models.UniqueConstraint(
                condition=models.Q(("closed_on", None)),
                fields=("campaign", "code", "unit_id", "site_id"),
                name="alert_open_once",
                nulls_distinct=False,
            ),
        ),
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(WORTH)],
            [
                migrations.DeleteModel("Worth"),
                migrations.CreateModel(
                    "Worth",
                    [
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "campaign", "day", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("campaign", models.CharField(max_length=60)),
                        ("day", models.DateField()),
                        ("content", models.JSONField()),
                    ],
                ),
            ],
        ),
    ]
