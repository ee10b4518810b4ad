"""The lab's Rocket.Chat: who is known there, and its settings, changed where it keeps them: in Mongo. It reads them when it starts."""
import json
import urllib.request

from labkit import health, mongo_client, services, supervision


# The users that tests/lab/rocket/rocketchat makes on an empty database.
USERS = {"admin": ("admin", "fake-admin-password"), "user": ("ejuser", "fake-user-password")}


def credentials(lab):
    """What EJ would know of these users: {who: {username, password, id, token}}; made up when there is no Rocket.Chat."""
    known = {}
    for who, (username, password) in USERS.items():
        known[who] = {"username": username, "password": password, "id": f"{who}-id", "token": f"{who}-token"}
        if lab.has("rocketchat"):
            request = urllib.request.Request(f"{lab.url('rocketchat')}/api/v1/login", method="POST", headers={"Content-Type": "application/json"},
                                             data=json.dumps({"username": username, "password": password}).encode())
            data = json.load(urllib.request.urlopen(request, timeout=20))["data"]
            known[who].update(id=data["userId"], token=data["authToken"])
    return known


def right_settings(lab):
    """What the deployment guide's section "Configuring Rocket.Chat" makes an administrator set for this lab's EJ."""
    ej = lab.url("nginx")
    return {
        "Site_Url": lab.url("rocketchat"), "Accounts_iframe_enabled": True, "Accounts_iframe_url": f"{ej}/talks/login/?next=/talks/",
        "Accounts_Iframe_api_url": f"{ej}/talks/api-login/", "Accounts_Iframe_api_method": "POST", "Accounts_AllowUsernameChange": False,
        "Accounts_AllowEmailChange": False, "Accounts_AllowPasswordChange": False}


def change(lab, settings):
    for name, value in settings.items():
        mongo_client.set_setting(lab.ports["mongo"], name, value)
    restart(lab)


def restart(lab):
    if lab.has("rocketchat"):
        supervision.stop(lab, "rocketchat")
        services.start_rocketchat(lab)
        health.wait(lab, "rocketchat")


def restore(lab):
    if lab.has("rocketchat"):
        change(lab, right_settings(lab))
