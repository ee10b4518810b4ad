"""The lab's PostgreSQL cluster: its making, its roles, what a healthy database holds, and how it is brought back to that."""
import base64
import datetime
import hashlib
import hmac
import os
import pwd
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

import psycopg2

from labkit.state import LabError

MAX_CONNECTIONS = 25
# What the SQL tests of the contract's section 6 read; never admin_password nor a user's token.
READABLE = {
    "django_migrations": "id, app, name, applied", "django_session": "session_key, expire_date", "django_site": "id, domain, name",
    "auth_permission": "id, codename", "ej_users_user": "id, email, password, is_superuser, is_active, is_staff",
    "ej_rocketchat_rcconfig": "id, url, api_url, admin_username, admin_id, admin_token, is_active",
    "ej_rocketchat_rcaccount": "id, user_id, username, user_rc_id, is_active"}


def program(name):
    """Of Debian's newest PostgreSQL."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4].split(".")[0]))
    if not found and not shutil.which(name):
        raise LabError(f"{name} is not installed (Debian: apt-get install postgresql)")
    return str(found[-1]) if found else shutil.which(name)


def as_postgres():
    """The words before a command that PostgreSQL refuses to run as root. The capability lets it walk through private parents of DIR."""
    if os.getuid() != 0:
        return []
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return as_user(user.pw_uid, user.pw_gid)
    raise LabError("as root the lab needs a user postgres or nobody for PostgreSQL")


def as_user(uid, gid):
    """The words before a command of another user, which may still walk through private folders above the lab, where the kernel lets it."""
    base = ["/usr/bin/setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups"]
    able = base + ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    return able if subprocess.run([*able, "true"], stderr=subprocess.DEVNULL).returncode == 0 else base


def write_access(lab, web="scram-sha-256", monitor="scram-sha-256"):
    (lab.dir / "postgres/pg_hba.conf").write_text(
        "host all postgres 127.0.0.1/32 trust\n"
        f"host all ejmon 127.0.0.1/32 {monitor}\nhost all all 127.0.0.1/32 {web}\n")


def create_cluster(lab):
    data = lab.dir / "postgres"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(mode=0o700)
    prefix = as_postgres()
    if prefix:
        os.chown(data, int(prefix[1].partition("=")[2]), int(prefix[2].partition("=")[2]))
    done = subprocess.run([*prefix, program("initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "--no-sync", "--wal-segsize=1", "-E", "UTF8",
                           "--locale=C"],
                          cwd="/", capture_output=True, text=True)
    if done.returncode != 0:
        raise LabError(f"initdb failed in {data}:\n{done.stdout[-500:]}{done.stderr[-1500:]}")
    with open(data / "postgresql.conf", "a") as conf:
        conf.write(f"listen_addresses = '127.0.0.1'\nport = {lab.ports['postgres']}\nunix_socket_directories = ''\n"
                   f"max_connections = {MAX_CONNECTIONS}\nfsync = off\nfull_page_writes = off\nshared_buffers = 16MB\n"
                   "dynamic_shared_memory_type = mmap\nautovacuum = off\nlog_min_messages = warning\n"
                   # What a killed worker left waiting for a lock ends soon, so that a lock does not end in "too many clients".
                   "client_connection_check_interval = 1s\n")
    write_access(lab)


def write_standby(lab, lines=()):
    """Makes a stopped server one that waits for a primary, with more lines of configuration."""
    (lab.dir / "postgres/standby.signal").touch()
    (lab.dir / "postgres/postgresql.auto.conf").write_text("".join(f"{line}\n" for line in lines))


def is_standby(lab):
    return (lab.dir / "postgres/standby.signal").exists()


def write_primary(lab):
    (lab.dir / "postgres/standby.signal").unlink()
    (lab.dir / "postgres/postgresql.auto.conf").write_text("")


@contextmanager
def admin(lab, dbname="db"):
    connection = psycopg2.connect(host="127.0.0.1", port=lab.ports["postgres"], user="postgres", dbname=dbname, connect_timeout=5)
    connection.autocommit = True
    try:
        yield connection.cursor()
    finally:
        connection.close()


def verifier(password):
    """What PostgreSQL stores of a password (RFC 5803), with one iteration instead of 4096: web logs in anew for each request."""
    salt = os.urandom(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, 1)
    client, server = (hmac.digest(salted, text, "sha256") for text in (b"Client Key", b"Server Key"))
    texts = [base64.b64encode(part).decode() for part in (salt, hashlib.sha256(client).digest(), server)]
    return f"SCRAM-SHA-256$1:{texts[0]}${texts[1]}:{texts[2]}"


def create_database(lab):
    """As the postgres image does on its first start, plus the monitoring role."""
    with admin(lab, "postgres") as cursor:
        for role in ("ej", "ejmon"):
            cursor.execute(f"CREATE ROLE {role} LOGIN PASSWORD %s", (verifier(lab.passwords[role]),))
        cursor.execute("CREATE DATABASE db OWNER ej")


def disconnect_all(cursor):
    cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename IS NOT NULL")


def grant(lab):
    """What the SQL tests of the contract's section 6 need, and nothing that shows a password."""
    with admin(lab) as cursor:
        cursor.execute("GRANT CONNECT ON DATABASE db TO ejmon; GRANT USAGE ON SCHEMA public TO ejmon")
        for table, columns in READABLE.items():
            cursor.execute("SELECT to_regclass(%s) IS NOT NULL", (f"public.{table}",))
            if cursor.fetchone()[0]:
                cursor.execute(f"GRANT SELECT ({columns}) ON {table} TO ejmon")


def django_password(text):
    salt, rounds = "labsalt", 1000
    digest = hashlib.pbkdf2_hmac("sha256", text.encode(), salt.encode(), rounds)
    return f"pbkdf2_sha256${rounds}${salt}${base64.b64encode(digest).decode()}"


def seed(lab, rocketchat):
    """People, a board, a conversation; with the integration on also the active row and the plain user's account. `rocketchat` holds
    what EJ knows of Rocket.Chat's administrator and of that user: {"admin" and "user": {username, password, id, token}}."""
    password, now = django_password(lab.passwords["people"]), datetime.datetime.now(datetime.timezone.utc)
    people = {}
    with admin(lab) as cursor:
        for email, boss in (("admin@ej.example.org", True), ("user@ej.example.org", False)):
            cursor.execute("INSERT INTO ej_users_user (email, name, display_name, password, is_staff, is_superuser, is_active, date_joined) "
                           "VALUES (%s, %s, '', %s, %s, %s, true, %s) RETURNING id", (email, email.split("@")[0], password, boss, boss, now))
            people[boss] = cursor.fetchone()[0]
        cursor.execute("UPDATE django_site SET domain = 'ej.example.org'")
        cursor.execute("INSERT INTO ej_boards_board (slug, title) VALUES ('city', 'City')")
        cursor.execute("INSERT INTO ej_conversations_conversation (title, is_promoted) VALUES ('How do we move around?', true)")
        if lab.integration:
            insert_row(cursor, lab.url("rocketchat"), rocketchat["admin"])
            user = rocketchat["user"]
            cursor.execute("INSERT INTO ej_rocketchat_rcaccount (user_id, username, user_rc_id, auth_token, password, is_active) "
                           "VALUES (%s, %s, %s, %s, %s, true)", (people[False], user["username"], user["id"], user["token"], user["password"]))
            cursor.execute("INSERT INTO ej_users_user_user_permissions (user_id, permission_id) "
                           "SELECT %s, id FROM auth_permission WHERE codename = 'can_create_account'", (people[False],))


def insert_row(cursor, url, credentials=None, active=True):
    c = {"username": "admin", "id": "uid", "token": "token", "password": "", **(credentials or {})}
    cursor.execute("INSERT INTO ej_rocketchat_rcconfig (url, admin_username, admin_id, admin_token, admin_password, is_active) "
                   "VALUES (%s, %s, %s, %s, %s, %s)", (url, c["username"], c["id"], c["token"], c["password"], active))


def keep(lab):
    """Remembers the database as it is now, for restore()."""
    with admin(lab, "postgres") as cursor:
        disconnect_all(cursor)
        cursor.execute("DROP DATABASE IF EXISTS kept")
        cursor.execute("CREATE DATABASE kept TEMPLATE db")


def restore(lab):
    """Roles, access and content as after `up`. PostgreSQL must run."""
    write_access(lab)
    with admin(lab, "postgres") as cursor:
        cursor.execute("SELECT pg_reload_conf()")
        disconnect_all(cursor)
        for role in ("ej", "ejmon"):
            cursor.execute(f"ALTER ROLE {role} LOGIN CONNECTION LIMIT -1 PASSWORD %s", (verifier(lab.passwords[role]),))
        for name in ('"table"', "db"):
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute("CREATE DATABASE db OWNER ej TEMPLATE kept")
        cursor.execute("GRANT CONNECT ON DATABASE db TO ejmon")
