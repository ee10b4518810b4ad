"""Routes that only generation C has."""
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.urls import path


@login_required
def administration(request):
    return HttpResponse()


def sign_in(request):
    return HttpResponse(f"<title>Sign In</title><input type='hidden' name='csrfmiddlewaretoken' value='{get_token(request)}'>")


def board(request, slug):
    """Any one-segment path is a route, so that it gets its slash; the board itself is looked up outside (middleware.BoardFallback)."""
    raise Http404


def rest(status, body, allow, **headers):
    def view(request):
        response = JsonResponse(body, status=status)
        response["Allow"] = allow
        for name, value in headers.items():
            response[name.replace("_", "-")] = value
        return response

    return view


urlpatterns = [
    path("administration/", administration),
    path("accounts/login/", sign_in),
    path("api/v1/", rest(200, {}, "GET, HEAD, OPTIONS")),
    path("rest-auth/login/", rest(405, {"detail": 'Method "GET" not allowed.'}, "POST, OPTIONS")),
    path("rest-auth/user/", rest(401, {"detail": "Authentication credentials were not provided."},
                                 "GET, PUT, PATCH, HEAD, OPTIONS", WWW_Authenticate="Token")),
    path("<slug:slug>/", board),
]
