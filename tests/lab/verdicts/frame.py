"""Framing: headers, the address of Rocket.Chat and its row."""
from verdicts.words import CRITICAL, WARNING

# Generation A without an active row is a fault of its own (EJ contract section 0), so it stands beside the address's.
NO_ROW = "db/rocket-no-row"
A = {
    "rocket-unconfigured": (["frame/rocketchat-unconfigured"], None, ["nginx-headers", "restart web"]),
    "rocket-url-empty": (["frame/rocketchat-unconfigured"], None, ["nginx-headers", "restart web"]),
    "row-inactive": (["frame/rocketchat-unconfigured"], None, ["nginx-headers", "restart web"]),
    "rocket-env-only": ([NO_ROW], None, []),
    "rocket-env-dead-names": ([NO_ROW], None, []),
    "rocket-api-url": ([NO_ROW], None, []),  # no fault of framing, but it takes the row away
    "rocket-url-unset": (["frame/environment-lacks-url"], "nginx-headers", ["restart web", "DJANGO_X_FRAME_OPTIONS"]),
    "frame-ancestors-wrong": (["frame/environment-lacks-url"], "nginx-headers", ["restart web", "DJANGO_X_FRAME_OPTIONS"]),
    "rocket-url-no-scheme": (["frame/url-without-scheme", NO_ROW], "nginx-headers", ["restart web", "DJANGO_X_FRAME_OPTIONS"]),
    "rocket-url-slash": (["frame/url-not-an-origin", NO_ROW], None, ["nginx-headers", "restart web"]),
    "rocket-url-path": (["frame/url-with-path", NO_ROW], "nginx-headers", ["restart web", "DJANGO_X_FRAME_OPTIONS"]),
    "rocket-url-port": (["frame/url-with-wrong-port"], "nginx-headers", ["restart web", "DJANGO_X_FRAME_OPTIONS"]),
    "origin-not-listed": (["frame/other-rocketchat"], "nginx-headers", ["restart web", "DJANGO_X_FRAME_OPTIONS"]),
    "stale-row": (["frame/stale-row"], None, ["nginx-headers", "EJ_ROCKETCHAT_URL"]),
    "integration-off": (["frame/integration-disabled"], None, ["nginx-headers", "restart web"]),
    "integration-unparsable": (["frame/integration-disabled"], None, ["nginx-headers", "restart web"]),
}
B = {
    "csp-override": (["frame/policy-replaced"], "nginx-headers", ["EJ_ROCKETCHAT_URL", "restart web", "DJANGO_X_FRAME_OPTIONS"]),
    "cors-star": (["frame/cors-override"], None, ["nginx-headers", "restart web"]),
    "cors-other-origin": (["frame/cors-override"], None, ["nginx-headers", "restart web"]),
    "cors-credentials-case": (["frame/cors-override"], None, ["nginx-headers", "restart web"]),
    "rocket-unconfigured": (["frame/rocketchat-unconfigured"], None, ["nginx-headers", "restart web"]),
    "row-inactive": (["frame/rocketchat-unconfigured"], None, ["nginx-headers", "restart web"]),
    "rocket-env-only": (["frame/login-page-fails"], None, ["nginx-headers", "restart web"]),
    "rocket-env-dead-names": (["frame/login-page-fails"], None, ["nginx-headers", "restart web"]),
    "rocket-url-slash": (["frame/login-page-fails"], None, ["nginx-headers", "restart web"]),
}
NEIGHBOURS = {
    "A": ["frame-ancestors-listed", "x-frame-deny"],
    "B": ["frame-ancestors-listed", "xfo-override"],
}
FINDS = {"A": {
    "stale-row": {"db/rocket-row-differs": CRITICAL},
    "row-inactive": {"db/rocket-no-row": WARNING},
}}
LOOKS = {
    "A": {
        "rocket-url-unset": {"frame alone": ({"frame/url-unset": CRITICAL}, ["frame/environment-lacks-url"])},
        "rocket-url-no-scheme": {"frame alone": ({"frame/no-scheme": CRITICAL}, ["frame/url-without-scheme"])},
        "rocket-url-slash": {"frame alone": ({"frame/origin-not-exact": CRITICAL}, ["frame/url-not-an-origin"])},
        "stale-row": {"frame alone": ({"frame/row-differs": CRITICAL}, ["frame/stale-row"])},
        "rocket-url-empty": {"frame alone": ({"frame/url-unset": CRITICAL}, ["frame/environment-lacks-url"])},
        "rocket-url-path": {"frame alone": ({"frame/path-in-source": CRITICAL}, ["frame/url-with-path"])},
        "rocket-url-port": {"frame alone": ({"frame/port-missing": CRITICAL}, ["frame/url-with-wrong-port"])},
        "origin-not-listed": {"frame alone": ({"frame/origin-not-listed": CRITICAL}, ["frame/other-rocketchat"])},
        "integration-unparsable": {"frame alone": ({"frame/integration-off": CRITICAL}, ["frame/integration-disabled"])},
        "frame-ancestors-listed": {"frame alone": ({}, [])},
        "x-frame-deny": {"frame alone": ({}, [])},
    },
    "B": {
        "csp-override": {"frame alone": ({"frame/csp-override": CRITICAL}, ["frame/policy-replaced"])},
        "cors-star": {"frame alone": ({"frame/credentials-header": CRITICAL}, ["frame/cors-override"])},
        "cors-credentials-case": {"frame alone": ({"frame/credentials-header": CRITICAL}, ["frame/cors-override"])},
        "xfo-override": {"frame alone": ({}, [])},
        "rocket-unconfigured": {"frame alone": ({"frame/page-failed": CRITICAL, "frame/url-unset": CRITICAL}, ["frame/rocketchat-unconfigured"])},
    },
}
ACTS = {"A": ["rocket-unconfigured", "rocket-url-unset", "frame-ancestors-listed"], "B": ["csp-override", "cors-star", "rocket-env-dead-names"]}
