"""Stands for the migration of this name; of its content only what the lab needs."""
from django.db import migrations

from ej.migrating import NOTHING


class Migration(migrations.Migration):
    dependencies = [("account", "0001_initial")]
    operations = NOTHING
