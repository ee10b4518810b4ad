"""Stands for the migration of this name; of its content only what the lab needs."""
from django.db import migrations

SITE = {"domain": "ejplatform.org.br", "name": "EJ Platform"}


def name_the_site(apps, schema_editor):
    apps.get_model("sites", "Site").objects.update_or_create(pk=1, defaults=SITE)


class Migration(migrations.Migration):
    dependencies = [("sites", "0002_alter_domain_unique")]
    operations = [migrations.RunPython(name_the_site, migrations.RunPython.noop)]
