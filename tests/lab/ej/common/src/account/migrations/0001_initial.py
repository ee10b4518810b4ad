from django.db import migrations

from ej.migrating import tables


class Migration(migrations.Migration):
    dependencies = []
    operations = tables("account", "emailaddress", "emailconfirmation")
