"""Boards: what a one-segment address may name."""
from django.db import models


class Board(models.Model):
    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=50)
