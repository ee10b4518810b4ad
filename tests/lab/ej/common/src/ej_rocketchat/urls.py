"""Routes below /talks/. Generation A has the wizard at config/, B inside /talks/ itself."""
from django.urls import path

from ej.generation import GENERATION
from ej_rocketchat import views

app_name = "rocket"
urlpatterns = [
    path("", views.index),
    path("intro/", views.intro),
    path("login/", views.login),
    path("api-login/", views.api_login),
    path("register/", views.register),
]
if GENERATION == "A":
    urlpatterns += [path("config/", views.wizard, name="config")]
