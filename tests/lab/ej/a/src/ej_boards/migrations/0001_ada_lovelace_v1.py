"""Stands for the migration of this name; of its content only what the lab needs."""
from django.db import migrations, models

from ej.migrating import tables


class Migration(migrations.Migration):
    replaces = [("ej_boards", "0001_first_migration"), ("ej_boards", "0002_board_fields"), ("ej_boards", "0003_board_conversations")]
    dependencies = [("ej_users", "0001_ada_lovelace_v1")]
    operations = [
        migrations.CreateModel("Board", [
            ("id", models.AutoField(primary_key=True)),
            ("slug", models.SlugField(unique=True)),
            ("title", models.CharField(max_length=50)),
        ]),
        *tables("ej_boards", "boardsubscription"),
    ]
