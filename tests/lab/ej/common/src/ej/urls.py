"""Routes of the stand-in. Importing this file waits for PostgreSQL, as importing EJ's urlconf does."""
from django.conf import settings
from django.contrib import admin
from django.contrib.staticfiles.urls import staticfiles_urlpatterns
from django.urls import include, path

from ej import env, views
from ej.generation import GENERATION
from ej.waiting import wait_for_database

wait_for_database()

ADMIN_URL = env.text("DJANGO_ADMIN_URL", "/admin/").strip("/")

urlpatterns = [
    path("", views.home),
    path("start/", views.start),
    path("conversations/", views.conversations),
    path("login/", views.login, name="login"),
    path("register/", views.register),
    path("profile/", views.profile),
    path("account/", views.profile),
    path("sw.js", views.service_worker),
    path("api/", views.api_root),
    path("error/<int:code>/", views.error),
    path("info/", views.info),
    path("info/<slug:page>/", views.info),
    path(f"{ADMIN_URL}/", admin.site.urls),
]
if GENERATION in "AB":
    urlpatterns += [path("docs/", views.docs)]
    urlpatterns += [path(f"{name}/", views.flatpage, {"slug": name}) for name in ("faq", "rules", "usage", "about-us")]
else:
    from ej import later

    urlpatterns += later.urlpatterns
if settings.EJ_ROCKETCHAT_INTEGRATION:
    urlpatterns += [path("talks/", include("ej_rocketchat.urls"))]
if settings.DEBUG:
    urlpatterns += staticfiles_urlpatterns()
    if GENERATION in "AB":
        urlpatterns += [path("roles/", views.docs)]
if GENERATION == "A":
    # The error templates of A stand where Django does not look: bare bodies of Django 2.2.
    handler400 = views.bare_400
    handler403 = views.bare_403
    handler404 = views.bare_404
    handler500 = views.bare_500
else:
    handler400 = views.themed_400
    handler500 = views.themed_500
