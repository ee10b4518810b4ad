"""Stands for the migration of this name; of its content only what the lab needs."""
from django.db import migrations

from ej.migrating import tables


class Migration(migrations.Migration):
    replaces = [("ej_profiles", "0001_first_migration"), ("ej_profiles", "0002_profile_fields"), ("ej_profiles", "0003_profile_photo")]
    dependencies = [("ej_users", "0001_ada_lovelace_v1")]
    operations = tables("ej_profiles", "profile", columns="id integer PRIMARY KEY, state varchar(3)")
