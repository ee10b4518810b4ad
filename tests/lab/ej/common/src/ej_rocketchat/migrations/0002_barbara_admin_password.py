"""Stands for the migration of this name; of its content only what the lab needs."""
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ej_rocketchat", "0001_initial")]
    operations = [migrations.AddField("RCConfig", "admin_password", models.CharField(max_length=50, default=""))]
