"""Runs of the evening, and what came of their steps."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('command', '0003_lapsed_orders'),
    ]

    operations = [
        migrations.CreateModel(
            name='EveningStep',
            fields=[
                ('pk', models.CompositePrimaryKey('run', 'step', blank=True, editable=False, primary_key=True, serialize=False)),
                ('run', models.UUIDField()),
                ('step', models.CharField(max_length=24)),
                ('number', models.SmallIntegerField()),
                ('code', models.CharField(blank=True, max_length=48)),
                ('params', models.JSONField()),
                ('seconds', models.FloatField()),
            ],
        ),
        migrations.CreateModel(
            name='Evening',
            fields=[
                ('run', models.UUIDField(primary_key=True, serialize=False)),
                ('campaign', models.CharField(max_length=60)),
                ('day', models.DateField()),
                ('state', models.CharField(max_length=8)),
                ('post_id', models.BigIntegerField()),
                ('asked_at', models.DateTimeField()),
                ('moved_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['day', 'moved_at'], name='evening_day')],
            },
        ),
    ]
