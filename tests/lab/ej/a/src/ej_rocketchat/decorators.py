"""The four headers that let Rocket.Chat embed a page. Generation A: nothing overrides them."""
from ej_rocketchat.config import frame_ancestors, origin


def with_headers(response):
    rocketchat = origin()
    response["Access-Control-Allow-Origin"] = rocketchat
    response["Access-Control-Allow-Credentials"] = "true"
    response["Content-Security-Policy"] = frame_ancestors()
    response["X-Frame-Options"] = f"allow-from {rocketchat}"
    return response
