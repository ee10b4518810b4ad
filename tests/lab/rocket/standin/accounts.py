"""Users, login, tokens and the second factor (contract 2), kept in Mongo's `users` as the real server does; no HTTP here."""
import base64
import datetime
import hashlib
import os
import random
import secrets
import string
import threading

from .limiter import FailedLogins

ADMIN_PERMISSIONS = {"view-privileged-setting", "edit-privileged-setting", "view-statistics", "create-user", "edit-other-user-info",
                     "view-full-other-user-info", "create-personal-access-tokens", "api-bypass-rate-limit"}
USER_PERMISSIONS = {"create-personal-access-tokens"}
ID_LETTERS = "23456789ABCDEFGHJKLMNPQRSTWXYZabcdefghijkmnopqrstuvwxyz"  # Meteor's Random.id
ID_RANDOM = random.SystemRandom()


def new_id():
    return "".join(ID_RANDOM.choice(ID_LETTERS) for _ in range(17))


def token_hash(token):
    return base64.b64encode(hashlib.sha256(token.encode()).digest()).decode()


def password_digest(password):
    return hashlib.sha256(password.encode()).hexdigest()


def stored_password(digest):
    """Stands where the real server has bcrypt of the same digest; slowness is not what the lab is after."""
    salt = secrets.token_hex(4)
    return "lab$%s$%s" % (salt, hashlib.sha256((salt + digest).encode()).hexdigest())


def password_matches(stored, digest):
    _, salt, _ = stored.split("$")
    return stored == "lab$%s$%s" % (salt, hashlib.sha256((salt + digest).encode()).hexdigest())


class Refused(Exception):
    """A Meteor error: its code (text or number), its reason, its details."""

    def __init__(self, code, reason, details=None):
        super().__init__(reason)
        self.code, self.reason, self.details = code, reason, details

    @property
    def message(self):
        return "%s [%s]" % (self.reason, self.code)


class Caller:
    """Who sent a request, by which token."""

    def __init__(self, user, entry):
        self.user, self.entry = user, entry
        self.id = user["_id"]


class Accounts:
    """All state is in Mongo but the failed logins and the codes mailed; one lock, since one server writes."""

    def __init__(self, facts, knobs, store, clock):
        self.facts, self.knobs, self.store, self.clock = facts, knobs, store, clock
        self.failed_logins = FailedLogins(clock, store.remembered)
        self.mails_sent = 0
        self._codes = {}
        self._lock = threading.RLock()

    # Users.

    def seed(self):
        """The administrator and one ordinary user, a year old, if there are no users yet."""
        if self.store.ask(lambda db: db.users.find_one({})) is not None:
            return
        long_ago = datetime.datetime.utcnow() - datetime.timedelta(days=365)
        admin = os.environ.get("ADMIN_USERNAME", "admin")
        password = self.knobs.admin_password or os.environ.get("ADMIN_PASS", "fake-admin-password")
        email = os.environ.get("ADMIN_EMAIL", "admin@rocket.invalid")
        self.add(admin, password, email, "Administrator", ["admin"], long_ago)
        self.add("ejuser", "fake-user-password", "ejuser@ej.invalid", "EJ User", ["user"], long_ago)

    def add(self, username, password, email, name, roles, created=None):
        user = {"_id": new_id(), "createdAt": created or datetime.datetime.utcnow(), "username": username, "name": name,
                "emails": [{"address": email, "verified": True}], "type": "user", "status": "offline", "active": True,
                "roles": roles, "utcOffset": 0, "_updatedAt": datetime.datetime.utcnow(),
                "services": {"password": {"bcrypt": stored_password(password_digest(password))},
                             "email2fa": {"enabled": True}, "resume": {"loginTokens": []}}}
        self.store.ask(lambda db: db.users.insert_one(user))
        return user

    def find(self, **condition):
        return self.store.ask(lambda db: db.users.find_one(condition))

    def find_by_email(self, email):
        return self.store.ask(lambda db: db.users.find_one({"emails.address": email}))

    def set_password(self, user, password):
        self.update(user, {"services.password.bcrypt": stored_password(password_digest(password))})

    def update(self, user, change):
        change = dict(change, _updatedAt=datetime.datetime.utcnow())
        self.store.ask(lambda db: db.users.update_one({"_id": user["_id"]}, {"$set": change}))

    def permissions(self, user):
        mine = ADMIN_PERMISSIONS if "admin" in user.get("roles", []) else USER_PERMISSIONS
        return mine - set(self.knobs.denied)

    # Tokens.

    def tokens(self, user):
        return user.get("services", {}).get("resume", {}).get("loginTokens", [])

    def keep_tokens(self, user, entries):
        self.update(user, {"services.resume.loginTokens": entries})

    def expired(self, entry):
        if entry.get("type") == "personalAccessToken":
            return False
        days = self.store.remembered("Accounts_LoginExpiration", 90)
        return self.clock.wall() - entry["when"].replace(tzinfo=datetime.timezone.utc).timestamp() > days * 86400.0

    def caller(self, user_id, token):
        """The Caller of these two headers, or None."""
        if not user_id or not token:
            return None
        user = self.find(_id=user_id)
        if user is None or not self.active(user):
            return None
        wanted = token_hash(token)
        for entry in self.tokens(user):
            if entry["hashedToken"] == wanted and not self.expired(entry):
                return Caller(user, entry)
        return None

    def active(self, user):
        return user.get("active", True) and user["username"] not in self.knobs.inactive

    def issue(self, user, **extra):
        """A new token, the oldest dropped if there are too many."""
        token = secrets.token_urlsafe(32)[:43]
        when = datetime.datetime.utcfromtimestamp(self.clock.wall())
        with self._lock:
            user = self.find(_id=user["_id"])
            entries = self.tokens(user) + [dict(when=when, hashedToken=token_hash(token), **extra)]
            cap = self.knobs.max_tokens
            if cap is None and self.facts.token_cap:
                cap = int(os.environ.get("MAX_RESUME_LOGIN_TOKENS", 50))
            if cap:
                sessions = [e for e in entries if e.get("type") != "personalAccessToken"]
                dropped = sessions[:max(0, len(sessions) - cap)]
                entries = [e for e in entries if e not in dropped]
            self.keep_tokens(user, entries)
        return token

    def logout(self, caller):
        """Only the token presented goes."""
        with self._lock:
            user = self.find(_id=caller.id)
            self.keep_tokens(user, [e for e in self.tokens(user) if e["hashedToken"] != caller.entry["hashedToken"]])

    # Login.

    def login(self, body, ip, header_code=None):
        """(user, token) or Refused; `body` as 2.1 has it."""
        options = login_options(body)
        if "resume" in options:
            return self._resume(options["resume"])
        who, password = options.get("user"), options.get("password")
        if not isinstance(who, dict) or password is None:
            raise Refused(400, "Unrecognized options for login request")
        name = who.get("username") or who.get("email") or who.get("id")
        if not isinstance(name, str):
            raise Refused(400, "Match failed")
        kind = self.failed_logins.blocked(name, ip) if self.facts.login_blocking else None
        if kind:
            shown = {"user": "User", "ip": "IP"}[kind]
            raise Refused("error-login-blocked-for-" + kind, "Login has been temporarily blocked For " + shown)
        user = self.find_by_email(who["email"]) if who.get("email") else self.find(username=name)
        digest = password.get("digest") if isinstance(password, dict) else password_digest(str(password))
        if user is None or not password_matches(user["services"]["password"]["bcrypt"], digest or ""):
            self.failed_logins.failed(name, ip)
            raise Refused(403, "User not found")  # a wrong password says so too, lest names be found out
        if not self.active(user):
            raise Refused("error-user-is-not-activated", "User is not activated")
        self._login_factor(user, options.get("code") or header_code)
        self.failed_logins.succeeded(name)
        return user, self.issue(user)

    def _resume(self, token):
        if not isinstance(token, str):
            raise Refused(400, "Match failed")
        wanted = token_hash(token)
        user = self.store.ask(lambda db: db.users.find_one({"services.resume.loginTokens.hashedToken": wanted}))
        entry = next((e for e in self.tokens(user or {}) if e["hashedToken"] == wanted), None)
        if entry is None:
            raise Refused(403, "You've been logged out by the server. Please log in again.")
        if self.expired(entry):
            raise Refused(403, "Your session has expired. Please log in again.")
        if not self.active(user):
            raise Refused("error-user-is-not-activated", "User is not activated")
        return user, token

    # The second factor.

    def method(self, at_login=False):
        """totp, email, password or None. The password is never asked again at a login."""
        methods = self.facts.second_factor_methods
        if not self.store.remembered("Accounts_TwoFactorAuthentication_Enabled", True):
            return None
        chosen = self.knobs.two_factor
        if chosen is None:
            fallback = self.store.remembered("Accounts_TwoFactorAuthentication_Enforce_Password_Fallback", True)
            chosen = "password" if "password" in methods and fallback else "none"
        if chosen == "none" or chosen not in methods or (at_login and chosen == "password"):
            return None
        return chosen

    def _login_factor(self, user, code):
        method = self.method(at_login=True)
        if method is None:
            return
        if not code:
            raise self._challenge(user, method, at_login=True)
        if not self._code_is_right(user, method, str(code)):
            raise Refused("totp-invalid", "TOTP Invalid", None if self.facts.old else {"method": method})

    def second_factor(self, caller, method, code, fingerprint, remember=True):
        """Refused unless the caller needs no code, has shown one lately, or shows the right one now."""
        wanted = self.method()
        if wanted is None or caller.entry.get("bypassTwoFactor"):
            return
        seconds = self.store.remembered("Accounts_TwoFactorAuthentication_RememberFor", 1800)
        created = caller.user["createdAt"].replace(tzinfo=datetime.timezone.utc).timestamp()
        until = caller.entry.get("twoFactorAuthorizedUntil")
        if remember:
            if self.clock.wall() - created < seconds:
                return
            if until and caller.entry.get("twoFactorAuthorizedHash") == fingerprint and \
                    until.replace(tzinfo=datetime.timezone.utc).timestamp() > self.clock.wall():
                return
        if not code:
            raise self._challenge(caller.user, wanted)
        if (method and method != wanted) or not self._code_is_right(caller.user, wanted, code):
            raise Refused("totp-invalid", "TOTP Invalid", {"method": method or wanted, "codeGenerated": False})
        with self._lock:
            user = self.find(_id=caller.id)
            entries = self.tokens(user)
            for entry in entries:
                if entry["hashedToken"] == caller.entry["hashedToken"]:
                    entry["twoFactorAuthorizedHash"] = fingerprint
                    entry["twoFactorAuthorizedUntil"] = datetime.datetime.utcfromtimestamp(self.clock.wall() + seconds)
            self.keep_tokens(user, entries)

    def _challenge(self, user, method, at_login=False):
        if self.facts.old:
            return Refused("totp-required", "TOTP Required")
        details = {"method": method, "codeGenerated": False,
                   "availableMethods": [] if method == "password" else [method]}
        if method == "email":
            details["codeGenerated"] = self._mail_code(user)
            details["emailOrUsername"] = user["emails"][0]["address"] if at_login else user["username"]
        return Refused("totp-required", "TOTP Required", details)

    def _mail_code(self, user):
        """Sends a code unless one that lives another 5 minutes is out; a code lives for an hour."""
        code, until = self._codes.get(user["_id"], (None, 0.0))
        if until - self.clock.now() > 300.0:
            return False
        self._codes[user["_id"]] = ("".join(secrets.choice(string.digits) for _ in range(6)), self.clock.now() + 3600.0)
        self.mails_sent += 1
        return True

    def mailed_code(self, username):
        user = self.find(username=username)
        return self._codes.get(user["_id"], (None, 0))[0] if user else None

    def _code_is_right(self, user, method, code):
        if method == "totp":
            return code == self.knobs.totp_code
        if method == "email":
            mailed, until = self._codes.get(user["_id"], (None, 0.0))
            if mailed != code or until < self.clock.now():
                return False
            del self._codes[user["_id"]]
            return True
        return password_matches(user["services"]["password"]["bcrypt"], code.lower())


def login_options(body):
    """What the REST route hands to Meteor's login: see `api.js` in contract 2.1. Any stray key hands the body over raw."""
    known = {"user", "username", "email", "password", "code"}
    if not isinstance(body, dict) or body.get("password") is None or set(body) - known:
        return body if isinstance(body, dict) else {}
    user = body.get("user")
    if isinstance(user, str):
        user = {"email": user} if "@" in user else {"username": user}
    elif not isinstance(user, dict):
        user = {key: body[key] for key in ("username", "email") if body.get(key)} or None
    if not user:
        return body
    options = {"user": user, "password": body["password"]}
    if body.get("code"):
        options["code"] = body["code"]
    return options
