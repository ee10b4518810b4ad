"""What the Docker Engine tells. The lab plays its containers, so that none of it is raised here."""

ENGINE = "needs a Docker Engine: tests/integration/test_containers.py, tests/unit/test_container_judge.c"
UNRAISED = dict.fromkeys(
    [f"containers/{name}" for name in (
        "image-untagged", "mongo-down", "mongo-unpinned", "nginx-down", "one-off", "out-of-memory", "port-published", "postgres-down",
        "rocketchat-down", "root-url", "setting-hidden", "setting-pinned", "static-bind", "static-not-shared", "static-two-projects",
        "token-limit", "unseen", "web-down")], ENGINE)
