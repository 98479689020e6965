import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reference', '0003_city_folders'),
    ]

    operations = [
        migrations.CreateModel(
            name='Supplier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lead_days', models.SmallIntegerField(default=1)),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(null=True)),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='reference.place')),
                ('supplier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reference.place')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('place', 'valid_from'), name='supplier_once'),
                    models.CheckConstraint(condition=models.Q(('place', models.F('supplier')), _negated=True), name='supplier_is_another'),
                ],
            },
        ),
        migrations.RunSQL(
            "INSERT INTO reference_supplier (place_id, supplier_id, lead_days, valid_from) "
            "SELECT id, parent_id, 1, '2020-01-01' FROM reference_place WHERE parent_id <> id",
            migrations.RunSQL.noop,
        ),
        migrations.RemoveField(model_name='place', name='parent'),
    ]
