"""Faults of the databases that only their own server, or a look into web, can tell (EJ contract F43, F48 to F57, F76, section 8)."""
from labkit import database, health, lifecycle, mongo_client, rocket, services, supervision
from labkit.faults import fault
from labkit.state import HERE, PYTHON, free_ports

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


def recorded(lab, version):
    mongo_client.insert(lab.ports["mongo"], "rocketchat_statistics", {"_id": "lab", "version": version, "createdAt": 1})


@fault("mongo-standalone", "Rocket.Chat was upgraded to 7.2, as it recorded itself, and MongoDB runs alone", needs=["rocketchat"], touches=["rocketchat"])
def mongo_standalone(lab):
    recorded(lab, "7.2.0")


@fault("mongo-unsupported", "Rocket.Chat 0.74.3, as it recorded itself, on a MongoDB newer than any that it names", "F77", needs=["rocketchat"],
       touches=["rocketchat"])
def mongo_unsupported(lab):
    recorded(lab, "0.74.3")


@fault("mongo-stray-settings", "a script without a database's name left a setting in `test`", needs=["rocketchat"], touches=["rocketchat"])
def mongo_stray_settings(lab):
    mongo_client.insert(lab.ports["mongo"], "rocketchat_settings", {"_id": "Custom_Script_Logged_In", "value": "// EJ"}, "test")


def tell(lab, name, keys):
    """Sets keys of one check in ejmon's configuration, until the mend."""
    lab.data["check_keys"] = {**lab.data.get("check_keys", {}), name: keys}
    lab.save()
    lifecycle.write_config(lab)


def play(lab, script):
    """A server of documented replies, which ejmon is told to be MongoDB; Rocket.Chat keeps its own."""
    port = free_ports(["played"])["played"]
    argv = [PYTHON, str(HERE / "parts/mongo-responder"), "--listen", f"127.0.0.1:{port}", "--script", script]
    supervision.start(lab, "hog", {"argv": argv, "cwd": "/", "env": services.PLAIN})
    health.wait_until(lambda: health.answers(port), "the responder listens")
    tell(lab, "mongo", f'url: "mongodb://127.0.0.1:{port}/rocketchat"')


@fault("mongo-slow", "MongoDB takes two seconds for a ping", needs=["mongo"])
def mongo_slow(lab):
    play(lab, "slow-ping")


@fault("mongo-wrong-set", "the URL asks for a replica set, and the server runs alone", needs=["mongo"])
def mongo_wrong_set(lab):
    tell(lab, "mongo", f'url: "{lab.mongo_uri()}?replicaSet=rs0"')


@fault("mongo-wrong-database", "the URL names another database than Rocket.Chat's", needs=["rocketchat"])
def mongo_wrong_database(lab):
    tell(lab, "mongo", 'url: "%s"' % lab.mongo_uri().replace("/rocketchat", "/rocket"))


@fault("mongo-open", "MongoDB without a login at an address that is not plainly this machine's own", "D7", needs=["mongo"])
def mongo_open(lab):
    # 127.0.0.1 as one number: no name of this machine is sure to lead there, and the lab listens nowhere else.
    tell(lab, "mongo", 'url: "%s"' % lab.mongo_uri().replace("127.0.0.1", "2130706433"))


@fault("rocket-setting-pinned", "OVERWRITE_SETTING_Accounts_iframe_enabled=false in Rocket.Chat's environment", "F74", needs=["rocketchat"],
       touches=["rocketchat"])
def rocket_setting_pinned(lab):
    rocket.pin(lab, "Accounts_iframe_enabled", False)


@fault("rocket-setting-pinned-right", "no fault: OVERWRITE_SETTING_Accounts_iframe_enabled=true", needs=["rocketchat"], touches=["rocketchat"])
def rocket_setting_pinned_right(lab):
    rocket.pin(lab, "Accounts_iframe_enabled", True)


@fault("layout-drifted", "somebody changed a line of Rocket.Chat's home page, and the repository was not told", needs=["rocketchat"], touches=["rocketchat"])
def layout_drifted(lab):
    rocket.change(lab, {"Layout_Home_Body": lab.data["layout"]["Layout_Home_Body"] + "\n<p>Vote today!</p>"})


@fault("layout-unreadable", "the folder of versioned files is not where ejmon runs", needs=["rocketchat"])
def layout_unreadable(lab):
    tell(lab, "layout", f"folder: {lab.dir}/no-such-folder")


@fault("layout-empty", "no fault: the folder of versioned files has none that is named after a setting", needs=["rocketchat"])
def layout_empty(lab):
    (lab.dir / "knobs").mkdir(exist_ok=True)
    tell(lab, "layout", f"folder: {lab.dir}/knobs")
