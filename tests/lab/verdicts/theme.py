"""Static files and themes."""
from verdicts.words import CRITICAL, NO_COLLECT, NO_ENV, WARNING

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
FINDS = {"A": {
    "theme-switched": {"theme/mixed-assets": CRITICAL},
    "css-wrong-theme": {"theme/css-wrong-theme": CRITICAL, "theme/scratch-css-other": WARNING},
    "theme-wrong-in-container": {"theme/css-wrong-theme": CRITICAL, "theme/assets-wrong-theme": CRITICAL, "theme/process-differs": CRITICAL,
                                 "theme/container-differs": CRITICAL},
    "css-empty": {"theme/css-empty": CRITICAL, "theme/scratch-css-empty": WARNING},
    "css-empty-in-image": {"theme/css-empty": CRITICAL, "theme/build-empty": CRITICAL},
    "static-empty": {"theme/static-empty": CRITICAL},
    "static-truncated": {"theme/truncated": CRITICAL},
    "static-truncated-css": {"theme/truncated": CRITICAL},
    "js-stale": {"theme/js-stale": CRITICAL},
    "js-missing": {"theme/js-missing": CRITICAL, "theme/build-js-missing": CRITICAL},
    "process-theme-differs": {"theme/process-differs": CRITICAL},
    "static-to-django": {"theme/static-misrouted": CRITICAL},
    "static-not-shared": {"theme/static-not-shared": CRITICAL},
    "theme-not-collected": {"theme/css-wrong-theme": CRITICAL, "theme/assets-wrong-theme": CRITICAL, "theme/assets-missing": CRITICAL,
                            "theme/scratch-css-other": WARNING},
}}
LOOKS = {"A": {
    "theme-switched": {"theme over http": ({"theme/mixed-assets": CRITICAL}, ["theme/stale-volume"])},
    "css-wrong-theme": {"theme over http": ({"theme/css-wrong-theme": CRITICAL}, ["theme/css-not-collected"])},
    "theme-wrong-in-container": {"theme over http": (
        {"theme/css-wrong-theme": CRITICAL, "theme/assets-wrong-theme": CRITICAL, "theme/process-differs": CRITICAL}, ["theme/wrong-environment"])},
    "css-empty": {"theme over http": ({"theme/css-empty": CRITICAL}, ["theme/empty-css-collect"])},
    "css-empty-in-image": {"theme over http": ({"theme/css-empty": CRITICAL}, ["theme/empty-css-collect"])},
    "static-empty": {"theme over http": ({"theme/static-empty": CRITICAL}, ["theme/naked"])},
    "static-truncated": {"theme over http": ({}, [])},
    "static-truncated-css": {"theme over http": ({"theme/truncated": CRITICAL}, ["theme/partial-copy"])},
    "js-stale": {"theme over http": ({}, []),
        "theme from inside": ({"theme/js-stale": CRITICAL}, ["theme/stale-volume"]),
        "theme from inside without a shadow collect": ({}, [])},
    "js-missing": {"theme over http": ({"theme/js-missing": CRITICAL}, ["theme/files-lost"]),
        "theme from inside": ({"theme/js-missing": CRITICAL, "theme/build-js-missing": CRITICAL}, ["theme/script-lost"])},
    "process-theme-differs": {"theme over http": ({"theme/process-differs": CRITICAL}, ["theme/process-environment"])},
    "static-to-django": {"theme over http": ({"theme/static-misrouted": CRITICAL}, ["theme/misrouted"])},
    "static-not-shared": {"theme over http": ({"theme/static-empty": CRITICAL}, ["theme/naked"]),
        "theme from inside": ({"theme/static-not-shared": CRITICAL}, ["theme/not-shared"])},
    "theme-not-collected": {"theme over http": ({"theme/assets-wrong-theme": CRITICAL, "theme/css-wrong-theme": CRITICAL}, ["theme/not-collected"])},
    "env-edited-only-restarted": {"theme from inside": (
        {"theme/container-differs": CRITICAL, "theme/css-wrong-theme": CRITICAL, "theme/assets-wrong-theme": CRITICAL, "theme/assets-missing": CRITICAL,
         "theme/process-differs": CRITICAL}, ["theme/not-recreated"])},
}}
ACTS = {"A": ["theme-empty", "env-edited-only-restarted"]}
