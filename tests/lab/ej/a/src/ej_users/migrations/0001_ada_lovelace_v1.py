"""Stands for the migration of this name; of its content only what the lab needs."""
from django.db import migrations, models
import django.utils.timezone

from ej.migrating import tables


class Migration(migrations.Migration):
    replaces = [("ej_users", "0001_first_migration"), ("ej_users", "0002_user_names"), ("ej_users", "0003_password_tokens")]
    dependencies = [("auth", "0011_update_proxy_permissions")]
    operations = [
        migrations.CreateModel("User", [
            ("id", models.AutoField(primary_key=True)),
            ("password", models.CharField(max_length=128)),
            ("last_login", models.DateTimeField(null=True, blank=True)),
            ("is_superuser", models.BooleanField(default=False)),
            ("email", models.EmailField(unique=True, max_length=254)),
            ("name", models.CharField(max_length=140, default="")),
            ("is_staff", models.BooleanField(default=False)),
            ("is_active", models.BooleanField(default=True)),
            ("date_joined", models.DateTimeField(default=django.utils.timezone.now)),
            ("groups", models.ManyToManyField("auth.Group", blank=True)),
            ("user_permissions", models.ManyToManyField("auth.Permission", blank=True)),
        ]),
        *tables("ej_users", "passwordresettoken"),
    ]
