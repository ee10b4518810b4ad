"""The web process and nginx before it."""
from verdicts.words import CRITICAL, NO_ENV, WARNING

A = {
    "web-stopped": (["web/down"], None, ["restart web", "collect"]),
    "web-hung": (["web/hung"], None, ["collect"]),
    "web-slow": (["django/slow"], None, []),
    "view-bug": (["web/view-fails"], None, ["restart web", "migrate", "collect"]),
    "nginx-stopped": (["web/nginx-down"], None, ["restart web", "collect"]),
    "nginx-cut-off": (["web/nginx-cut-off"], None, ["restart web", "reload nginx", "collect"]),
    "nginx-hung": (["web/nginx-hung"], None, ["restart web", "collect"]),
    "nginx-stale-upstream": (["web/stale-upstream"], None, ["restart web", "collect"]),
    "web-restart-loop": (["settings/bad-environment"], None, ["restart web", "collect"]),
    "country-unknown": (["settings/bad-country"], None, ["restart web", "collect"]),
    "disallowed-host": (["web/host-not-allowed"], None, NO_ENV + ["DJANGO_ALLOWED_HOSTS=*"]),
    "allowed-hosts-blank": (["web/host-not-allowed"], None, NO_ENV + ["DJANGO_ALLOWED_HOSTS=*"]),
    "hostname-unprefixed": (["web/host-not-allowed"], None, NO_ENV + ["DJANGO_ALLOWED_HOSTS=*"]),
    "debug-on": (["web/debug"], None, NO_ENV),
}
B = {
    "view-bug": (["web/view-fails"], None, ["restart web", "migrate"]),
}
C = {
    **{name: A[name] for name in ("web-stopped", "view-bug", "nginx-stopped", "nginx-cut-off", "nginx-stale-upstream", "web-restart-loop",
                                  "country-unknown", "debug-on")},
}
NEIGHBOURS = {
    # C's ALLOWED_HOSTS is "*" whatever the environment says (EJ contract section 9).
    "C": ["country-brazil", "environment-local", "disallowed-host", "allowed-hosts-blank", "hostname-unprefixed"],
    "A": ["country-brazil", "environment-local", "csrf-origins", "admin-moved"],
    "B": ["country-brazil", "environment-local", "csrf-origins", "admin-moved"],
}
FINDS = {"A": {
    "web-stopped": {"django/unreachable": CRITICAL, "nginx/bad-gateway": CRITICAL},
    "web-hung": {"django/hung": CRITICAL, "nginx/gateway-timeout": CRITICAL},
    "web-slow": {"django/slow": WARNING},
    "nginx-stopped": {"nginx/unreachable": CRITICAL},
    "nginx-hung": {"nginx/timeout": CRITICAL},
    "nginx-stale-upstream": {"django/not-through-nginx": CRITICAL, "nginx/bad-gateway": CRITICAL},
    "debug-on": {"django/debug-on": CRITICAL},
    "view-bug": {"django/server-error": CRITICAL},
    "web-restart-loop": {"django/unreachable": CRITICAL, "nginx/bad-gateway": CRITICAL},
}}
LOOKS = {
    "A": {
        "web-restart-loop": {"without logs and settings": (
            {"django/unreachable": CRITICAL, "frame/unreachable": CRITICAL, "nginx/bad-gateway": CRITICAL}, ["web/down"])},
        "disallowed-host": {"django through nginx and directly": ({"django/disallowed-host": CRITICAL}, ["web/host-not-allowed"]),
                            "django under another name": ({}, []), "nginx alone": ({}, [])},
        "web-stopped": {"frame alone": ({"frame/unreachable": CRITICAL}, ["frame/unreachable"])},
    },
    "B": {"view-bug": {"django over http": ({"django/server-error": CRITICAL}, ["web/view-fails"])}},
}
ACTS = {"A": ["allowed-hosts-blank", "country-brazil"]}
