from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('supply', '0009_asks_and_offers'),
    ]

    operations = [
        migrations.AddField(
            model_name='pick',
            name='asked_at',
            field=models.DateTimeField(null=True),
        ),
    ]
