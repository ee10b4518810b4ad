"""Stands for the migration of this name; of its content only what the lab needs."""
from django.db import migrations

from ej.migrating import NOTHING


class Migration(migrations.Migration):
    dependencies = [("sites", "0003_set_site_domain_and_name")]
    operations = NOTHING
