"""What kill_schedules.py lets ejmon watch and tell, in one process and one loop: targets that are ill or well on command, receivers that are
slow or say no; and the daemon itself. Everything that happens is an event that a schedule can wait for, to kill in that moment."""
import asyncio
import contextlib
import json
import os
import signal
import subprocess
import time

STANDARD = ("containers", "disk", "django", "env", "frame", "layers", "layout", "login", "logs", "mongo", "nginx", "postgres", "rocketchat", "theme")
FALL, RISE = 2, 2
SETTINGS = f"interval: 300ms, suspect: 100ms, down: 200ms, timeout: 5s, rise: {RISE}, fall: {FALL}"


class Events:
    def __init__(self):
        self.waiting = []

    def happened(self, *event):
        for wanted, future in self.waiting:
            if event[: len(wanted)] == wanted and not future.done():
                future.set_result(event)
        self.waiting = [(wanted, future) for wanted, future in self.waiting if not future.done()]

    async def wait(self, *wanted, seconds):
        """The next event that begins with these words, or None after so many seconds."""
        future = asyncio.get_running_loop().create_future()
        self.waiting.append((wanted, future))
        with contextlib.suppress(asyncio.TimeoutError):
            return await asyncio.wait_for(future, seconds)


class Target:
    """A page, or a port that greets; ill or well, and how often it was looked at since that or the daemon changed."""

    def __init__(self, name, events):
        self.name, self.events, self.ill, self.looks = name, events, False, 0

    def turn(self, ill):
        self.ill, self.looks = ill, 0

    def look(self):
        self.looks += 1
        self.events.happened("bad look" if self.ill else "good look", self.name, self.looks)
        return self.ill

    async def greet(self, reader, writer):
        writer.write(b"FULL\r\n" if self.look() else b"READY\r\n")
        writer.close()


class Receiver:
    """Keeps every notice that it accepted, in their order. Now and then it says no, or takes its time."""

    def __init__(self, name, events, chance, refuses=0.0, takes=0.0):
        self.name, self.events, self.chance, self.refuses, self.takes = name, events, chance, refuses, takes
        self.accepted, self.offered = [], []  # (event, subject, incident, notice)

    def judge(self, body):
        notice = json.loads(body)
        data = notice["data"]
        heard = (notice["type"].partition(".")[2], data["subject"], data["incident"], data["id"])
        status = 500 if self.chance.random() < self.refuses else 200
        self.offered.append(heard)
        if status == 200 and heard not in self.accepted:  # a repetition of a notice counts as one
            self.accepted.append(heard)
        self.events.happened("notice", heard[0], heard[1], self.name)
        return status


class World:
    def __init__(self, chance, pages=10, ports=4):
        self.events = Events()
        self.targets = {name: Target(name, self.events) for name in [f"page{i}" for i in range(pages)] + [f"port{i}" for i in range(ports)]}
        self.receivers = {"says-no": Receiver("says-no", self.events, chance, refuses=0.12), "slow": Receiver("slow", self.events, chance, takes=0.25)}
        self.ports, self.servers = {}, []

    async def serve(self):
        for name, target in self.targets.items():
            if name.startswith("port"):
                await self.listen(name, target.greet)
        await self.listen("http", self.converse)

    async def listen(self, name, answer):
        self.servers.append(await asyncio.start_server(answer, "127.0.0.1", 0))
        self.ports[name] = self.servers[-1].sockets[0].getsockname()[1]

    async def converse(self, reader, writer):
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                method, path = head.split()[:2]
                length = next((int(line.split(":")[1]) for line in head.lower().splitlines() if line.startswith("content-length:")), 0)
                body = await reader.readexactly(length)
                status = await self.answer(method, path[1:], body)
                writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 2\r\n\r\nok".encode())
                await writer.drain()
        writer.close()

    async def answer(self, method, name, body):
        if method == "GET":
            return 500 if self.targets[name].look() else 200
        receiver = self.receivers[name]
        status = receiver.judge(body)
        await asyncio.sleep(receiver.takes)
        return status

    def configuration(self, folder):
        lines = [f"state: {folder}/state", f"defaults: {{ {SETTINGS} }}", "checks:", *(f"  {kind}: off" for kind in STANDARD)]
        for name in self.targets:
            if name.startswith("port"):
                lines.append(f"  {name}: {{ kind: tcp, address: '127.0.0.1:{self.ports[name]}', expect: READY }}")
            else:
                lines.append(f"  {name}: {{ kind: http, url: 'http://127.0.0.1:{self.ports['http']}/{name}' }}")
        lines += ["sinks:", *(f"  {name}: {{ kind: webhook, url: 'http://127.0.0.1:{self.ports['http']}/{name}' }}" for name in self.receivers)]
        return "\n".join(lines) + "\n"


class Lives:
    """One daemon after another on one state folder."""

    def __init__(self, ejmon, folder, world, environment):
        self.ejmon, self.folder, self.world, self.environment = ejmon, folder, world, {**os.environ, **environment}
        self.config, self.log = folder / "ejmon.yaml", open(folder / "log", "ab")
        self.config.write_text(world.configuration(folder))
        self.process, self.started, self.count = None, 0.0, 0

    def begin(self):
        for target in self.world.targets.values():
            target.looks = 0
        self.process = subprocess.Popen([self.ejmon, "-c", self.config, "run"], stderr=self.log, env=self.environment)
        self.started, self.count = time.monotonic(), self.count + 1

    def kill(self):
        """Returns whether it had ended by itself."""
        ended = self.process.poll() is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        return ended

    async def ask(self, *words):
        asking = await asyncio.create_subprocess_exec(self.ejmon, "-c", self.config, *words, stdout=subprocess.PIPE, stderr=self.log)
        return json.loads((await asking.communicate())[0] or "{}")

    async def open_incidents(self):
        answer = await self.ask("incidents", "--format", "json")
        return [row for row in answer.get("incidents", [{"subject": "?", "id": "no answer"}]) if row["subject"] != "ejmon"]
