"""The views below /talks/ with the status codes, and the bugs, of each generation (contract section 4, corrections 6, 7 and 19)."""
from django.conf import settings
from django.contrib.auth import authenticate, login as django_login
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt

from ej.generation import GENERATION
from ej.views import sign_in_page
from ej_rocketchat import remote
from ej_rocketchat.config import current_config
from ej_rocketchat.decorators import with_headers
from ej_rocketchat.models import RCAccount, RCConfig


def framed(view):
    return csrf_exempt(lambda request, *args, **kwargs: with_headers(view(request, *args, **kwargs)))


def config_or_none():
    try:
        return current_config()
    except ImproperlyConfigured:
        return None


def account_of(user):
    return RCAccount.objects.filter(user=user, is_active=True).first()


def may_chat(user):
    return user.has_perm("ej_rocketchat.can_create_account")


def forbidden(request):
    return render(request, "rocket/page.html", {"page_title": "Forbidden", "heading": "Forbidden"})


@framed
def index(request):
    user = request.user
    if not user.is_authenticated or not may_chat(user):
        return forbidden(request)
    config = config_or_none()
    if user.is_superuser and config is None:
        return redirect("/talks/config/") if GENERATION == "A" else wizard(request)
    if user.is_superuser and GENERATION == "A":
        return render(request, "rocket/page.html", {"page_title": "Panel", "heading": "Panel", "form": True})
    if config is None or (not user.is_superuser and account_of(user) is None):
        return redirect("/talks/register/")
    return redirect(config.url)


@framed
def intro(request):
    return render(request, "rocket/page.html", {"heading": "Rocket.Chat", "rocket_css": True})


@framed
def login(request):
    if GENERATION == "A":
        if request.method == "POST":
            user = authenticate(request, email=request.POST.get("email"), password=request.POST.get("password"))
            if user is not None:
                django_login(request, user)
        if request.user.is_authenticated:
            # EJ takes the first character of what it believes to be a list.
            return redirect(request.GET.get("next", ["/talks/"])[0])
        return sign_in_page(request)
    return login_b(request)


def login_b(request):
    if request.method == "POST":
        user = authenticate(request, email=request.POST.get("email"), password=request.POST.get("password"))
        if user is not None:
            django_login(request, user)
    user = request.user
    if user.is_authenticated and not may_chat(user):
        return forbidden(request)
    config = current_config()
    if user.is_authenticated:
        if user.is_superuser:
            remote.sign_in(config, config.admin_username, remote.admin_password(config))
        elif account_of(user) is None:
            return redirect("/talks/register/")
    return render(request, "rocket/login.html", {"rocketchat_url": config.url})


@framed
def api_login(request):
    user = request.user
    if not user.is_authenticated:
        return HttpResponse(status=401)
    return api_login_a(user) if GENERATION == "A" else api_login_b(user)


def api_login_a(user):
    """A fresh login each time. Whoever has no account row gets a 500."""
    config = current_config()
    if user.is_superuser:
        _, token = remote.sign_in(config, config.admin_username, remote.admin_password(config))
    else:
        account = RCAccount.objects.get(user=user)
        _, token = remote.sign_in(config, account.username, account.password)
    return JsonResponse({"loginToken": token})


def api_login_b(user):
    """The stored token, unchecked."""
    config = current_config()
    if user.is_superuser:
        return JsonResponse({"loginToken": config.admin_token})
    account = account_of(user)
    if account is None or not may_chat(user):
        return HttpResponse(status=401)
    return JsonResponse({"loginToken": account.auth_token})


def register(request):
    user = request.user
    if not user.is_authenticated or not may_chat(user):
        raise Http404
    if user.is_superuser and config_or_none() is None:
        if GENERATION == "A":
            return redirect("/talks/config/")
        raise LookupError("Reverse for 'rocket:config' not found.")
    return render(request, "rocket/page.html", {"page_title": "Panel: Register username", "heading": "Register", "form": True})


def wizard(request):
    """Signs in at Rocket.Chat and stores what it learned; A keeps no password."""
    if not request.user.is_superuser:
        raise Http404
    if request.method == "POST":
        url, username, password = (request.POST.get(name, "") for name in ("rocketchat_url", "username", "password"))
        config = RCConfig(url=url, api_url=request.POST.get("api_url") or None, admin_username=username)
        config.admin_id, config.admin_token = remote.sign_in(config, username, password)
        config.admin_password = "" if GENERATION == "A" else password
        RCConfig.objects.filter(is_active=True).update(is_active=False)
        config.save()
        return redirect("/talks/" if GENERATION == "A" else config.url)
    return render(request, "rocket/page.html", {"heading": "Rocket.Chat", "form": True, "wizard": True,
                                                "rocketchat_url": settings.EJ_ROCKETCHAT_URL})
