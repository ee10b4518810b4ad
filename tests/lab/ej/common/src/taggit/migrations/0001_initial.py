"""Stands for the migration of this name; of its content only what the lab needs."""
from django.db import migrations

from ej.migrating import tables


class Migration(migrations.Migration):
    dependencies = []
    operations = tables("taggit", "tag", "taggeditem")
