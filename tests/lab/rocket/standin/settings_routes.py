"""The REST routes of the settings (contract 3). Each read asks Mongo; each write goes to Mongo and to the server's memory."""
import json

from .reply import Reply


def page_limits(api, query):
    """(offset, count): default 50, cap 100, 0 means all. ValueError on what is no number."""
    remembered = api.store.remembered
    offset = int(query.get("offset") or 0)
    count = int(query["count"]) if query.get("count") else remembered("API_Default_Count", 50)
    cap = remembered("API_Upper_Count_Limit", 100)
    if count > cap:
        count = cap
    if count == 0 and not remembered("API_Allow_Infinite_Count", True):
        count = remembered("API_Default_Count", 50)
    return offset, count


def cleaned(query):
    """1.x to 6.x: operators other than $or, $and and $regex are dropped, so {"_id":{"$in":[...]}} finds nothing."""
    if isinstance(query, list):
        return [cleaned(part) for part in query]
    if not isinstance(query, dict):
        return query
    return {key: cleaned(value) for key, value in query.items() if not key.startswith("$") or key in ("$or", "$and", "$regex")}


def condition_of(api, query):
    """(Mongo condition, None) of the query string, or (None, the refusal)."""
    parts = []
    if "query" in query and api.facts.query != "ignored":
        if api.facts.query == "refused":
            return None, api.errors.failure("must NOT have additional properties", "invalid-params")
        try:
            wanted = json.loads(query["query"])
        except ValueError:
            return None, api.errors.failure('Invalid query parameter provided: "%s" [error-invalid-query]' % query["query"],
                                            "error-invalid-query")
        parts.append(cleaned(wanted) if api.facts.query == "clean" else wanted)
    if "_id" in query and api.facts.select_by_id:  # silently ignored before 7.0
        parts.append({"$or": [{"_id": name} for name in query["_id"].split(",")]})
    return ({"$and": parts} if parts else {}), None


def shown(api, doc, defaults=False):
    """One setting in a listing: a setting without a value has no `value` key, as in Mongo."""
    out = {key: doc[key] for key in ("_id", "value") if key in doc}
    if not api.facts.old:
        out["enterprise"] = bool(doc.get("enterprise"))
    if defaults and "packageValue" in doc:
        out["packageValue"] = doc["packageValue"]
    return out


def _list(api, request, only_public):
    condition, refusal = condition_of(api, request.query)
    if refusal:
        return refusal
    if only_public:
        condition = {"$and": [{"public": True}, condition]} if condition else {"public": True}
    offset, count = page_limits(api, request.query)
    found = api.store.find(condition)
    page = found[offset:offset + count] if count else found[offset:]
    defaults = api.facts.include_defaults and request.query.get("includeDefaults") == "true"
    return Reply(200, {"settings": [shown(api, doc, defaults) for doc in page], "count": len(page), "offset": offset,
                       "total": len(found), "success": True})


def public(api, request, _caller):
    return _list(api, request, only_public=True)


def listing(api, request, caller):
    return _list(api, request, only_public="view-privileged-setting" not in api.accounts.permissions(caller.user))


def get_one(api, _request, _caller, name):
    doc = api.store.find_one(name)
    if doc is None or doc.get("type") == "group":
        return Reply(200, {"success": True}) if api.facts.unknown_get_succeeds else api.errors.failure()
    body = {key: doc[key] for key in ("_id", "value") if key in doc}
    return Reply(200, dict(body, success=True))


def post_one(api, request, _caller, name):
    body = request.body()
    doc = api.store.find_one(name)
    if doc is None:
        return api.errors.failure("Cannot read property 'type' of undefined" if api.facts.old else None)
    if doc["type"] == "action" and isinstance(body, dict) and body.get("execute"):
        if doc.get("value") == "restart_server":
            api.restart()
        return Reply(200, {"success": True})
    if not isinstance(body, dict) or "value" not in body:
        return api.errors.failure("Match error: Missing key 'value'" if api.facts.old else None)
    if api.store.write(name, body["value"]) or (doc.get("blocked") and api.facts.blocked_post_lies):
        return Reply(200, {"success": True})
    return api.errors.failure()


def bulk(api, request, _caller):
    """8.x: all or none; the second factor has been asked whatever was remembered."""
    wanted = request.body().get("settings")
    if not isinstance(wanted, list) or not all(isinstance(item, dict) and "_id" in item and "value" in item for item in wanted):
        return api.errors.failure("must have required property 'settings'", "invalid-params")
    docs = [api.store.find_one(item["_id"]) for item in wanted]
    if not all(docs) or any(doc.get("blocked") for doc in docs):
        return api.errors.failure()
    for item in wanted:
        api.store.write(item["_id"], item["value"])
    return Reply(200, {"success": True})


def public_settings(api):
    """What a browser gets by the method public-settings/get: from Mongo, not from memory (contract 6.2)."""
    return [{key: doc.get(key) for key in ("_id", "value", "type")} for doc in api.store.find({"public": True})]


def call_anonymously(api, request, _caller, method):
    """DDP's call inside a POST: only the one method that a browser needs before it is logged in."""
    message = json.loads(request.body().get("message") or "{}")
    answer = {"msg": "result", "id": message.get("id")}
    if method in ("public-settings:get", "public-settings/get"):
        answer["result"] = public_settings(api)
    else:
        answer["error"] = {"isClientSafe": True, "error": 404, "reason": "Method '%s' not found" % method, "errorType": "Meteor.Error"}
    return Reply(200, {"message": json.dumps(answer, default=str), "success": "error" not in answer})
