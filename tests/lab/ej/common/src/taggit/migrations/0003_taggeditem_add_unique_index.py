"""Stands for the migration of this name; of its content only what the lab needs."""
from django.db import migrations

from ej.migrating import NOTHING


class Migration(migrations.Migration):
    dependencies = [("taggit", "0002_auto_20150616_2121")]
    operations = NOTHING
