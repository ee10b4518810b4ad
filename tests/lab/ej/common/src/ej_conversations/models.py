"""Conversations: the one table that the public pages list."""
from django.db import models


class Conversation(models.Model):
    title = models.CharField(max_length=255)
    is_promoted = models.BooleanField(default=False)
