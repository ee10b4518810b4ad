"""Starts that fail, named by the last lines of a log; and lines that visitors forge."""
from verdicts.words import NO_COLLECT

A = {
    "static-not-permitted": (["web/not-permitted"], None, NO_COLLECT + ["restart web", "chmod 777", "run as root"]),
    "disk-full-start": (["web/disk-full"], None, ["clear-collect", "restart web", "down -v"]),
    "python-not-a-task": (["web/wrong-command"], None, ["restart web", "collect"]),
    "collectstatic-asks": (["web/wrong-command"], None, ["restart web", "collect"]),
    "web-start-error": (["web/start-fails"], None, ["restart web", "collect"]),
    "worker-timeout": (["web/hung"], None, ["collect"]),
    "nginx-without-web": (["web/nginx-without-web"], None, ["restart nginx", "collect"]),
    "nginx-port-taken": (["web/nginx-start-fails"], None, ["restart nginx", "restart web", "collect"]),
    "postgres-other-version": (["database/start-fails"], None, ["restart web", "restart postgres", "down -v"]),
    "mongo-smallfiles": (["rocket/mongo-start-fails"], None, ["restart rocketchat", "restart web", "delete the volume"]),
    "rocket-no-replica-set": (["rocket/needs-replica-set"], None, ["restart rocketchat", "delete the volume"]),
}
B = {
    "static-not-permitted": (["web/not-permitted"], None, NO_COLLECT + ["restart web", "chmod 777", "run as root"]),
    "disk-full-start": (["web/disk-full"], None, ["clear-collect", "restart web", "down -v"]),
}
C = {
    "disk-full-start": (["web/disk-full"], None, ["clear-collect", "restart web", "down -v"]),
}
NEIGHBOURS = {"A": ["logs-forged"], "B": ["logs-forged"]}

PLAYED = "needs a state of a real server or of EJ's own code that the lab cannot bring about: tests/unit/test_log_oracle.c has the lines"
UNRAISED = dict.fromkeys(
    ["logs/database-host-unknown", "logs/folder-race", "logs/migration-failed", "logs/migration-history",
     "logs/mongo-start-failed", "logs/mongo-too-old", "logs/nginx-start-failed", "logs/rocketchat-no-mongo", "logs/rocketchat-unreachable",
     "logs/unread", "logs/worker-killed"], PLAYED)
