"""REST routes about the server and its users: info, login, logout, me, tokens, users (contract 1 and 2). Settings are elsewhere."""
from .accounts import Refused
from .reply import Reply


def info(api, _request, caller):
    """Old: the full version under `info`. New: two components on top, the rest only for those who may see statistics."""
    facts = api.facts
    full = {"version": facts.version, "build": {"platform": "linux", "arch": "x64"}, "commit": {"hash": "0" * 40}}
    privileged = caller is not None and "view-statistics" in api.accounts.permissions(caller.user)
    if facts.info_full_version:
        return Reply(200, {"info": full if privileged else {"version": facts.version}, "success": True})
    body = {"version": facts.version if privileged else facts.short_version,
            "minimumClientVersions": {"desktop": "3.9.6", "mobile": "4.39.0"}, "success": True}
    if privileged:
        body["info"] = full
    return Reply(200, body)


def public_user(user):
    """A user document as REST shows it."""
    shown = {key: user.get(key) for key in ("_id", "username", "name", "emails", "type", "status", "active", "roles", "utcOffset")}
    shown["statusConnection"] = "offline"
    return shown


def login(api, request, _caller):
    """What Meteor's login throws is a 401; what the handler cannot read is a 400."""
    try:
        user, token = api.accounts.login(request.body(), api.client_ip(request), request.headers.get("x-2fa-code"))
    except Refused as refused:
        return api.errors.login_refused(refused)
    data = {"userId": user["_id"], "authToken": token}
    if api.facts.login_tells_me:
        data["me"] = public_user(user)
    body = {"status": "success", "data": data}
    if api.facts.hono:
        body["success"] = True
    return Reply(200, body)


def logout(api, _request, caller):
    api.accounts.logout(caller)
    body = {"status": "success", "data": {"message": "You've been logged out!"}}
    if api.facts.hono:
        body["success"] = True
    return Reply(200, body)


def me(api, request, caller):
    shown = public_user(caller.user)
    shown.update(email=caller.user["emails"][0]["address"], settings={"preferences": {}}, success=True)
    if not api.facts.old:
        shown["avatarUrl"] = "/avatar/" + caller.user["username"]
    return Reply(200, shown)


def new_access_token(api, request, caller):
    body = request.body()
    name = body.get("tokenName")
    if not name:
        return api.errors.failure("The 'tokenName' param is required")
    if any(entry.get("name") == name for entry in api.accounts.tokens(caller.user)):
        raise Refused("error-token-already-exists", "A token with this name already exists")
    token = api.accounts.issue(caller.user, type="personalAccessToken", name=name, lastTokenPart="hidden",
                               bypassTwoFactor=bool(body.get("bypassTwoFactor")))
    return Reply(200, {"token": token, "success": True})


def users_create(api, request, _caller):
    body = request.body()
    for field in ("email", "name", "password", "username"):
        if not body.get(field):
            return api.errors.failure("Match error: Missing key '%s'" % field)
    if api.accounts.find(username=body["username"]):
        raise Refused("error-field-unavailable", "%s is already in use :(" % body["username"])
    if api.accounts.find_by_email(body["email"]):
        raise Refused("error-field-unavailable", "%s is already in use :(" % body["email"])
    user = api.accounts.add(body["username"], body["password"], body["email"], body["name"], body.get("roles") or ["user"])
    return Reply(200, {"user": public_user(user), "success": True})


def users_update(api, request, _caller):
    body = request.body()
    user = api.accounts.find(_id=body.get("userId"))
    if user is None:
        raise Refused("error-invalid-user", "The required \"userId\" or \"username\" param provided does not match any users")
    data = body.get("data") or {}
    change = {key: data[key] for key in ("name", "username", "active", "roles") if key in data}
    if "email" in data:
        change["emails"] = [{"address": data["email"], "verified": bool(data.get("verified"))}]
    api.accounts.update(user, change)
    if data.get("password"):
        api.accounts.set_password(user, data["password"])
    return Reply(200, {"user": public_user(api.accounts.find(_id=user["_id"])), "success": True})


def users_info(api, request, _caller):
    if request.query.get("userId"):
        user = api.accounts.find(_id=request.query["userId"])
    else:
        user = api.accounts.find(username=request.query.get("username"))
    if user is None:
        raise Refused("error-invalid-user", "The required \"userId\" or \"username\" param provided does not match any users")
    return Reply(200, {"user": public_user(user), "success": True})


def users_list(api, _request, _caller):
    users = [public_user(user) for user in api.store.ask(lambda db: list(db.users.find({})))]
    return Reply(200, {"users": users, "count": len(users), "offset": 0, "total": len(users), "success": True})
