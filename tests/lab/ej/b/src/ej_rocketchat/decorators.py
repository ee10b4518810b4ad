"""The four headers that let Rocket.Chat embed a page. Generation B: HTTP_* settings replace whole values."""
from django.conf import settings

from ej_rocketchat.config import frame_ancestors, origin


def with_headers(response):
    allow_origin = settings.HTTP_ACCESS_CONTROL_ALLOW_ORIGIN
    frame_options = settings.HTTP_X_FRAME_OPTIONS
    if not (allow_origin and frame_options):
        rocketchat = origin()
        allow_origin = allow_origin or rocketchat
        frame_options = frame_options or f"allow-from {rocketchat}"
    response["Access-Control-Allow-Origin"] = allow_origin
    response["Access-Control-Allow-Credentials"] = settings.HTTP_ACCESS_CONTROL_ALLOW_CREDENTIALS or "true"
    response["Content-Security-Policy"] = settings.HTTP_CONTENT_SECURITY_POLICY or frame_ancestors()
    response["X-Frame-Options"] = frame_options
    return response
