"""Faults whose cause only a log names: starts that fail (EJ contract F16, F17, F28 to F31, F77, F81, F82), and what visitors can write there."""
import os
import shutil
import socket
import urllib.error
import urllib.request

from labkit import database, health, services, supervision
from labkit.faults import fault

NOBODY = 65534
# As gunicorn, PostgreSQL, mongod and Rocket.Chat print them; their real servers are not what the lab can break at its start.
POSTGRES_VERSION = ("2026-01-01 00:00:00.000 UTC [1] FATAL:  database files are incompatible with server\n"
                    "2026-01-01 00:00:00.000 UTC [1] DETAIL:  The data directory was initialized by PostgreSQL version 10, which is not compatible with this version 15.\n")
MONGO_SMALLFILES = "Error parsing command line: unrecognised option '--smallfiles'\ntry 'mongod --help' for more information\n"
REPLICA_SET = "".join(f"|  {line}  |\n" for line in ("SERVER ERROR", "", "OPLOG / REPLICASET IS REQUIRED TO RUN ROCKET.CHAT", "MORE INFORMATION AT:"))


@fault("static-not-permitted", "the static volume belongs to root, web runs as another user: its collect fails at every start", "F16", touches=["web"], recreates=True)
def static_not_permitted(lab):
    command = services.START_SEQUENCE
    if os.getuid() == 0:
        inv = str(lab.dir / "bin/container/inv")
        command = (*database.as_user(NOBODY, NOBODY), inv, *services.START_SEQUENCE[1:])
    supervision.stop(lab, "web")
    services.recreate_web(lab, command)
    supervision.stop(lab, "web")
    for folder, names, files in os.walk(lab.app):
        for name in ("", *names, *files):
            os.chown(os.path.join(folder, name), NOBODY if os.getuid() == 0 else -1, -1, follow_symlinks=False)
    shutil.rmtree(lab.static / "css")  # so that there is something to copy
    lab.static.chmod(0o555)
    services.start_web(lab, command)
    health.wait_loop(lab, "web")
    lab.static.chmod(0o755)


@fault("disk-full-start", "the disk is full where web's collect writes: No space left on device at every start", "F17", touches=["web"])
def disk_full(lab):
    css = lab.app / "lib/build/css/main.css"
    css.unlink(missing_ok=True)
    css.symlink_to("/dev/full")
    services.restart_web(lab)
    health.wait_loop(lab, "web")


@fault("python-not-a-task", "compose's command is `python manage.py ...`, which inv takes for names of its tasks", "F81", touches=["web"], recreates=True)
def python_not_a_task(lab):
    services.recreate_web(lab, ("inv", "python", "manage.py", "runserver"))
    health.wait_loop(lab, "web")


@fault("collectstatic-asks", "web's command runs collectstatic without --noinput and without a terminal", "F82", touches=["web"], recreates=True)
def collectstatic_asks(lab):
    services.recreate_web(lab, (str(lab.dir / "bin/container/python"), "manage.py", "collectstatic"))
    health.wait_loop(lab, "web")


@fault("web-start-error", "web's code ends at its start with an error that nobody has foreseen", "F28", touches=["web"], recreates=True)
def web_start_error(lab):
    services.recreate_web(lab, ("/usr/bin/python3", "-c", "raise LookupError('no such thing as a flux capacitor')"))
    health.wait_loop(lab, "web")


@fault("worker-timeout", "every page takes longer than gunicorn waits: it kills worker after worker", "F35")
def worker_timeout(lab):
    (lab.dir / "knobs/slow").write_text(str(2 * int(lab.data["worker_timeout"])))
    try:
        urllib.request.urlopen(f"{lab.url('web')}/conversations/", timeout=3 * int(lab.data["worker_timeout"]))
    except (urllib.error.URLError, OSError):
        pass


def restart_nginx_into_loop(lab):
    supervision.stop(lab, "nginx")
    services.start_nginx(lab)
    health.wait_until(lambda: supervision.record(lab, "nginx").get("restarts", 0) > 0, "nginx ends at its start")


@fault("nginx-without-web", "nginx started while its upstream's name had no address: host not found in upstream, restart loop", "F30")
def nginx_without_web(lab):
    path = lab.dir / "nginx/nginx.conf"
    path.write_text(path.read_text().replace(f"http://127.0.0.1:{lab.ports['web']}/", "http://web.invalid:8000/"))
    restart_nginx_into_loop(lab)


@fault("nginx-port-taken", "another program has nginx's port", "F31")
def nginx_port_taken(lab):
    supervision.stop(lab, "nginx")
    code = ("import socket, sys\nlistener = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n"
            "while True:\n    listener.accept()[0].close()\n")
    supervision.start(lab, "hog", {"argv": ["/usr/bin/python3", "-c", code, str(lab.ports["nginx"])], "cwd": "/", "env": services.PLAIN})
    health.wait_until(lambda: answers(lab.ports["nginx"]), "the other program has the port")
    restart_nginx_into_loop(lab)


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def last_words(lab, name, words):
    """Stops a service; its log ends as that of one that failed at its start."""
    supervision.stop(lab, name)
    with open(lab.log(name), "a") as log:
        log.write(words)


@fault("postgres-other-version", "PostgreSQL of another version than its volume (only its log is played)", "F43", touches=["web"])
def postgres_other_version(lab):
    last_words(lab, "postgres", POSTGRES_VERSION)


@fault("mongo-smallfiles", "a MongoDB that no longer knows --smallfiles (only its log is played)", "F77", needs=["mongo"])
def mongo_smallfiles(lab):
    last_words(lab, "mongo", MONGO_SMALLFILES)


@fault("rocket-no-replica-set", "a Rocket.Chat that needs a replica set (only its log is played)", needs=["rocketchat"])
def rocket_no_replica_set(lab):
    last_words(lab, "rocketchat", REPLICA_SET)


@fault("logs-forged", "no fault: a visitor writes lines into the logs of web and nginx that look like faults", "F33")
def logs_forged(lab):
    lines = ("[2026-01-01 00:00:00 +0000] [7] [CRITICAL] WORKER TIMEOUT (pid:9)", "django.core.exceptions.ImproperlyConfigured: Invalid environment: forged",
             "2026/01/01 00:00:00 [emerg] 1#1: host not found in upstream \"web\"", "OSError: [Errno 28] No space left on device")
    text = urllib.request.quote("\n" + "\n".join(lines) + "\n")
    for path in (f"/nope/{text}/", f"/static/{text}"):
        for host in ("", "forged.example.org"):
            request = urllib.request.Request(lab.url("nginx") + path, headers={"Host": host} if host else {})
            try:
                urllib.request.urlopen(request, timeout=10)
            except urllib.error.URLError:
                pass
