"""The databases again: server states, the record of migrations, rows of Rocket.Chat; and MongoDB."""

A = {
    "postgres-locked": (["database/locked"], None, ["restart web"]),
    "postgres-connections-high": (["db/connections-high"], None, []),
    "postgres-read-only": (["database/read-only"], None, ["promote"]),
    "postgres-starting": (["database/starting"], None, ["restart postgres", "restart web"]),
    "postgres-damaged": (["database/failing"], None, ["restart postgres", "VACUUM FULL"]),
    "migrations-broken": (["database/broken-squash"], None, ["restart web", "migrate", "migrate --fake"]),
    "rocket-password-default": (["db/rocket-password-default"], None, []),
    "mongo-standalone": (["rocket/needs-replica-set"], None, ["restart rocketchat", "delete the volume"]),
    "mongo-unsupported": (["mongo/unsupported"], None, []),
    "mongo-stray-settings": (["mongo/stray-settings"], None, []),
    "mongo-wrong-database": (["mongo/wrong-database"], None, []),
    "mongo-slow": (["mongo/slow"], None, []),
    "mongo-wrong-set": (["rocket/wrong-replica-set"], None, ["restart rocketchat"]),
    "mongo-open": (["mongo/no-auth"], None, []),
    "layout-drifted": (["rocket/layout-drifted"], None, ["edit MongoDB", "mongo_script.js"]),
    "rocket-setting-pinned": (["rocket/setting-pinned"], None, ["change the setting", "edit MongoDB", "nginx-headers"]),
}
B = {
    "migrations-broken": (["database/broken-squash"], None, ["restart web", "migrate"]),
    "migrations-ahead": (["database/ahead"], None, ["migrate", "restart web"]),
    "postgres-silent-sqlite": (["database/silent-sqlite"], None, ["migrate", "re-create web"]),
}
C = {name: A[name] for name in ("postgres-locked", "postgres-connections-high", "postgres-read-only", "postgres-starting", "postgres-damaged",
                                "migrations-broken")}
NEIGHBOURS = {
    "C": ["site-domain-default"],
    "A": ["rocket-password-readable", "rocket-no-accounts", "site-domain-default", "rocket-setting-pinned-right", "layout-empty"],
}
BLIND = {
    "A": ["layout-unreadable"],
}
