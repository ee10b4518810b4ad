"""Settings in the Mongo server and in the stand-in's memory, which are two things (contract 3.3 and 6.2); no HTTP here.

A REST read asks Mongo each time. What the server enforces comes from memory, which follows Mongo as the version does: by a
poll every 10 s (old), at once (change streams, to 7.6) or not before a restart (7.7 and later).
"""
import datetime
import os
import re
import sys
import threading
import time

import pymongo
from pymongo.errors import PyMongoError

from . import seed


STREAM_SECONDS = 0.1  # A change stream is played by looking this often, and only when somebody asks.


class DatabaseLost(Exception):
    """Mongo did not answer in time, or refused."""


def log(text):
    print("rocketchat: " + text, file=sys.stderr, flush=True)


def environment_value(text, kind):
    """The typed value of OVERWRITE_SETTING_<id> (contract 7)."""
    if not isinstance(text, str):
        return text
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    if kind == "int" and re.match(r"-?\d+$", text):
        return int(text)
    return text


class Store:
    """Owns the Mongo client. Every method that asks Mongo raises DatabaseLost when it cannot."""

    def __init__(self, facts, knobs, uri, root_url, ej):
        self.facts, self.knobs, self.root_url, self.ej = facts, knobs, root_url, ej
        self.uri = uri
        self.client = None
        self.memory = {}
        self.replica_set = None
        self.lost_since = None
        self._last_look = 0.0
        self._lock = threading.Lock()
        self._connect()

    def _connect(self):
        wait = self.knobs.mongo_wait_ms
        self.wait = wait
        old, self.client = self.client, pymongo.MongoClient(
            self.uri, serverSelectionTimeoutMS=wait, connectTimeoutMS=wait, socketTimeoutMS=wait, maxPoolSize=20,
            appname="rocketchat", heartbeatFrequencyMS=1000)
        try:
            self.db = self.client.get_default_database()
        except pymongo.errors.ConfigurationError:
            self.db = self.client["rocketchat"]
        if old is not None:
            old.close()

    def ask(self, work):
        """work(database), with a lost database as DatabaseLost."""
        if self.wait != self.knobs.mongo_wait_ms:
            with self._lock:
                if self.wait != self.knobs.mongo_wait_ms:
                    self._connect()
        try:
            answer = work(self.db)
        except PyMongoError as err:
            if self.lost_since is None:
                self.lost_since = time.monotonic()
                log("MongoDB lost: %s" % str(err)[:200])
            raise DatabaseLost(str(err))
        if self.lost_since is not None:
            log("MongoDB is back")
            self.lost_since = None
        return answer

    # Start and restart.

    def start(self):
        """Seeds an empty database, applies the environment, fills the memory; returns whether it is a replica set."""
        self.replica_set = "setName" in self.ask(lambda db: db.client.admin.command("isMaster"))
        settings = "rocketchat_settings"
        if self.ask(lambda db: db[settings].count_documents({})) == 0:
            docs = seed.settings(self.facts, self.root_url, self.ej)
            self.ask(lambda db: db[settings].insert_many(docs))
            log("seeded %d settings" % len(docs))
        docs = self.ask(lambda db: list(db[settings].find({})))
        self._apply_environment(docs)
        self.memory = {doc["_id"]: doc.get("value") for doc in docs}
        self._last_look = time.monotonic()
        return self.replica_set

    def _apply_environment(self, docs):
        """SETTINGS_BLOCKED, SETTINGS_HIDDEN and OVERWRITE_SETTING_*, from the environment and from the knobs, also into `docs`."""
        def names(variable, knob):
            return set(filter(None, os.environ.get(variable, "").split(","))) | set(knob)
        blocked = names("SETTINGS_BLOCKED", self.knobs.blocked)
        hidden = names("SETTINGS_HIDDEN", self.knobs.hidden)
        pinned = {key[len("OVERWRITE_SETTING_"):]: value for key, value in os.environ.items()
                  if key.startswith("OVERWRITE_SETTING_")}
        pinned.update(self.knobs.pinned)
        for doc in docs:
            if doc.get("type") == "group":
                continue
            name, change, unset = doc["_id"], {}, {}
            if bool(doc.get("blocked")) != (name in blocked):
                change["blocked"] = name in blocked
            if bool(doc.get("hidden")) != (name in hidden):
                change["hidden"] = name in hidden
            if name in pinned and not (self.facts.old and pinned[name] == ""):  # Old code skips an empty string.
                value = environment_value(pinned[name], doc.get("type"))
                # New code marks only what differs from the stored value; old code sets it at every start.
                if self.facts.old or value != doc.get("value") or type(value) is not type(doc.get("value")):
                    change.update(value=value, processEnvValue=value, valueSource="processEnvValue")
            elif name not in pinned and self.facts.old and doc.get("valueSource") == "processEnvValue":
                change["valueSource"] = "packageValue"
                unset["processEnvValue"] = ""
            if change:
                update = {"$set": dict(change, _updatedAt=datetime.datetime.utcnow())}
                if unset:
                    update["$unset"] = unset
                self.ask(lambda db: db.rocketchat_settings.update_one({"_id": name}, update))
                doc.update(change)

    # Memory.

    def remembered(self, name, default=None):
        """The value the server enforces. Never raises: a server without its database still has its memory."""
        if name == "Force_SSL" and self.knobs.force_ssl is not None:
            return self.knobs.force_ssl
        if name in self.knobs.memory:
            return self.knobs.memory[name]
        return self.memory.get(name, default)

    def follow(self):
        """Brings the memory up to date, as the version would have done by now."""
        how = self.knobs.memory_follows or self.facts.memory_follows
        pause = self.knobs.poll_ms / 1000.0 if how == "poll" else STREAM_SECONDS
        if how == "restart" or time.monotonic() - self._last_look < pause:
            return
        self._last_look = time.monotonic()
        self.memory = {doc["_id"]: doc.get("value") for doc in self.ask(lambda db: list(db.rocketchat_settings.find({})))}

    # What the REST routes ask.

    def find(self, condition):
        """Setting documents that are not hidden, in the order of their ids."""
        full = {"$and": [{"hidden": {"$ne": True}, "type": {"$ne": "group"}}, condition]} if condition else {
            "hidden": {"$ne": True}, "type": {"$ne": "group"}}
        return sorted(self.ask(lambda db: list(db.rocketchat_settings.find(full))), key=lambda doc: doc["_id"])

    def find_one(self, name):
        doc = self.ask(lambda db: db.rocketchat_settings.find_one({"_id": name}))
        return None if doc is None or doc.get("hidden") else doc

    def write(self, name, value):
        """True if a setting was changed; a hidden or blocked one is not. The memory learns of it at once."""
        condition = {"_id": name, "hidden": {"$ne": True}, "blocked": {"$ne": True}}
        change = {"$set": {"value": value, "_updatedAt": datetime.datetime.utcnow()}}
        matched = self.ask(lambda db: db.rocketchat_settings.update_one(condition, change)).matched_count
        if matched:
            self.memory[name] = value
        return bool(matched)

    def heartbeat(self, instance, port):
        """The node's document in `instances`, renewed every 10 s by the real server."""
        now = datetime.datetime.utcnow()
        extra = {"host": "127.0.0.1", "port": str(port), "nodeVersion": "v8.11.4" if self.facts.old else "v22.16.0",
                 "version": self.facts.version}
        self.ask(lambda db: db.instances.update_one({"_id": instance}, {
            "$set": {"name": "rocket.chat", "pid": os.getpid(), "extraInformation": extra, "_updatedAt": now},
            "$setOnInsert": {"_createdAt": now}}, upsert=True))
