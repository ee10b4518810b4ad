"""Finding codes that no fault of the lab raises, each with the reason and the test that raises it instead. Any module of this folder may
have such a list, for its own codes. A code that is neither raised nor listed fails `make matrix`, and so does a listed one that is raised."""

FOREIGN = "needs a server that misbehaves in a way that nginx and gunicorn do not: tests/integration/test_foreign.py plays one"
BY_HAND = "a check of the user's own, which no stack has by itself: tests/integration/test_checks_web.py"
RECORDED = "needs a MongoDB server in a state that the lab's cannot be in: tests/integration/test_checks_data.py plays recorded replies"
NO_LIBRARY = "needs a machine without the client library"
ANSWERS = "needs another Rocket.Chat than the lab's: tests/integration/test_checks_data.py plays its answers"
NAMES = "needs names, ports or certificates that a lab on 127.0.0.1 has not: tests/unit/test_frame_names.c, tests/integration/test_frame.py"

UNRAISED = {
    **dict.fromkeys(["django/application-failed", "django/unseen", "django/view-hung", "django/worker-killed", "django/wrong-answer",
                     "nginx/certificate", "nginx/default-page", "nginx/name-unknown", "nginx/not-found", "nginx/not-http", "nginx/redirected",
                     "nginx/refused", "nginx/server-error", "nginx/unavailable", "theme/css-unknown"], FOREIGN),
    **dict.fromkeys(["http/bad-option", "http/body", "http/header", "http/name-unknown", "http/slow", "http/status", "http/timeout", "http/tls",
                     "http/unreachable", "tcp/closed", "tcp/name-unknown", "tcp/timeout", "tcp/unreachable"], BY_HAND),
    **dict.fromkeys(["mongo/auth-failed", "mongo/member-down", "mongo/no-privilege", "mongo/no-settings", "mongo/not-mongodb",
                     "mongo/not-primary", "mongo/too-old"], RECORDED),
    **dict.fromkeys(["db/no-client", "mongo/no-client"], NO_LIBRARY),
    **dict.fromkeys(["rocket/force-ssl", "rocket/iframe-api-url", "rocket/not-rocketchat", "rocket/server-error", "rocket/setting-hidden",
                     "rocket/unhealthy", "rocket/window-broken"], ANSWERS),
    **dict.fromkeys(["frame/any-site", "frame/mixed-content", "frame/no-embedder", "frame/page-missing", "frame/proxy-policy",
                     "frame/redirect-loop", "frame/redirected", "frame/scheme-mismatch", "frame/x-frame-options"], NAMES),
}
