"""Stands for the migration of this name; of its content only what the lab needs."""
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ej_users", "0001_ada_lovelace_v1")]
    operations = [migrations.AddField("User", "display_name", models.CharField(max_length=140, default=""))]
