"""The two tables of the Rocket.Chat integration. Uniqueness of url and api_url is generation A's; B relaxed it."""
from django.conf import settings
from django.db import models

from ej.generation import GENERATION


class RCConfig(models.Model):
    url = models.CharField(max_length=200, unique=GENERATION == "A")
    api_url = models.CharField(max_length=200, unique=GENERATION == "A", null=True, blank=True)
    admin_username = models.CharField(max_length=50, default="")
    admin_id = models.CharField(max_length=50, default="")
    admin_token = models.CharField(max_length=50, default="")
    admin_password = models.CharField(max_length=50, default="")
    is_active = models.BooleanField(default=True)


class RCAccount(models.Model):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="rocketchat_account")
    username = models.CharField(max_length=50, unique=True)
    user_rc_id = models.CharField(max_length=50)
    auth_token = models.CharField(max_length=50, default="")
    password = models.CharField(max_length=50, default="")
    is_active = models.BooleanField(default=True)

    class Meta:
        permissions = [("can_create_account", "Can create a Rocket.Chat account")]
