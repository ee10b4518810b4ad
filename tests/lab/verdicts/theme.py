"""Static files and themes."""
from verdicts.words import NO_COLLECT, NO_ENV

A = {
    "theme-switched": (["theme/stale-volume"], "clear-collect", ["collect", "restart web"]),
    "theme-switched-collected": (["theme/stale-volume"], "clear-collect", ["collect", "restart web"]),
    "css-wrong-theme": (["theme/css-not-collected"], "collect", ["collectstatic"]),
    "theme-not-collected": (["theme/not-collected"], "clear-collect", ["collect", "collectstatic"]),
    "theme-plain-collectstatic": (["theme/not-collected"], "clear-collect", ["collect", "collectstatic"]),
    "theme-wrong-in-container": (["theme/not-recreated"], None, NO_COLLECT + NO_ENV),
    "env-edited-only-restarted": (["theme/not-recreated"], None, NO_COLLECT + NO_ENV),
    "theme-empty": (["theme/bad-name"], None, NO_COLLECT + NO_ENV),
    "theme-unknown": (["theme/bad-name"], None, NO_COLLECT + NO_ENV),
    "theme-quoted": (["theme/bad-name"], None, NO_COLLECT + NO_ENV),
    "theme-path": (["theme/bad-name"], None, NO_COLLECT + NO_ENV),
    "theme-unknown-process": (["theme/bad-name"], None, NO_COLLECT + NO_ENV),
    "css-empty": (["theme/empty-css-collect"], "collect", ["collectstatic", "restart web"]),
    "css-empty-in-image": (["theme/broken-image"], None, NO_COLLECT + ["rebuild"]),
    "static-empty": (["theme/naked"], "collect", ["collectstatic", "docker volume rm"]),
    "static-dir-gone": (["theme/naked"], "collect", ["collectstatic", "docker volume rm"]),
    "static-rm-plain": (["theme/css-not-collected"], "collect", ["collectstatic"]),
    "static-not-shared": (["theme/not-shared"], None, NO_COLLECT + ["docker volume rm"]),
    "static-not-shared-old": (["theme/not-shared"], None, NO_COLLECT + ["docker volume rm"]),
    "static-truncated": (["theme/partial-copy"], "clear-collect", ["collect", "restart web"]),
    "static-truncated-css": (["theme/partial-copy"], "clear-collect", ["collect", "restart web"]),
    "js-stale": (["theme/stale-volume"], "clear-collect", ["collect", "restart web"]),
    "js-missing": (["theme/script-lost"], None, NO_COLLECT + ["inv js"]),
    "process-theme-differs": (["theme/process-environment"], None, NO_COLLECT + NO_ENV),
    "static-to-django": (["theme/misrouted"], None, NO_COLLECT),
    "static-refused": (["theme/refused"], None, NO_COLLECT + ["chmod 777"]),
}
B = {
    "theme-switched": (["theme/stale-volume"], "clear-collect", ["collect", "restart web"]),
}
# Generation C has no theme but default: cpa is a name that it does not know, and kills the next start (W17).
C = {
    **{name: A[name] for name in ("theme-empty", "theme-unknown", "theme-quoted", "theme-path", "theme-unknown-process", "css-empty",
                                  "css-empty-in-image", "static-empty", "static-dir-gone", "static-not-shared", "static-not-shared-old",
                                  "static-truncated", "static-truncated-css", "js-stale", "js-missing", "process-theme-differs", "static-to-django",
                                  "static-refused")},
    **{name: (["theme/bad-name"], None, NO_COLLECT + NO_ENV) for name in ("theme-not-collected", "theme-plain-collectstatic", "static-rm-plain",
                                                                         "env-edited-only-restarted")},
}
REFUSED = {"static-dir-gone": "File exists"}
