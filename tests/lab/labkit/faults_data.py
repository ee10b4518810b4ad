"""Faults of the databases that only their own server, or a look into web, can tell (EJ contract F43, F48 to F57, F76, section 8)."""
from labkit import database, health, services, supervision
from labkit.faults import fault
from labkit.state import PYTHON

# Holds connections of its own until it is stopped; what it runs in each is its second argument.
HOLDER = """import psycopg2, sys, time
held = []
for _ in range(int(sys.argv[3])):
    held.append(psycopg2.connect(sys.argv[1]))
    held[-1].cursor().execute(sys.argv[2])
print("held", flush=True)
while True:
    time.sleep(60)
"""


def hold(lab, statement, count=1):
    argv = [PYTHON, "-c", HOLDER, lab.postgres_uri("admin"), statement, str(count)]
    supervision.start(lab, "hog", {"argv": argv, "cwd": "/", "env": services.PLAIN})


def held(lab, condition, values=()):
    def look():
        with database.admin(lab, "postgres") as cursor:
            cursor.execute(f"SELECT {condition}", values)
            return cursor.fetchone()[0]
    return look


@fault("postgres-locked", "a transaction that somebody left open holds the tables of accounts and conversations", "F35 F49")
def postgres_locked(lab):
    hold(lab, "LOCK TABLE ej_users_user, ej_conversations_conversation IN ACCESS EXCLUSIVE MODE")
    health.wait_until(held(lab, "count(*) >= 2 FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted"), "the tables are locked")


@fault("postgres-connections-high", "nearly all connections are in use", "F43")
def postgres_connections_high(lab):
    hold(lab, "SELECT 1", 17)
    health.wait_until(held(lab, "count(*) >= 17 FROM pg_stat_activity WHERE datname = 'db'"), "the connections are held")


def standby(lab, *lines):
    supervision.stop(lab, "postgres")
    database.write_standby(lab, lines)
    services.start_postgres(lab)


@fault("postgres-read-only", "the server is a standby: standby.signal was left in a restored volume", "F43")
def postgres_read_only(lab):
    standby(lab)
    health.wait(lab, "postgres")


@fault("postgres-starting", "the server replays its log and lets nobody in yet", "F43")
def postgres_starting(lab):
    standby(lab, "hot_standby = off")
    health.wait_until(lambda: health.listens(lab, "postgres"), "PostgreSQL listens")


@fault("postgres-damaged", "a page of the table of accounts is damaged on the disk", "F17 F43", touches=["postgres"])
def postgres_damaged(lab):
    with database.admin(lab) as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute("SELECT pg_relation_filepath('ej_users_user')")
        path = lab.dir / "postgres" / cursor.fetchone()[0]
    supervision.stop(lab, "postgres")
    with open(path, "r+b") as table:
        table.write(b"\xff" * 512)
    services.start_postgres(lab)
    health.wait(lab, "postgres")


@fault("migrations-broken", "one of the rows that a squash replaces is missing", "F53", touches=["postgres"])
def migrations_broken(lab):
    with database.admin(lab) as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'ej_conversations' AND name = '0005_auto_20190701_1443'")


@fault("rocket-password-default", "the active row has the password that its migration wrote; the monitor's role may read the column", "D8",
       needs=["on"], touches=["postgres"])
def rocket_password_default(lab):
    with database.admin(lab) as cursor:
        cursor.execute("UPDATE ej_rocketchat_rcconfig SET admin_password = 'password1234'; GRANT SELECT (admin_password) ON ej_rocketchat_rcconfig TO ejmon")


@fault("rocket-password-readable", "no fault: the monitor's role may read the column of Rocket.Chat's password", "D8", needs=["on"], touches=["postgres"])
def rocket_password_readable(lab):
    with database.admin(lab) as cursor:
        cursor.execute("UPDATE ej_rocketchat_rcconfig SET admin_password = 'a-password-of-its-own'; GRANT SELECT (admin_password) ON ej_rocketchat_rcconfig TO ejmon")


@fault("rocket-no-accounts", "no fault: nobody was granted can_create_account yet", "F76", needs=["on"], touches=["postgres"])
def rocket_no_accounts(lab):
    with database.admin(lab) as cursor:
        cursor.execute("DELETE FROM ej_rocketchat_rcaccount; DELETE FROM ej_users_user_user_permissions")
        cursor.execute("GRANT SELECT ON auth_permission, auth_group_permissions, ej_users_user_user_permissions TO ejmon")


@fault("site-domain-default", "no fault: django_site still names ejplatform.org.br", touches=["postgres"])
def site_domain_default(lab):
    with database.admin(lab) as cursor:
        cursor.execute("UPDATE django_site SET domain = 'ejplatform.org.br'")
