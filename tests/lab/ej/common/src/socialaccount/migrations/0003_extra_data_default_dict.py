from django.db import migrations

from ej.migrating import NOTHING


class Migration(migrations.Migration):
    dependencies = [("socialaccount", "0002_token_max_lengths")]
    operations = NOTHING
