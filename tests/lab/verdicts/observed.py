"""What ejmon must say of each recorded state of the real EJ (tests/lab/observed) when it has nothing but HTTP: no database, no volume, no
environment. `tests/integration/test_replay.py` and `make matrix` hold it against tests/lab/replay.py.

SEEN: the causes, in their order. WELL: no fault. UNSEEN: a fault that no anonymous request can see (ej-corrections 20), with what sees it
instead; ejmon must name nothing there, and its lab fault stands in the table of faults with the cause that the other check names."""

SEEN = {
    # --- nothing or little answers. Which of the many reasons it has stands in web's log and environment.
    "web-down": ["web/down"],
    "environment-bad": ["web/down"],
    "country-bad": ["web/down"],
    "theme-unknown": ["web/down"],
    "theme-empty": ["web/down"],
    "theme-slash-process": ["web/down"],
    "migrations-unrecorded-start": ["web/down"],
    "db-stopped-cold": ["web/hung"],  # each answer is 30 s away, and then gunicorn kills the worker
    "db-port": ["web/hung"],
    # --- the database, as far as pages tell
    "db-stopped": ["web/database-pages"],
    "tables-missing": ["web/database-pages"],
    "db-stopped-cpa": ["web/database-pages", "theme/not-collected"],
    "rc-unmigrated": ["web/header-layer"],
    "rc-two-rows": ["web/header-layer"],
    "rc-db-stopped": ["web/header-layer"],
    # --- settings
    "hosts-wrong": ["web/host-not-allowed"],
    "hosts-space": ["web/host-not-allowed"],
    "hostname-unprefixed": ["web/host-not-allowed"],
    "debug-on": ["web/debug"],
    # --- framing
    "rc-unconfigured": ["frame/environment-lacks-url"],  # whether a row is missing as well, only the database knows
    "rc-row": ["frame/environment-lacks-url"],
    "rc-row-inactive": ["frame/environment-lacks-url"],
    "rc-url-empty": ["frame/environment-lacks-url"],
    "rc-ancestors-wrong": ["frame/environment-lacks-url"],
    "rc-no-scheme": ["frame/url-without-scheme"],
    "rc-slash": ["frame/url-not-an-origin"],
    "rc-row-stale": ["frame/stale-row"],
    "rc-unparsable": ["frame/integration-disabled"],
    # --- static files
    "css-empty": ["theme/empty-css-collect"],
    "static-empty": ["theme/naked"],
    "static-dir-gone": ["theme/naked"],
    "theme-mixed": ["theme/stale-volume"],
    "theme-mixed-collect": ["theme/stale-volume"],
    "theme-not-collected": ["theme/not-collected"],
    "theme-plain-collectstatic": ["theme/not-collected"],
    "theme-restart-only": ["theme/wrong-environment"],
    "static-rm-plain": ["theme/css-not-collected"],
}
WELL = ["a-healthy", "b-healthy", "c-healthy", "environment-local", "country-brazil", "xfo-deny", "theme-rm-collect", "rc-row-and-url",
        "rc-ancestors", "rc-csrf-origins", "rc-local",
        "rc-xfo"]  # an inert setting (F68): the frame headers are right in spite of it
UNSEEN = {
    "no-superuser": "the postgres check: db/no-superuser",
    "fake-users": "the postgres check: db/fake-accounts",
    "migrations-reverted": "the postgres check: db/migrations-pending",
    "db-sqlite": "web's environment lacks DJANGO_DB_URL, and db.sqlite3 grows in its layer; the database of the stack holds no fresh rows",
    "secret-missing": "web's environment: DJANGO_SECRET_KEY is empty, so each worker signs with a key of its own",
    "theme-unknown-process": "the theme check with web's environment or config.env: theme/unknown; it kills the next start",
    "rc-url": "the postgres check: db/rocket-no-row; generation A cannot log in to Rocket.Chat without an active row",
    "rc-env-documented": "the postgres check: db/rocket-no-row; generation A's environment can never replace the row",
    "rc-api-url": "the postgres check: db/rocket-no-row; the API's address itself does no harm",
}

# How an administrator would have configured ejmon there: the wanted theme, whether Rocket.Chat embeds EJ, the host name that people use.
CPA = {"theme-mixed", "theme-mixed-collect", "theme-not-collected", "theme-plain-collectstatic", "theme-restart-only", "theme-rm-collect",
       "static-rm-plain", "db-stopped-cpa"}
HOSTS = {"hosts-space": "127.0.0.1", "hostname-unprefixed": "127.0.0.1"}


def stack(state):
    """The keys of `stack:` beside the addresses."""
    return {"theme": "cpa" if state in CPA else "default", **({"rocketchat": "https://chat.example.org"} if state.startswith("rc-") else {}),
            **({"host": HOSTS[state]} if state in HOSTS else {})}


def causes(state):
    return SEEN.get(state, [])
