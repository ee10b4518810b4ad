"""A PostgreSQL that means harm: it speaks the wire protocol up to the point where a script of the test takes over."""
import base64
import hashlib
import hmac
import os
import socket
import ssl
import struct
import threading

USER, PASSWORD = "ejmon", "a-password-of-tests"
SSL_REQUEST, GSS_REQUEST = 80877103, 80877104


def message(kind, payload=b""):
    return kind + struct.pack("!I", len(payload) + 4) + payload


READY = message(b"Z", b"I")
DONE = message(b"C", b"SELECT 0\0")
GREETING = message(b"R", struct.pack("!I", 0)) + message(b"S", b"server_version\0" b"15.4\0") + READY


def columns(count):
    """A RowDescription of so many texts."""
    return message(b"T", struct.pack("!H", count) + (b"a\0" + struct.pack("!IhIhih", 0, 0, 25, -1, -1, 0)) * count)


def row(*values):
    return message(b"D", struct.pack("!H", len(values)) +
                   b"".join(b"\xff\xff\xff\xff" if value is None else struct.pack("!I", len(value)) + value for value in values))


def login(connection, iterations, pieces=lambda request: [request]):
    """SCRAM-SHA-256 as RFC 5802 has it, with so many iterations; `pieces` cuts the request for them up."""
    connection.sendall(message(b"R", struct.pack("!I", 10) + b"SCRAM-SHA-256\0\0"))
    first = receive(connection).split(b"\0", 1)[1][4:].split(b",", 2)[2]  # behind the mechanism, a length and the GS2 header
    nonce, salt = first.split(b"r=")[1] + b"server", os.urandom(16)
    challenge = b"r=%s,s=%s,i=%d" % (nonce, base64.b64encode(salt), iterations)
    for piece in pieces(message(b"R", struct.pack("!I", 11) + challenge)):
        connection.sendall(piece)
    proof = receive(connection).rsplit(b",p=", 1)
    salted = hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), salt, iterations)
    key = hmac.digest(salted, b"Server Key", "sha256")
    signature = hmac.digest(key, b",".join((first, challenge, proof[0])), "sha256")
    connection.sendall(message(b"R", struct.pack("!I", 12) + b"v=" + base64.b64encode(signature)))


def receive(connection, kind=True):
    """The next message's payload."""
    if kind and len(exactly(connection, 1)) == 0:
        raise ConnectionError
    return exactly(connection, struct.unpack("!I", exactly(connection, 4))[0] - 4)


def exactly(connection, length):
    taken = b""
    while len(taken) < length:
        more = connection.recv(length - len(taken))
        if not more:
            raise ConnectionError
        taken += more
    return taken


class Server:
    """`answer(connection)` is called for every query, `welcome(connection)` before the greeting. `taken` counts the bytes that were sent."""

    def __init__(self, answer=None, welcome=None, certificate=None):
        self.answer, self.welcome, self.certificate = answer, welcome, certificate
        self.taken, self.connections, self.logins = 0, 0, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.url = f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{self.port}/db" + ("?sslmode=require" if certificate else "")
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection = self.listener.accept()[0]
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        try:
            connection = self.start(connection)
            if self.welcome:
                self.welcome(connection)
            connection.sendall(GREETING)
            self.logins += 1
            while True:
                question = receive(connection)
                if question.startswith(b"SET "):
                    connection.sendall(message(b"C", b"SET\0") + READY)
                elif self.answer:
                    for block in self.answer():
                        connection.sendall(block)
                        self.taken += len(block)
                else:
                    connection.sendall(columns(1) + row(b"1") + DONE + READY)
        except OSError:
            pass
        finally:
            connection.close()

    def start(self, connection):
        """Up to the start-up packet, under TLS where there is a certificate."""
        while True:
            code = struct.unpack("!I", receive(connection, kind=False)[:4])[0]
            if code not in (SSL_REQUEST, GSS_REQUEST):
                return connection
            if code == SSL_REQUEST and self.certificate:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(*self.certificate)
                connection.sendall(b"S")
                connection = context.wrap_socket(connection, server_side=True)
            else:
                connection.sendall(b"N")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()
