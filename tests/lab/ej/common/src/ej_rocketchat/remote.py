"""The few calls that EJ makes to Rocket.Chat's REST API."""
import requests
from django.conf import settings

TIMEOUT = 10


def base(config):
    url = config.api_url or config.url
    return (url if "://" in url else f"http://{url}").rstrip("/")


def sign_in(config, username, password):
    """The (user id, token) of a fresh login; an HTTP or network error is the caller's."""
    answer = requests.post(f"{base(config)}/api/v1/login", json={"username": username, "password": password}, timeout=TIMEOUT)
    answer.raise_for_status()
    data = answer.json()["data"]
    return data["userId"], data["authToken"]


def admin_password(config):
    """A's wizard stores no password; then the environment's, else an empty one, is what EJ sends."""
    return config.admin_password or settings.EJ_ROCKETCHAT_ADMIN_PASSWORD
