"""Waits for PostgreSQL while the urlconf is imported, as EJ does: with its own connection, which ignores the URL's port."""
import os
import sys
import time

from django.conf import settings

from ej.generation import GENERATION

TRIES = int(os.environ.get("EJLAB_DB_TRIES", "100" if GENERATION == "A" else "10"))
PAUSE = float(os.environ.get("EJLAB_DB_PAUSE", "0.5"))


def can_connect(database):
    import psycopg2

    try:
        psycopg2.connect(host=database["HOST"], dbname=database["NAME"], user=database["USER"],
                         password=database["PASSWORD"]).close()
    except psycopg2.OperationalError:
        return False
    return True


def wait_for_database():
    database = settings.DATABASES["default"]
    if "postgresql" not in database["ENGINE"]:
        return
    for _ in range(TRIES):
        if can_connect(database):
            print("Postgres is available. Continuing...", file=sys.stderr)
            return
        print(f"Postgres is unavailable. Retrying in {PAUSE:g} seconds", file=sys.stderr)
        time.sleep(PAUSE)
    print("Maximum number of attempts connecting to postgres database", file=sys.stderr)
    raise RuntimeError("could not connect to database")
