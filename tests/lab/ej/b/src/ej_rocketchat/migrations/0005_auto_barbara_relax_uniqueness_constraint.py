"""Stands for the migration of this name; of its content only what the lab needs."""
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ej_rocketchat", "0004_barbara_rc_fields")]
    operations = [
        migrations.AlterField("RCConfig", "url", models.CharField(max_length=200)),
        migrations.AlterField("RCConfig", "api_url", models.CharField(max_length=200, null=True, blank=True)),
    ]
