from django.db import migrations

from ej.migrating import NOTHING


class Migration(migrations.Migration):
    dependencies = [("ej_conversations", "0006_comment_rejection_reason")]
    operations = NOTHING
