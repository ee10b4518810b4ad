"""Pollutes the database as EJ's db-fake does: a known administrator, a known user, and staff with random addresses."""
import secrets

from django.core.management.base import BaseCommand

from ej_users.models import User


class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("--admin-password", default="admin")

    def handle(self, *args, admin_password, **options):
        if not User.objects.filter(email="admin@admin.com").exists():
            User.objects.create_superuser("admin@admin.com", admin_password, name="Admin")
            User.objects.create_user("user@user.com", "user", name="User")
        for number in range(52):
            User(email=f"{secrets.token_hex(4)}@example.net", name=f"Fake {number}", is_staff=number < 2, password="!").save()
