"""Secrets to look for: one made-up value for each place where EJ, its database, Rocket.Chat, a proxy or ejmon's own files keep one.

Each value has a core of letters and digits that survives quoting and encoding; an output has leaked when ten characters of it are there, so
a value that was cut short counts too, and one in base64 as well."""
import base64
import secrets

LOOKED_FOR = 10  # characters of a core: nothing else in an output has them by chance


class Canaries:
    def __init__(self):
        self.cores = {}

    def new(self, place, pattern="{}"):
        """A secret for this place; `pattern` puts awkward characters around its core."""
        core = "k" + secrets.token_hex(12)
        self.cores[place] = core
        return pattern.format(core)

    def known(self, place, value):
        """A secret that exists already."""
        self.cores[place] = value

    def leaks(self, text):
        """[(place, the words around it)] of every secret that this text shows."""
        found = []
        for place, core in self.cores.items():
            for form in (core[:LOOKED_FOR], *(base64.b64encode(b"x" * shift + core.encode()).decode()[4:16] for shift in range(3))):
                at = text.find(form)
                if at >= 0:
                    found.append((place, text[max(0, at - 120):at + 60]))
                    break
        return found
