"""Waits until the lab's parts answer healthily; a wait is bounded, and its end without success shows the guilty log's tail."""
import http.client
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg2

from labkit import supervision
from labkit.state import LabError


def status_of(port, path, host="localhost", timeout=3.0, method="GET"):
    """The status of one request; None when there is no answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, path, headers={"Host": host, "Connection": "close"})
        answer = connection.getresponse()
        answer.read()
        return answer.status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def postgres_answers(lab):
    try:
        psycopg2.connect(host="127.0.0.1", port=lab.ports["postgres"], user="postgres", dbname="postgres", connect_timeout=2).close()
        return True
    except psycopg2.OperationalError:
        return False


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def listens(lab, name):
    return answers(lab.ports[name])


def web_healthy(lab):
    """The deep page answers, and, as it takes a worker's first request to warm it, both workers have answered."""
    paths = ["/conversations/"] + (["/talks/"] if lab.integration else [])
    if any(status_of(lab.ports["web"], path, timeout=10) != 200 for path in paths):
        return False
    warm = lab.dir / "run/warm"
    if len(list(warm.iterdir())) < 2:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: status_of(lab.ports["web"], "/conversations/", timeout=10), range(4)))
    return len(list(warm.iterdir())) >= 2


def nginx_healthy(lab):
    return status_of(lab.ports["nginx"], "/conversations/") == 200 and status_of(lab.ports["nginx"], "/static/css/main.css") == 200


CHECKS = {
    "postgres": postgres_answers, "web": web_healthy, "nginx": nginx_healthy,
    "mongo": lambda lab: listens(lab, "mongo"),
    # Any answer will do: its rate limiter may refuse this one.
    "rocketchat": lambda lab: (status_of(lab.ports["rocketchat"], "/api/info", timeout=10) or 500) < 500,
}


def healthy(lab, name):
    return CHECKS[name](lab)


def wait(lab, name, seconds=60.0):
    deadline = time.monotonic() + seconds
    while not CHECKS[name](lab):
        state = supervision.record(lab, name)
        if time.monotonic() > deadline or state.get("restarts", 0) >= 4:
            raise LabError(f"{name} is not healthy (restarts {state.get('restarts')}, last exit {state.get('last_exit')}); the end of "
                           f"{lab.log(name)}:\n{supervision.tail(lab, name)}")
        time.sleep(0.05)


def wait_loop(lab, name):
    """Until the service has failed to start, and its supervisor has tried again."""
    wait_until(lambda: supervision.record(lab, name).get("restarts", 0) >= 1, f"{name} does not fall into a restart loop", 60)


def wait_answers(lab, name, host="localhost"):
    """Until it answers, whatever it says, twice over so that both workers have."""
    wait_until(lambda: all([status_of(lab.ports[name], "/start/", host, 10) for _ in range(4)]), f"{name} answers")


def wait_any_answer(lab, name):
    """Until the service answers, whatever it says: the others may be ill."""
    if name == "web":
        wait_answers(lab, name)
    elif name == "nginx":
        wait_until(lambda: status_of(lab.ports[name], "/start/", timeout=10), "nginx answers")
    else:
        wait(lab, name)


def wait_until(condition, what, seconds=30.0):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise LabError(f"waited {seconds:g} s in vain: {what}")
        time.sleep(0.05)
