"""The REST rate limiter and the block after failed logins (contract 2.5): counters in fixed windows; no HTTP here."""
import math
import threading
import time


class Clock:
    """Seconds, moved forward by the knob clock_ms; wall() for what is compared with stored dates."""

    def __init__(self, knobs):
        self.knobs = knobs

    def now(self):
        return time.monotonic() + self.knobs.clock_ms / 1000.0

    def wall(self):
        return time.time() + self.knobs.clock_ms / 1000.0


class Verdict:
    """One call's fate; reset_ms is the wall clock in epoch milliseconds."""

    def __init__(self, allowed, limit, remaining, wait_ms, wall_ms):
        self.allowed, self.limit, self.remaining = allowed, limit, remaining
        self.wait_seconds = max(1, math.ceil(wait_ms / 1000.0))
        self.reset_ms = int(wall_ms + wait_ms)


class Limiter:
    """Counts calls by (ip, route pattern, method)."""

    def __init__(self, clock):
        self.clock = clock
        self._windows = {}
        self._lock = threading.Lock()

    def check(self, key, limit, window_ms):
        with self._lock:
            now = self.clock.now() * 1000.0
            began, count = self._windows.get(key, (now, 0))
            if now - began >= window_ms:
                began, count = now, 0
            allowed = count < limit
            if allowed:
                count += 1
            self._windows[key] = (began, count)
            return Verdict(allowed, limit, limit - count, window_ms - (now - began), self.clock.wall() * 1000.0)

    def clear(self):
        with self._lock:
            self._windows.clear()


class FailedLogins:
    """Blocks a user name or an address after too many failures; a success ends the user's count."""

    def __init__(self, clock, remembered):
        self.clock, self.remembered = clock, remembered
        self._lock = threading.Lock()
        self.clear()

    def clear(self):
        with self._lock:
            self._failures = {"user": {}, "ip": {}}

    def _limits(self, kind):
        tail = "by_User" if kind == "user" else "By_Ip"
        until = self.remembered("Block_Multiple_Failed_Logins_Attempts_Until_Block_" + tail, 10 if kind == "user" else 50)
        minutes = self.remembered("Block_Multiple_Failed_Logins_Time_To_Unblock_By_%s_In_Minutes"
                                  % ("User" if kind == "user" else "Ip"), 5)
        return until, minutes * 60.0

    def blocked(self, user, ip):
        """None, "user" or "ip"."""
        if not self.remembered("Block_Multiple_Failed_Logins_Enabled", True):
            return None
        for kind, who in (("ip", ip), ("user", user)):
            if not self.remembered("Block_Multiple_Failed_Logins_By_" + kind.capitalize(), True):
                continue
            if kind == "ip" and ip in str(self.remembered("Block_Multiple_Failed_Logins_Ip_Whitelist", "")).split(","):
                continue
            until, seconds = self._limits(kind)
            with self._lock:
                recent = [t for t in self._failures[kind].get(who, []) if self.clock.now() - t < seconds]
                self._failures[kind][who] = recent
            if len(recent) >= until:
                return kind
        return None

    def failed(self, user, ip):
        with self._lock:
            for kind, who in (("user", user), ("ip", ip)):
                self._failures[kind].setdefault(who, []).append(self.clock.now())

    def succeeded(self, user):
        with self._lock:
            self._failures["user"].pop(user, None)
