import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clinic', '0007_call_backs'),
    ]

    operations = [
        migrations.RenameField(
            model_name='correction',
            old_name='used',
            new_name='put_back',
        ),
        migrations.AddField(
            model_name='reversal',
            name='dose_number',
            field=models.SmallIntegerField(default=1),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='reversal',
            name='override_codes',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=48), default=list, size=None),
        ),
        migrations.AddField(
            model_name='reversal',
            name='override_reason',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='reversal',
            name='route',
            field=models.CharField(default='', max_length=12),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='reversal',
            name='volume_ml',
            field=models.FloatField(default=0.0),
            preserve_default=False,
        ),
    ]
