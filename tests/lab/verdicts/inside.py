"""What is seen from inside of web, past a cache, and on the disks."""
from verdicts.words import NO_COLLECT, NO_ENV

A = {
    "build-mislabelled": (["theme/mislabelled-image"], None, NO_COLLECT),
    "css-build-truncated": (["theme/failed-collect"], None, ["collectstatic"]),
    "two-stacks": (["theme/other-container"], "collect", ["collectstatic", "restart web"]),
    "healed-in-one-off": (["theme/healed-elsewhere"], None, ["collectstatic", "docker-compose run web collect"]),
    "cache-stale": (["theme/stale-cache"], None, NO_COLLECT + NO_ENV),
    "static-url-other": (["theme/static-moved"], None, NO_COLLECT + NO_ENV),
    "debug-runserver": (["web/debug"], None, NO_ENV),
    "log-huge": (["disk/log-eats-disk"], None, ["rm debug.log", "restart web"]),
    "static-not-writable": (["disk/wrong-owner"], None, NO_COLLECT + ["restart web", "chmod 777"]),
    "disk-nearly-full": (["disk/space-low"], None, []),
    "inodes-few": (["disk/full"], None, NO_COLLECT + ["restart web"]),
    "disk-full": (["disk/full"], None, NO_COLLECT + ["restart web"]),
}
# A disk, a log, a failed collect and a development server are the same in every generation; C has one theme only.
C = {name: A[name] for name in ("css-build-truncated", "static-url-other", "debug-runserver", "log-huge", "static-not-writable",
                                "disk-nearly-full", "inodes-few", "disk-full")}
NEIGHBOURS = {"A": ["exec-refused", "theme-baked"], "B": ["theme-baked"], "C": ["exec-refused"]}
