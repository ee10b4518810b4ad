"""PostgreSQL: server, roles, migrations, rows."""
from verdicts.words import CRITICAL, RESET, WARNING

A = {
    "postgres-stopped": (["database/down"], None, RESET + ["migrate", "db-reset"]),
    "postgres-stopped-cold": (["database/down"], None, RESET + ["migrate", "db-reset"]),
    "postgres-stopped-cpa": (["database/down", "theme/not-collected"], None, RESET),
    "postgres-hung": (["database/hung"], None, RESET + ["migrate", "db-reset"]),
    "postgres-refuses-password": (["database/auth"], None, RESET + ["POSTGRES_PASSWORD"]),
    "postgres-refuses-web": (["database/web-refused"], None, ["nginx-headers", "restart web", "POSTGRES_PASSWORD", "down -v"]),
    "postgres-no-database": (["database/missing"], None, ["create the database", "down -v"]),
    "postgres-too-many-connections": (["database/full"], None, ["restart postgres"]),
    "postgres-other-port": (["settings/database-port"], None, ["restart web", "collect"]),
    "migrations-pending": (["database/pending-migrations"], None, ["restart web", "migrate", "migrate --fake", "inv db"]),
    "migrations-unrecorded": (["database/pending-migrations"], None, ["restart web", "migrate", "migrate --fake", "inv db"]),
    "migrations-unrecorded-start": (["database/pending-migrations"], None, ["restart web", "migrate --fake"]),
    "fresh-db": (["database/fresh"], None, ["migrate", "down -v"]),
    "rc-tables-missing": (["database/rocket-tables-missing"], None, ["nginx-headers", "inv db"]),
    "table-dropped": (["database/tables-missing"], None, ["migrate", "migrate --fake", "restart web"]),
    "rc-two-active": (["database/two-active-rows"], None, ["migrate", "restart web", "nginx-headers"]),
    "no-superuser": (["db/no-superuser"], None, []),
    "fake-accounts": (["db/fake-accounts"], None, []),
    "postgres-silent-sqlite": (["database/silent-sqlite"], None, ["migrate", "re-create web", "db-reset"]),
    "migrations-ahead": (["database/ahead"], None, ["migrate", "restart web", "delete the rows"]),
    "sessions-expired": (["database/sessions"], None, ["TRUNCATE django_session"]),
}
B = {
    "postgres-stopped-cold": (["database/down"], None, RESET),
}
C = {name: A[name] for name in ("postgres-stopped", "postgres-refuses-password", "postgres-no-database", "postgres-too-many-connections",
                                "migrations-pending", "fresh-db", "table-dropped", "no-superuser", "fake-accounts", "postgres-silent-sqlite",
                                "migrations-ahead", "sessions-expired", "postgres-refuses-web")}
BLIND = {
    "A": ["postgres-no-privilege"],
    "C": ["postgres-no-privilege"],
}
FINDS = {"A": {
    "postgres-stopped": {"db/unreachable": CRITICAL, "django/header-layer-failed": CRITICAL},
    "postgres-stopped-cold": {"django/hung": CRITICAL},
    "postgres-hung": {"db/hung": CRITICAL},
    "postgres-refuses-password": {"db/auth-failed": CRITICAL},
    "postgres-no-database": {"db/missing-database": CRITICAL},
    "postgres-too-many-connections": {"db/too-many-connections": CRITICAL},
    "fresh-db": {"db/fresh": CRITICAL},
    "rc-tables-missing": {"db/rocket-tables-missing": CRITICAL, "django/header-layer-failed": CRITICAL},
    "rc-two-active": {"db/rocket-rows-many": CRITICAL},
    "migrations-pending": {"db/migrations-pending": WARNING},
    "migrations-unrecorded": {"db/migrations-pending": WARNING},
    "no-superuser": {"db/no-superuser": WARNING},
    "fake-accounts": {"db/fake-accounts": CRITICAL},
    "postgres-no-privilege": {"db/no-privilege": WARNING},
}}
LOOKS = {"A": {"rc-two-active": {"frame alone": ({"frame/header-layer-failed": CRITICAL}, ["frame/header-layer-failed"])}}}
ACTS = {"A": ["migrations-unrecorded-start", "postgres-refuses-web"]}
