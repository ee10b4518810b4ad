"""Framing: headers, the address of Rocket.Chat and its row."""

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
