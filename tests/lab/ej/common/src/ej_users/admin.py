"""Users in Django's admin."""
from django.contrib import admin

from ej_users.models import User

admin.site.register(User)
