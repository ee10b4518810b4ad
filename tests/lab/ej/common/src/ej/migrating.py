"""Short forms for migrations: tables of which only the name matters, and columns, on PostgreSQL and on SQLite."""
from django.db.migrations import RunSQL


def tables(app, *names, columns="id integer PRIMARY KEY"):
    return [RunSQL(f"CREATE TABLE {app}_{name} ({columns})", f"DROP TABLE {app}_{name}") for name in names]


def column(table, name, kind="text NULL"):
    return RunSQL(f"ALTER TABLE {table} ADD COLUMN {name} {kind}", f"ALTER TABLE {table} DROP COLUMN {name}")


def dropped(app, name):
    return RunSQL(f"DROP TABLE {app}_{name}", f"CREATE TABLE {app}_{name} (id integer PRIMARY KEY)")


NOTHING = [RunSQL(RunSQL.noop, RunSQL.noop)]
