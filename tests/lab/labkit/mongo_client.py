"""The smallest MongoDB client that the lab needs: one command over OP_MSG, with BSON of strings, booleans, numbers, arrays and documents.
No authentication, no cursors."""
import socket
import struct


def encode(document):
    body = b""
    for key, value in document.items():
        name = key.encode() + b"\0"
        if isinstance(value, bool):
            body += b"\x08" + name + bytes([value])
        elif isinstance(value, int):
            body += b"\x12" + name + struct.pack("<q", value)
        elif isinstance(value, float):
            body += b"\x01" + name + struct.pack("<d", value)
        elif isinstance(value, str):
            text = value.encode() + b"\0"
            body += b"\x02" + name + struct.pack("<i", len(text)) + text
        elif isinstance(value, dict):
            body += b"\x03" + name + encode(value)
        elif isinstance(value, list):
            body += b"\x04" + name + encode({str(i): item for i, item in enumerate(value)})
        elif value is None:
            body += b"\x0a" + name
        else:
            raise TypeError(f"no BSON here for {type(value).__name__}")
    return struct.pack("<i", len(body) + 5) + body + b"\0"


def decode(data):
    """A document's keys; values of types that the lab does not read come back as None."""
    found, at = {}, 4
    while data[at]:
        kind, end = data[at], data.index(b"\0", at + 1)
        key, at = data[at + 1 : end].decode(), end + 1
        value = None
        if kind == 0x01:
            value, at = struct.unpack_from("<d", data, at)[0], at + 8
        elif kind == 0x02:
            length = struct.unpack_from("<i", data, at)[0]
            value, at = data[at + 4 : at + 3 + length].decode(), at + 4 + length
        elif kind in (0x03, 0x04):
            length = struct.unpack_from("<i", data, at)[0]
            value, at = decode(data[at : at + length]), at + length
            value = list(value.values()) if kind == 0x04 else value
        elif kind == 0x08:
            value, at = bool(data[at]), at + 1
        elif kind == 0x10:
            value, at = struct.unpack_from("<i", data, at)[0], at + 4
        elif kind in (0x09, 0x11, 0x12):
            value, at = struct.unpack_from("<q", data, at)[0], at + 8
        elif kind == 0x07:
            at += 12
        elif kind != 0x0A:
            raise ValueError(f"BSON type {kind} is not read here")
        found[key] = value
    return found


def command(port, document, database="rocketchat", timeout=10.0):
    """Runs one command and returns its answer; an answer that is not ok raises RuntimeError."""
    body = struct.pack("<I", 0) + b"\0" + encode({**document, "$db": database})
    with socket.create_connection(("127.0.0.1", port), timeout) as connection:
        connection.sendall(struct.pack("<iiii", 16 + len(body), 1, 0, 2013) + body)
        stream = connection.makefile("rb")
        length = struct.unpack("<i", stream.read(4))[0]
        answer = decode(stream.read(length - 4)[12 + 5 :])
    if not answer.get("ok") or answer.get("writeErrors"):
        raise RuntimeError(f"mongo: {answer}")
    return answer


def set_setting(port, name, value, **marks):
    """Sets the value (None: leaves it) and other keys of a setting's document."""
    set_settings(port, {name: {**({} if value is None else {"value": value}), **marks}})


def set_settings(port, changes):
    """Sets keys of the documents of settings, {name: {key: value}}."""
    answer = command(port, {"update": "rocketchat_settings", "updates": [{"q": {"_id": name}, "u": {"$set": keys}} for name, keys in changes.items()]})
    if answer.get("n") != len(changes):
        raise RuntimeError(f"Rocket.Chat lacks one of the settings {', '.join(changes)}")


def get_setting(port, name):
    answer = command(port, {"find": "rocketchat_settings", "filter": {"_id": name}, "limit": 1, "singleBatch": True})
    return answer["cursor"]["firstBatch"][0]["value"]


def insert(port, collection, document, database="rocketchat"):
    command(port, {"insert": collection, "documents": [document]}, database)


def exists(port, collection, database="rocketchat"):
    answer = command(port, {"listCollections": 1, "filter": {"name": collection}, "nameOnly": True}, database)
    return bool(answer["cursor"]["firstBatch"])


def drop(port, collection, database="rocketchat"):
    if exists(port, collection, database):
        command(port, {"drop": collection}, database)
