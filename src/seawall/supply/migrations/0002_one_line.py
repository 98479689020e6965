"""One line for a movement to or from a place that keeps no book, and no index that only a LIKE would use."""

from django.db import migrations

ONE_LINE = """
DELETE FROM supply_stockline l USING reference_place p
WHERE p.id = l.place_id AND p.kind IN ('maker', 'given', 'wasted', 'destroyed')
"""
UNUSED = "DROP INDEX IF EXISTS supply_pack_code_9957a59f_like, supply_lot_lot_8623f92c_like"


class Migration(migrations.Migration):

    dependencies = [
        ("supply", "0001_initial"),
        ("reference", "0003_city_folders"),
    ]

    operations = [
        migrations.RunSQL(ONE_LINE, migrations.RunSQL.noop, elidable=True),
        migrations.RemoveField(model_name="stockline", name="movement"),
        migrations.RunSQL(UNUSED, migrations.RunSQL.noop),
    ]
