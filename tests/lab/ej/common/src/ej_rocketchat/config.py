"""Which Rocket.Chat the process talks to: the active row of the database, else the environment (B only), else none."""
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from ej.generation import GENERATION
from ej_rocketchat.models import RCConfig


def current_config():
    """The active row; MultipleObjectsReturned and database errors go through to the caller, on purpose."""
    try:
        return RCConfig.objects.get(is_active=True)
    except RCConfig.DoesNotExist:
        pass
    if GENERATION == "B":
        s = settings
        names = (s.EJ_ROCKETCHAT_URL, s.EJ_ROCKETCHAT_ADMIN_USERNAME, s.EJ_ROCKETCHAT_ADMIN_ID, s.EJ_ROCKETCHAT_ADMIN_PASSWORD,
                 s.EJ_ROCKETCHAT_AUTH_TOKEN)
        if all(names):
            return RCConfig(url=names[0], api_url=s.EJ_ROCKETCHAT_API_URL or None, admin_username=names[1], admin_id=names[2],
                            admin_password=names[3], admin_token=names[4])
    raise ImproperlyConfigured("RocketChat settings were not configured.")


def origin():
    """For ACAO and X-Frame-Options: the row wins over the environment."""
    try:
        return current_config().url
    except ImproperlyConfigured:
        return settings.EJ_ROCKETCHAT_URL or "http://localhost:3000"


def frame_ancestors():
    hosts = list(dict.fromkeys(settings.CSRF_TRUSTED_ORIGINS))
    return "frame-ancestors " + " ".join(hosts + settings.CONTENT_SECURITY_POLICY_FRAME_ANCESTORS)
