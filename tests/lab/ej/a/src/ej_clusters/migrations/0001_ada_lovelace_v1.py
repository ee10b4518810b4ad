"""Stands for the migration of this name; of its content only what the lab needs."""
from django.db import migrations

from ej.migrating import tables


class Migration(migrations.Migration):
    replaces = [("ej_clusters", "0001_first_migration"), ("ej_clusters", "0002_stereotypes")]
    dependencies = [("ej_conversations", "0001_ada_lovelace_v1")]
    operations = tables("ej_clusters", "clusterization", "cluster", "stereotype", "stereotypevote")
