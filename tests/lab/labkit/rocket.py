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
        "Accounts_AllowEmailChange": False, "Accounts_AllowPasswordChange": False,
        "Accounts_AllowAnonymousRead": False, "Show_Setup_Wizard": "completed", "Force_SSL": False}


def change(lab, settings):
    mongo_client.set_settings(lab.ports["mongo"], {name: {"value": value} for name, value in settings.items()})
    restart(lab)


def run_with(lab, *options):
    """Restarted with more of tests/lab/rocket/rocketchat's options; a later one of the same name counts. Without any: as the lab began."""
    lab.data["rocket_options"] = list(options)
    lab.save()
    restart(lab)


def restart(lab):
    if lab.has("rocketchat"):
        supervision.stop(lab, "rocketchat")
        services.start_rocketchat(lab)
        health.wait(lab, "rocketchat")


LAYOUT = {"Layout_Home_Body": "html", "theme-custom-css": "css", "Custom_Script_Logged_In": "js"}


def write_layout(lab):
    """DIR/layout: what Rocket.Chat shows, as files of a repository that was checked out on another system."""
    folder = lab.dir / "layout"
    folder.mkdir(exist_ok=True)
    lab.data["layout"] = {}
    for name, ending in LAYOUT.items():
        value = lab.data["layout"][name] = mongo_client.get_setting(lab.ports["mongo"], name)
        (folder / f"{name}.{ending}").write_bytes(value.replace("\n", "\r\n").encode() + b"\r\n")


def pin(lab, name, value, **marks):
    """What OVERWRITE_SETTING_<id> leaves in the setting's document."""
    change(lab, {name: value})
    mongo_client.set_setting(lab.ports["mongo"], name, None, valueSource="processEnvValue", **marks)


def tidy(lab):
    """Undoes what faults left in Mongo beside the settings' values."""
    port = lab.ports["mongo"]
    mongo_client.drop(port, "rocketchat_statistics")
    mongo_client.drop(port, "rocketchat_settings", "test")
    mongo_client.set_settings(port, {name: {"valueSource": "packageValue", "blocked": False, "hidden": False} for name in right_settings(lab)})


def restore(lab):
    if lab.has("rocketchat"):
        tidy(lab)
        lab.data["rocket_options"] = []
        change(lab, {**right_settings(lab), **lab.data.get("layout", {})})
