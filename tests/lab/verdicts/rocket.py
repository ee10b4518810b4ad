"""Rocket.Chat and MongoDB."""
from verdicts.words import CRITICAL, WARNING

A = {
    "mongo-stopped": (["rocket/mongo-down"], None, ["restart rocketchat", "restart web", "delete the volume"]),
    "mongo-hung": (["rocket/mongo-down"], None, ["restart rocketchat", "restart web", "delete the volume"]),
    "rocket-stopped": (["rocket/down"], None, ["restart web"]),
    "rocket-hung": (["rocket/down"], None, ["restart web"]),
    "rocket-iframe-off": (["rocket/iframe-misconfigured"], None, ["nginx-headers", "edit MongoDB"]),
    "rocket-iframe-wrong-url": (["rocket/iframe-misconfigured"], None, ["nginx-headers", "edit MongoDB"]),
    "rocket-iframe-no-api-url": (["rocket/iframe-misconfigured"], None, ["nginx-headers", "edit MongoDB"]),
    "rocket-iframe-get": (["rocket/iframe-misconfigured"], None, ["nginx-headers", "edit MongoDB"]),
    "rocket-account-changes": (["rocket/account-changes"], None, []),
    "rocket-anonymous-read": (["rocket/anonymous-read"], None, []),
    "rocket-setup-wizard": (["rocket/setup-wizard"], None, []),
    "rocket-site-url": (["rocket/site-url"], None, []),
}
FINDS = {"A": {
    "mongo-stopped": {"mongo/unreachable": CRITICAL},
    "mongo-hung": {"mongo/hung": CRITICAL},
    "rocket-stopped": {"rocket/unreachable": CRITICAL},
    "rocket-hung": {"rocket/hung": CRITICAL},
    "rocket-iframe-off": {"rocket/iframe-off": CRITICAL},
    "rocket-iframe-wrong-url": {"rocket/iframe-url": CRITICAL},
    "rocket-iframe-no-api-url": {"rocket/iframe-incomplete": CRITICAL},
    "rocket-iframe-get": {"rocket/iframe-method": WARNING},
    "rocket-account-changes": {"rocket/account-changes": WARNING},
    "rocket-site-url": {"rocket/site-url": WARNING},
}}
ACTS = {"A": ["rocket-account-changes"]}
