"""Faults of PostgreSQL and of what stands in it (EJ contract F43 to F56)."""
from labkit import container, database, faults_static, health, image, services, supervision
from labkit.faults import fault
from labkit.state import PYTHON

LEAVES = {"A": "0001_ada_lovelace_v1", "B": "0002_barbara_rc1", "C": "0002_barbara_rc1"}
SERVE_WITHOUT_MIGRATE = ("inv", "collect", "gunicorn")


@fault("postgres-stopped", "PostgreSQL stopped under a warm web", "F43", ["off:db-stopped", "on:rc-db-stopped"])
def postgres_stopped(lab):
    health.wait(lab, "web")
    supervision.stop(lab, "postgres")


@fault("postgres-stopped-cold", "PostgreSQL stopped, then web restarted: workers that have never answered wait for it until they are killed",
       "F43", ["off:db-stopped-cold"], touches=["web"])
def postgres_stopped_cold(lab):
    supervision.stop(lab, "postgres")
    services.restart_web(lab, SERVE_WITHOUT_MIGRATE)
    health.wait_until(lambda: health.listens(lab, "web"), "web listens")


@fault("postgres-stopped-cpa", "PostgreSQL stopped under a warm web whose theme is cpa (not collected): /start/ fails too", "F43", ["off:db-stopped-cpa"],
       touches=["web"], recreates=True)
def postgres_stopped_cpa(lab):
    container.edit_env_file(lab, {"EJ_THEME": "cpa"})
    services.recreate_web(lab, ("inv", "db", "-m", "gunicorn"))
    health.wait(lab, "web")
    supervision.stop(lab, "postgres")


@fault("postgres-hung", "PostgreSQL accepts and never answers (SIGSTOP of all its processes)", "F43")
def postgres_hung(lab):
    supervision.freeze(lab, "postgres")


@fault("postgres-refuses-password", "the passwords of roles ej and ejmon were changed in the database (a volume initialised with others)",
       "F44", touches=["postgres"])
def postgres_refuses_password(lab):
    with database.admin(lab) as cursor:
        cursor.execute("ALTER ROLE ej PASSWORD 'another'; ALTER ROLE ejmon PASSWORD 'another'")


@fault("postgres-refuses-web", "the password of role ej only: the monitor gets in, web does not", "F44", touches=["postgres"])
def postgres_refuses_web(lab):
    with database.admin(lab) as cursor:
        cursor.execute("ALTER ROLE ej PASSWORD 'another'")


@fault("postgres-no-database", "the cluster holds database \"table\" (generation A's name), config.env says db", "F45", touches=["postgres"])
def postgres_no_database(lab):
    with database.admin(lab, "postgres") as cursor:
        database.disconnect_all(cursor)
        cursor.execute('ALTER DATABASE db RENAME TO "table"')


@fault("postgres-too-many-connections", "all connections taken by somebody else", "F43")
def postgres_too_many_connections(lab):
    code = ("import psycopg2, signal, sys, time\nheld = []\n"
            "while True:\n"
            "    try:\n        held.append(psycopg2.connect(sys.argv[1]))\n"
            "    except psycopg2.OperationalError:\n        time.sleep(0.2)\n")
    argv = [PYTHON, "-c", code, lab.postgres_uri("ej")]
    supervision.start(lab, "hog", {"argv": argv, "cwd": "/", "env": services.PLAIN})
    health.wait_until(lambda: health.status_of(lab.ports["web"], "/conversations/") == 500, "web finds no connection")


@fault("postgres-no-privilege", "role ejmon may connect but read nothing", touches=["postgres"])
def postgres_no_privilege(lab):
    with database.admin(lab) as cursor:
        cursor.execute("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM ejmon")


@fault("postgres-silent-sqlite", "DJANGO_DB_URL missing: web serves from an empty SQLite file in its own layer", "F48", ["off:db-sqlite"], recreates=True)
def postgres_silent_sqlite(lab):
    container.edit_env_file(lab, {"DJANGO_DB_URL": None})
    services.recreate_web(lab)
    health.wait(lab, "web")


@fault("postgres-other-port", "PostgreSQL on a port that EJ's own connection test does not look at: web waits until it is killed", "F47",
       ["off:db-port"], recreates=True)
def postgres_other_port(lab):
    # A port without a listener stands for 5432, which may be somebody else's on this machine.
    container.edit_env_file(lab, {"PGPORT": "1"})
    services.recreate_web(lab, SERVE_WITHOUT_MIGRATE)
    health.wait_until(lambda: health.listens(lab, "web"), "web listens")


@fault("migrations-pending", "ej_conversations migrated back by one, web left running: nothing differs over HTTP", "F49",
       ["off:migrations-reverted"], touches=["postgres"])
def migrations_pending(lab):
    faults_static.inside(lab, "python", "manage.py", "migrate", "ej_conversations", LEAVES[lab.generation])


@fault("migrations-unrecorded", "the row of an applied migration is missing: nothing differs until the next start", "F49 F54", touches=["postgres"])
def migrations_unrecorded(lab):
    with database.admin(lab) as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'ej_users' AND name = '0002_barbara_rc1'")


@fault("migrations-unrecorded-start", "the same, web restarted: its migrate fails, restart loop", "F54", ["off:migrations-unrecorded-start"],
       touches=["postgres", "web"])
def migrations_unrecorded_start(lab):
    migrations_unrecorded(lab)
    services.restart_web(lab)
    health.wait_loop(lab, "web")


@fault("migrations-ahead", "a migration is recorded that the image does not know (a rolled back image)", "F52", touches=["postgres"])
def migrations_ahead(lab):
    with database.admin(lab) as cursor:
        cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('ej_users', '0099_from_the_future', now())")


@fault("fresh-db", "an empty database of the right name, web serving without migrate", "F50", ["off:tables-missing"], touches=["postgres", "web"])
def fresh_db(lab):
    supervision.stop(lab, "web")
    with database.admin(lab, "postgres") as cursor:
        cursor.execute("DROP DATABASE db WITH (FORCE)")
        cursor.execute("CREATE DATABASE db OWNER ej")
    image.fresh_layer(lab)
    services.start_web(lab, SERVE_WITHOUT_MIGRATE)
    health.wait_answers(lab, "web")


@fault("rc-tables-missing", "the integration is on, its tables are not there: every page 500 without a CSP", "F51", ["on:rc-unmigrated"],
       needs=["on"], touches=["postgres"])
def rc_tables_missing(lab):
    with database.admin(lab) as cursor:
        cursor.execute("DROP TABLE ej_rocketchat_rcaccount, ej_rocketchat_rcconfig")
        cursor.execute("DELETE FROM django_migrations WHERE app = 'ej_rocketchat'")


@fault("table-dropped", "a restore was cut short: the table of profiles is missing, its migrations are recorded", "F49", touches=["postgres"])
def table_dropped(lab):
    with database.admin(lab) as cursor:
        cursor.execute("DROP TABLE ej_profiles_profile CASCADE")


@fault("no-superuser", "no account has is_superuser", "F55", ["off:no-superuser"], touches=["postgres"])
def no_superuser(lab):
    with database.admin(lab) as cursor:
        cursor.execute("UPDATE ej_users_user SET is_superuser = false")


@fault("fake-accounts", "`inv db-fake`: admin@admin.com with password admin, and random staff", "F56", ["off:fake-users"], touches=["postgres"])
def fake_accounts(lab):
    faults_static.inside(lab, "inv", "db-fake")


@fault("sessions-expired", "thousands of expired sessions that nobody purges", "F57", touches=["postgres"])
def sessions_expired(lab):
    with database.admin(lab) as cursor:
        cursor.execute("INSERT INTO django_session (session_key, session_data, expire_date) "
                       "SELECT 'lab' || n, '', now() - interval '40 days' FROM generate_series(1, 20000) n")
