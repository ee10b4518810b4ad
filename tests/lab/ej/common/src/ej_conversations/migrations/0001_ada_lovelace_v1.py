"""Stands for the migration of this name; of its content only what the lab needs."""
from django.db import migrations, models

from ej.migrating import tables


class Migration(migrations.Migration):
    replaces = [
        ("ej_conversations", "0001_first_migration"), ("ej_conversations", "0002_conversation_tags"), ("ej_conversations", "0003_favorites"),
        ("ej_conversations", "0004_comment_queue"), ("ej_conversations", "0005_auto_20190701_1443")]
    dependencies = [("ej_boards", "0001_ada_lovelace_v1"), ("taggit", "0001_initial")]
    operations = [
        migrations.CreateModel("Conversation", [
            ("id", models.AutoField(primary_key=True)),
            ("title", models.CharField(max_length=255)),
            ("is_promoted", models.BooleanField(default=False)),
        ]),
        *tables("ej_conversations", "comment", "vote", "conversationtag", "favoriteconversation", "commentqueue"),
    ]
