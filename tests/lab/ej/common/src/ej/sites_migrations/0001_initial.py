"""Stands for the migration of this name; of its content only what the lab needs."""
from importlib import import_module

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = []
    operations = import_module("django.contrib.sites.migrations.0001_initial").Migration.operations
