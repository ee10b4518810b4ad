"""Stands for the migration of this name; of its content only what the lab needs."""
from django.db import migrations

from ej.migrating import column


class Migration(migrations.Migration):
    dependencies = [("ej_profiles", "0001_ada_lovelace_v1")]
    operations = [column("ej_profiles_profile", "ethnicity_choices")]
