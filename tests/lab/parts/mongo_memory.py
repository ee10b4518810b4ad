"""What a mongod does for the lab's Rocket.Chat and for ejmon, done in memory: documents are found, inserted, changed and dropped. It knows the
operators that those two use and refuses every other one; what it knows it finds again in a file. The wire is mongo-responder's matter."""
import copy
import os
import threading

import bson

BAD_VALUE = {"ok": 0.0, "code": 2, "codeName": "BadValue"}


class Unknown(Exception):
    """An operator that is not known here; the text names it."""


def values(document, path):
    """What stands at a dotted path; an array on the way or at its end stands for each of its items, and at the end for itself as well."""
    found = [document]
    for key in path.split("."):
        items = [inner for item in found for inner in (item if isinstance(item, list) else [item])]
        found = [item[key] for item in items if isinstance(item, dict) and key in item]
    return found + [inner for item in found if isinstance(item, list) for inner in item]


def holds(document, path, wanted):
    there = values(document, path)
    if not (isinstance(wanted, dict) and any(key.startswith("$") for key in wanted)):
        return wanted in there or (wanted is None and not there)
    tests = {"$ne": lambda value: value not in there, "$eq": lambda value: value in there, "$exists": lambda value: bool(value) == bool(there),
             "$in": lambda value: any(item in there for item in value), "$nin": lambda value: not any(item in there for item in value)}
    for operator, value in wanted.items():
        if operator not in tests:
            raise Unknown(operator)
        if not tests[operator](value):
            return False
    return True


def matches(document, condition):
    for key, wanted in condition.items():
        if key in ("$and", "$or"):
            if not (all if key == "$and" else any)(matches(document, part) for part in wanted):
                return False
        elif key.startswith("$"):
            raise Unknown(key)
        elif not holds(document, key, wanted):
            return False
    return True


def change(document, update, inserted=False):
    for operator, fields in update.items():
        if operator not in ("$set", "$unset", "$setOnInsert"):
            raise Unknown(operator)
        for path, value in fields.items():
            *way, last = path.split(".")
            place = document
            for key in way:
                place = place.setdefault(key, {})
            if operator == "$unset":
                place.pop(last, None)
            elif operator == "$set" or inserted:
                place[last] = value


class Memory:
    """All databases, written to `path` (None: nowhere) at each change. answer() returns a command's reply, or None for a command that is not
    about documents."""

    def __init__(self, path=None):
        self.path, self.lock, self.databases = path, threading.Lock(), {}
        if path and os.path.exists(path):
            with open(path, "rb") as kept:
                self.databases = bson.decode(kept.read())
        self.commands = {"find": self.find, "insert": self.insert, "update": self.update, "aggregate": self.aggregate, "drop": self.drop,
                         "listCollections": self.list_collections, "listDatabases": self.list_databases}

    def answer(self, name, command):
        if name not in self.commands:
            return None
        with self.lock:
            try:
                reply = self.commands[name](command["$db"], command[name], command)
                if self.path and name in ("insert", "update", "drop"):
                    self.keep()
                return {**copy.deepcopy(reply), "ok": 1.0}  # it is sent while others change what is kept
            except Unknown as unknown:
                return {**BAD_VALUE, "errmsg": f"not known to the lab's memory: {unknown}"}

    def keep(self):
        with open(self.path + ".new", "wb") as new:
            new.write(bson.encode(self.databases))
        os.rename(self.path + ".new", self.path)

    def collection(self, database, name):
        return self.databases.setdefault(database, {}).setdefault(name, [])

    def cursor(self, database, name, documents):
        return {"cursor": {"firstBatch": documents, "id": 0, "ns": f"{database}.{name}"}}

    def find(self, database, name, command):
        found = [document for document in self.databases.get(database, {}).get(name, []) if matches(document, command.get("filter", {}))]
        for path, direction in reversed(list(command.get("sort", {}).items())):
            found.sort(key=lambda document: values(document, path)[:1], reverse=direction < 0)
        return self.cursor(database, name, found[:command.get("limit") or None])

    def insert(self, database, name, command):
        self.collection(database, name).extend(command["documents"])
        return {"n": len(command["documents"])}

    def update(self, database, name, command):
        count, upserted = 0, []
        for index, one in enumerate(command["updates"]):
            found = [document for document in self.collection(database, name) if matches(document, one["q"])]
            for document in found if one.get("multi") else found[:1]:
                change(document, one["u"])
                count += 1
            if not found and one.get("upsert"):
                document = dict(one["q"])
                change(document, one["u"], inserted=True)
                self.collection(database, name).append(document)
                upserted.append({"index": index, "_id": document["_id"]})
        return {"n": count + len(upserted), "nModified": count, **({"upserted": upserted} if upserted else {})}

    def aggregate(self, database, name, command):
        """What drivers make of counting: $match, then $group."""
        found = self.databases.get(database, {}).get(name, [])
        for stage in command["pipeline"]:
            if "$match" in stage:
                found = [document for document in found if matches(document, stage["$match"])]
            elif stage == {"$group": {"_id": 1, "n": {"$sum": 1}}}:
                found = [{"_id": 1, "n": len(found)}] if found else []
            else:
                raise Unknown(", ".join(stage))
        return self.cursor(database, name, found)

    def drop(self, database, name, _):
        self.databases.get(database, {}).pop(name, None)
        return {}

    def list_collections(self, database, _, command):
        names = [{"name": name, "type": "collection"} for name in sorted(self.databases.get(database, {}))]
        return self.cursor(database, "$cmd.listCollections", [one for one in names if matches(one, command.get("filter", {}))])

    def list_databases(self, *_):
        return {"databases": [{"name": name} for name, collections in sorted(self.databases.items()) if any(collections.values())]}
