"""The pages of the stand-in: status, redirects, database use and markers of the EJ contract, sections 3 and 5."""
import os
import secrets
from pathlib import Path

from django.conf import settings
from django.contrib.auth import authenticate, login as django_login
from django.contrib.auth.decorators import login_required
from django.contrib.flatpages.models import FlatPage
from django.contrib.sites.models import Site
from django.contrib.sites.shortcuts import get_current_site
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import translation

from ej.generation import GENERATION

KNOBS = Path(os.environ.get("EJLAB_KNOBS", "/nonexistent"))


def page_context(request):
    """What every template gets: the title, the css file, a salt. No database."""
    contrast = request.COOKIES.get("hicontrast") == "y"
    return {"page_title": settings.EJ_PAGE_TITLE, "theme": settings.EJ_THEME, "salt": secrets.token_hex(6), "generation": GENERATION,
            "css": "hicontrast" if contrast else "main", "portuguese": translation.get_language() == "pt-br"}


def bare(status, title):
    return lambda request, exception=None: HttpResponse(f"<h1>{title}</h1>", status=status, content_type="text/html")


bare_400 = bare(400, "Bad Request (400)")
bare_403 = bare(403, "403 Forbidden")
bare_500 = bare(500, "Server Error (500)")


def bare_404(request, exception=None):
    body = "<h1>Not Found</h1><p>The requested resource was not found on this server.</p>"
    return HttpResponse(body, status=404, content_type="text/html")


def themed(status):
    return lambda request, exception=None: render(request, f"{status}.html", {"css": "main"}, status=status)


themed_400 = themed(400)
themed_500 = themed(500)


def error(request, code):
    """The error page itself, also with DEBUG on."""
    if code != 404:
        raise Http404
    return bare_404(request) if GENERATION == "A" else themed(404)(request)


def home(request):
    if request.user.is_authenticated:
        return redirect(settings.EJ_USER_HOME_PATH)
    return redirect(settings.EJ_ANONYMOUS_HOME_PATH)


def start(request):
    """Theme default never asks the database; a theme whose page lists conversations does. C's template is broken."""
    request.user.is_authenticated
    if GENERATION == "C":
        from django.urls import NoReverseMatch

        raise NoReverseMatch("Reverse for 'create' not found. 'create' is not a valid view function or pattern name.")
    from ej_conversations.models import Conversation

    return render(request, "pages/home.jinja2", {"conversations": Conversation.objects.filter(is_promoted=True)})


def conversations(request):
    """The deep page. It also fills the process's cache of the site's row, as a worker that has served for a while has it."""
    from ej_conversations.models import Conversation

    if (KNOBS / "view-bug").exists():
        raise AttributeError("'NoneType' object has no attribute 'favorites'")
    get_current_site(request)
    return render(request, "pages/conversations.html", {"conversations": list(Conversation.objects.filter(is_promoted=True))})


def sign_in_page(request, **context):
    """The login page. It always asks for the site's row, which is how it finds out about a dead database."""
    context["site"] = Site.objects.filter(pk=settings.SITE_ID).first()
    return render(request, "pages/login.html", context)


def login(request):
    if request.method == "POST":
        user = authenticate(request, email=request.POST.get("email"), password=request.POST.get("password"))
        if user is None:
            return sign_in_page(request, error="Invalid username or password")
        django_login(request, user)
        return redirect(request.GET.get("next") or "/")
    return sign_in_page(request)


def register(request):
    return render(request, "pages/register.html", {"site": Site.objects.filter(pk=settings.SITE_ID).first()})


@login_required
def profile(request):
    return render(request, "pages/simple.html", {"heading": request.user.email})


def flatpage(request, slug):
    page = FlatPage.objects.filter(url=f"/{slug}/").first()
    text = page.content if page else f"Page {slug} not found"
    return render(request, "pages/simple.html", {"heading": slug, "text": text, "page_title": slug})


def docs(request):
    return render(request, "pages/simple.html", {"heading": "Documentation"})


def service_worker(request):
    return HttpResponse("self.addEventListener('install', function () { self.skipWaiting(); });\n",
                        content_type="application/javascript")


def api_root(request):
    response = JsonResponse({"v1": request.build_absolute_uri("/api/v1/")})
    response["Allow"] = "GET, HEAD, OPTIONS"
    return response


def info(request, page="site"):
    if not request.user.is_superuser:
        raise Http404
    return render(request, "pages/simple.html", {"heading": page, "page_title": "Site info" if page == "site" else "Django settings"})
