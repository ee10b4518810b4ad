"""The outer middleware of the stand-in: boards as one-segment paths, the open answers of generation C, and the lab's knobs."""
import os
import time
from pathlib import Path

from django.http import Http404, HttpResponse
from django.utils.cache import patch_vary_headers

from ej.generation import GENERATION


class LabKnobs:
    """Not of EJ: a file `slow` below $EJLAB_KNOBS, "SECONDS [PATH]", makes every answer wait so long, or those of one path (fault web-slow)."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.slow = Path(os.environ.get("EJLAB_KNOBS", "/nonexistent"), "slow")

    def __call__(self, request):
        try:
            seconds, _, path = self.slow.read_text().partition(" ")
            if path in ("", request.path):
                time.sleep(float(seconds))
        except (OSError, ValueError):
            pass
        return self.get_response(request)


class BoardFallback:
    """A 404 of one segment may be a board's name. When it is none, the 404 is raised out here, past every header layer."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        segment = request.path_info.strip("/")
        if response.status_code != 404 or not segment or "/" in segment:
            return response
        if GENERATION == "C":
            from ej_boards.models import Board

            Board.objects.filter(slug=segment).first()
        raise Http404(f"no board named {segment}")


class ForeignOrigin:
    """Generation C answers every preflight, and names no foreign origin."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in request.META:
            response = HttpResponse()
            response["Content-Length"] = "0"
        else:
            response = self.get_response(request)
        patch_vary_headers(response, ["Origin"])
        return response
