"""The login of Rocket.Chat through EJ."""

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
