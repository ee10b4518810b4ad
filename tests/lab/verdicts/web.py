"""The web process and nginx before it."""
from verdicts.words import NO_ENV

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
