"""Stands for the migration of this name; of its content only what the lab needs."""
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ej_users", "0001_ada_lovelace_v1")]
    operations = [
        migrations.CreateModel("RCConfig", [
            ("id", models.AutoField(primary_key=True)),
            ("url", models.CharField(max_length=200, unique=True)),
            ("api_url", models.CharField(max_length=200, unique=True, null=True, blank=True)),
            ("admin_username", models.CharField(max_length=50, default="")),
            ("admin_id", models.CharField(max_length=50, default="")),
            ("admin_token", models.CharField(max_length=50, default="")),
            ("is_active", models.BooleanField(default=True)),
        ]),
        migrations.CreateModel("RCAccount", [
            ("id", models.AutoField(primary_key=True)),
            ("user", models.OneToOneField("ej_users.User", models.CASCADE, related_name="rocketchat_account")),
            ("username", models.CharField(max_length=50, unique=True)),
            ("user_rc_id", models.CharField(max_length=50)),
            ("auth_token", models.CharField(max_length=50, default="")),
            ("password", models.CharField(max_length=50, default="")),
            ("is_active", models.BooleanField(default=True)),
        ], options={"permissions": [("can_create_account", "Can create a Rocket.Chat account")]}),
    ]
