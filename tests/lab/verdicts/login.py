"""The login of Rocket.Chat through EJ."""
from verdicts.words import CRITICAL, WARNING

NOT_IN_EJ = ["nginx-headers", "restart web"]

A = {
    "login-api-to-login": (["login/api-redirects"], None, NOT_IN_EJ + ["CORS headers"]),
    "login-api-moved": (["login/api-redirects"], None, NOT_IN_EJ + ["CORS headers"]),
    "login-api-forbidden": (["login/api-status"], None, []),
    "login-api-cached": (["login/shared-cache"], None, ["restart web", "restart rocketchat"]),
    "login-cors-lost": (["layers/proxy-strips"], None, ["nginx-headers", "config.env", "restart web"]),
    "login-cors-doubled": (["login/cors-twice"], None, NOT_IN_EJ + ["EJ_ROCKETCHAT_URL"]),
    "login-page-plain": (["login/page-type"], None, []),
    "login-cookies-none": (["login/cookies-kept-away"], None, NOT_IN_EJ + ["config.env"]),
    "login-cookies-other-domain": (["login/cookies-kept-away"], None, NOT_IN_EJ + ["config.env"]),
    "login-cross-site": (["login/cookies-kept-away"], None, NOT_IN_EJ + ["config.env"]),
    "login-third-party": (["login/third-party-cookies"], None, []),
    "rocket-asks-first": (["rocket/incompatible-version"], None, ["change settings"]),
    "rocket-client-broken": (["rocket/incompatible-version"], None, ["change settings"]),
    "rocket-client-unknown": (["rocket/incompatible-version"], None, ["change settings"]),
    "rocket-page-policy": (["login/rocket-policy"], None, []),
    "rocket-api-url-no-slash": (["rocket/iframe-api-address"], None, ["nginx-headers", "edit MongoDB"]),
    "rocket-root-url": (["rocket/root-url"], None, []),
    "rocket-forces-ssl": (["login/server-address-not-https"], None, ["nginx-headers", "restart web"]),
    "login-rocket-unreachable-from-web": (["login/rocketchat-out-of-reach"], None, ["nginx-headers", "restart web", "restart rocketchat"]),
}
B = {**A, "login-message-elsewhere": (["database/stale-row"], None, [])}
# The second list: what nobody without an account of EJ sees. tests/integration/test_login.py sees it with a test user.
NEIGHBOURS = {
    "A": ["rocket-asks-first-allowed", "rocket-8",
          "login-token-key", "login-token-empty", "login-token-plain", "login-api-without-cookies", "login-form-without-cookies",
          "login-password-stale", "login-no-account"],
    "B": ["rocket-asks-first-allowed", "rocket-8",
          "login-token-key", "login-token-empty", "login-token-plain", "login-api-without-cookies", "login-form-without-cookies",
          "login-token-dead", "login-no-account", "login-no-permission"],
}
LOOKS = {
    "A": {
        "login-token-key": {"login, signed in": ({"login/token-key": CRITICAL}, ["login/token-key"])},
        "login-token-empty": {"login, signed in": ({"login/no-token": CRITICAL}, ["login/no-token"])},
        "login-token-plain": {"login, signed in": ({"login/token-type": CRITICAL}, ["login/token-type"])},
        "login-api-without-cookies": {"login, signed in": ({"login/session-lost": CRITICAL}, ["login/session-lost"])},
        "login-form-without-cookies": {"login, signed in": ({"login/form-failed": CRITICAL}, ["login/form-failed"])},
        "login-password-stale": {"login, signed in": ({"login/api-error": CRITICAL}, ["login/rocketchat-refuses-ej"])},
        "login-rocket-unreachable-from-web": {"login, signed in": ({"login/api-error": CRITICAL}, ["login/rocketchat-refuses-ej"])},
        "login-no-account": {"login, signed in": ({"login/no-permission": WARNING}, ["login/no-permission"])},
    },
    "B": {
        "login-token-dead": {"login, signed in": ({"login/token-refused": CRITICAL}, ["login/dead-token"])},
        "login-no-account": {"login, signed in": ({"login/no-permission": WARNING}, ["login/no-permission"])},
        "login-no-permission": {"login, signed in": ({"login/no-permission": WARNING}, ["login/no-permission"])},
        "login-message-elsewhere": {"login, signed in": ({"login/message-target": CRITICAL}, ["login/message-elsewhere"])},
    },
}
