"""Facts of a closing are those of a campaign; the city closes a day for each."""

from django.db import migrations, models

LAST = "(SELECT code FROM campaigns_campaign ORDER BY opens DESC, id DESC LIMIT 1)"


def keyed(table, *key):
    """The campaign becomes the first column of a table's key; rows of before belong to the campaign that opened last."""
    return f"""
        ALTER TABLE {table} ADD COLUMN campaign varchar(60);
        UPDATE {table} SET campaign = coalesce({LAST}, '');
        ALTER TABLE {table} ALTER COLUMN campaign SET NOT NULL;
        ALTER TABLE {table} DROP CONSTRAINT {table}_pkey, ADD PRIMARY KEY (campaign, {", ".join(key)});
    """


def composite(*names):
    return models.CompositePrimaryKey(*names, blank=True, editable=False, primary_key=True, serialize=False)


GIVEN = ("closing_day", "own_day", "leaf_id", "place_id", "campaign_group", "product", "dose_rank")
COUNTS = ("population", "eligible", "started", "complete", "later_due", "later_overdue", "deferred", "contraindicated")


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial"), ("campaigns", "0003_day_hours")]

    operations = [
        migrations.RemoveIndex("given", "given_own_day"),
        migrations.SeparateDatabaseAndState(
            [
                migrations.RunSQL(keyed("reports_given", *GIVEN)),
                migrations.RunSQL(keyed("reports_standing", "day", "leaf_id", "campaign_group")),
                migrations.RunSQL(keyed("reports_dispatch", "day")),
                migrations.RunSQL(f"""
                    ALTER TABLE reports_closing ADD COLUMN act uuid;
                    UPDATE reports_closing SET act = gen_random_uuid();
                    UPDATE reports_closing c SET act = a.act FROM platform_act a WHERE c.level = 'city'
                      AND a.owner_kind = 'city' AND a.owner_id = 0 AND a.verb = 'city_day_close' AND a.refusal = ''
                      AND a.occurred_at = c.closed_at;
                    ALTER TABLE reports_closing ALTER COLUMN act SET NOT NULL;
                    UPDATE reports_closing SET ref_id = (SELECT id FROM campaigns_campaign WHERE code = {LAST})
                    WHERE level = 'city' AND EXISTS (SELECT 1 FROM campaigns_campaign);
                """),
            ],
            [
                *(migrations.DeleteModel(name) for name in ("Given", "Standing", "Dispatch", "Closing")),
                migrations.CreateModel(
                    "Given",
                    [
                        ("pk", composite("campaign", *GIVEN)),
                        ("campaign", models.CharField(max_length=60)),
                        ("closing_day", models.DateField()),
                        ("own_day", models.DateField()),
                        ("leaf_id", models.BigIntegerField()),
                        ("place_id", models.BigIntegerField()),
                        ("campaign_group", models.CharField(max_length=24)),
                        ("product", models.CharField(max_length=24)),
                        ("dose_rank", models.SmallIntegerField()),
                        ("doses", models.IntegerField()),
                    ],
                ),
                migrations.CreateModel(
                    "Standing",
                    [
                        ("pk", composite("campaign", "day", "leaf_id", "campaign_group")),
                        ("campaign", models.CharField(max_length=60)),
                        ("day", models.DateField()),
                        ("leaf_id", models.BigIntegerField()),
                        ("campaign_group", models.CharField(max_length=24)),
                        *((name, models.IntegerField()) for name in COUNTS),
                    ],
                ),
                migrations.CreateModel(
                    "Dispatch",
                    [
                        ("pk", composite("campaign", "day")),
                        ("campaign", models.CharField(max_length=60)),
                        ("day", models.DateField()),
                        ("made_at", models.DateTimeField()),
                        ("content", models.JSONField()),
                        ("released_at", models.DateTimeField(null=True)),
                        ("released_by", models.BigIntegerField(null=True)),
                    ],
                ),
                migrations.CreateModel(
                    "Closing",
                    [
                        ("pk", composite("level", "ref_id", "day")),
                        ("level", models.CharField(max_length=8)),
                        ("ref_id", models.BigIntegerField()),
                        ("day", models.DateField()),
                        ("act", models.UUIDField()),
                        ("post_id", models.BigIntegerField()),
                        ("closed_at", models.DateTimeField()),
                        ("missing", models.JSONField(default=list)),
                    ],
                    options={"indexes": [models.Index(fields=["level", "day"], name="closing_level_day")]},
                ),
            ],
        ),
        migrations.AddIndex("given", models.Index(fields=["campaign", "own_day"], name="given_own_day")),
    ]
