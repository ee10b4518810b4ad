"""Stands for the migration of this name; of its content only what the lab needs."""
from django.db import migrations

from ej.migrating import dropped


class Migration(migrations.Migration):
    dependencies = [("ej_boards", "0001_ada_lovelace_v1")]
    operations = [dropped("ej_boards", "boardsubscription")]
