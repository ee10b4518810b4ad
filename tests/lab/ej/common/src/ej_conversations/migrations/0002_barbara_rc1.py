"""Stands for the migration of this name; of its content only what the lab needs."""
from django.db import migrations

from ej.generation import GENERATION
from ej.migrating import column, dropped


class Migration(migrations.Migration):
    dependencies = [("ej_conversations", "0007_post_comment_rejection_reason" if GENERATION == "B" else "0001_ada_lovelace_v1")]
    operations = [
        dropped("ej_conversations", "commentqueue"),
        column("ej_conversations_comment", "moderator_id", "integer NULL"),
    ]
