"""Finding codes that no fault of the lab raises, each with the reason and the test that raises it instead. Any module of this folder may
have such a list, for its own codes. A code that is neither raised nor listed fails `make matrix`, and so does a listed one that is raised."""

FOREIGN = "needs a server that misbehaves in a way that nginx and gunicorn do not: tests/integration/test_foreign.py plays one"
BY_HAND = "a check of the user's own, which no stack has by itself: tests/integration/test_checks_web.py"
RECORDED = "needs a MongoDB server in a state that the lab's cannot be in: tests/integration/test_checks_data.py plays recorded replies"
RARE = "needs a server, a machine or a configuration that the lab has not: tests/integration/test_rare_codes.py"
ANSWERS = "needs another Rocket.Chat than the lab's: tests/integration/test_checks_data.py plays its answers"
JOURNEY = "only a signed-in user meets it: that look in tests/lab/verdicts/login.py, and tests/integration/test_login.py"
PUBLIC = "needs a public name or https: tests/integration/test_rare_codes.py gives a server both"
HOSTILE = "needs a server that means harm: tests/integration/test_hostile_postgres.py plays one"
UNIT = "needs a state of the machine that a lab must not make: tests/unit has it: "
SELF = "said by the daemon of itself, under a virtual clock: tests/unit/test_self_judge.c"
NETWORK = "said by the daemon of its own side of the network, under a virtual clock: tests/unit/test_self_network.c"
NAMES = "needs names, ports or certificates that a lab on 127.0.0.1 has not: tests/unit/test_frame_names.c, tests/integration/test_frame.py"

UNRAISED = {
    **dict.fromkeys(["django/application-failed", "django/unseen", "django/worker-killed", "django/wrong-answer",
                     "nginx/certificate", "nginx/default-page", "nginx/name-unknown", "nginx/not-found", "nginx/not-http", "nginx/redirect-loop", "nginx/redirect-nowhere", "nginx/redirected",
                     "nginx/refused", "nginx/server-error", "nginx/unavailable", "theme/css-unknown"], FOREIGN),
    **dict.fromkeys(["http/body", "http/header", "http/name-unknown", "http/slow", "http/status", "http/timeout", "http/tls",
                     "http/unreachable", "tcp/closed", "tcp/name-unknown", "tcp/timeout", "tcp/unreachable"], BY_HAND),
    **dict.fromkeys(["mongo/auth-failed", "mongo/member-down", "mongo/no-privilege", "mongo/no-settings", "mongo/not-mongodb",
                     "mongo/not-primary", "mongo/too-old"], RECORDED),
    **dict.fromkeys(["db/name-unknown", "db/no-client", "db/slow", "disk/unseen", "ejmon/could-not-look", "env/admin-url",
                     "env/file-readable", "env/unseen", "login/form-unknown", "mongo/command-failed", "mongo/name-unknown",
                     "mongo/no-client", "nginx/no-tls", "nginx/slow", "rocket/settings-unread", "tcp/unexpected"], RARE),
    "db/scram-iterations": HOSTILE,
    "env/line-misread": "said only where web cannot be looked at, and the lab's can: tests/unit/test_env_judge.c",
    **dict.fromkeys(["rocket/not-rocketchat", "rocket/setting-hidden", "rocket/unhealthy"], ANSWERS),
    **dict.fromkeys(["frame/mixed-content", "frame/no-embedder", "frame/page-missing", "frame/redirect-loop", "frame/redirected", "frame/scheme-mismatch", "frame/x-frame-options"], NAMES),
    **dict.fromkeys(["login/api-error", "login/form-failed", "login/message-target", "login/no-permission", "login/no-token",
                     "login/refused", "login/rocket-busy", "login/session-lost", "login/token-key", "login/token-refused",
                     "login/token-type"], JOURNEY),
    **dict.fromkeys(["login/cookie-not-secure", "login/internal-name", "login/mixed-content", "login/no-hsts", "login/no-tls"], PUBLIC),
    "mongo/client-crashed": "needs a server that sends what libmongoc does not survive: tests/integration/test_mongo_helper.py plays one",
    **dict.fromkeys(["http/bad-option", "tcp/bad-address"], "a guard: what cannot be is refused where the configuration is read: tests/integration/test_conf.py"),
    "login/no-origin": "a guard: what is no http or https address is refused where the configuration is read (tests/unit/test_conf_errors.c)",
    "nginx/no-hsts": FOREIGN,
    **dict.fromkeys(["ejmon/clock-jumped", "ejmon/loop-lags", "ejmon/no-eyes", "ejmon/notice-lost"], SELF),
    **dict.fromkeys(["ejmon/many-fall", "ejmon/network-gone"], NETWORK),
    **dict.fromkeys(["ejmon/sink-refuses", "ejmon/store-hung"], "said by the daemon of itself: tests/integration/test_self.py"),
    "ejmon/undo-failed": "said by the daemon of a former life's attempt: tests/unit/test_self_judge.c",
    "theme/volume-flips": UNIT + "test_inside.c; it takes several changes over hours",
}
