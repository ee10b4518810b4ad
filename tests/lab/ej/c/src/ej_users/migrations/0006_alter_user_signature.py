"""Stands for the migration of this name; of its content only what the lab needs."""
from django.db import migrations

from ej.migrating import NOTHING


class Migration(migrations.Migration):
    dependencies = [("ej_users", "0002_barbara_rc1")]
    operations = NOTHING
