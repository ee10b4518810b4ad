"""Cases of the IFrame login for the oracles and the browser: tables of what is known to be telling, and a seeded generator of mixtures."""
import itertools
import random

CHAT, CHATS, CHAT3000, CHATS8443 = "http://chat.test", "https://chat.test", "http://chat.test:3000", "https://chat.test:8443"
ORIGINS = [CHAT, CHATS, CHAT3000, CHATS8443, "http://ej.test", "https://ej.test", "http://localhost:3000"]
TARGETS = ["http://ej.test/api", "https://ej.test/api", "https://ej.test:8443/api", "http://localhost:8000/api", "https://other.test/api"]
ACAO, ACAC = "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials"
METHODS, HEADERS = "Access-Control-Allow-Methods", "Access-Control-Allow-Headers"
TOKEN = b'{"loginToken": "t0ken"}'

CREDENTIALS = ["true", "True", "TRUE", "false", "1", "", "true, true", "true;", '"true"', "true ", "\ttrue"]
HEADER_LISTS = ["content-type", "Content-Type", "*", "x-a, content-type", "*, content-type", "content-type;", "content type", "", ",", "a,,content-type", ",content-type,",
                '"content-type"', "x-requested-with", "authorization", "content-type\tx", "conten-type", "content-type, b@d", "application/json"]
METHOD_LISTS = ["POST", "GET, POST", "*", "post", "P OST", "PUT", "put", "PATCH", "patch", "", ",PUT", "PUT,,", "FOO, DELETE", "DELETE", "GET,(POST)"]
STATUSES = [200, 200, 200, 201, 204, 302, 401, 401, 403, 404, 500, 503]
BODIES = [(b'{"loginToken": "t0ken"}', "application/json"), (b'{"loginToken": "t0ken"}', "application/json; charset=utf-8"), (TOKEN, "text/html"), (TOKEN, None),
          (TOKEN, "Application/JSON"), (TOKEN, "application/json ; x=y"), (TOKEN, "text/javascript"), (b"", "application/json"), (b"{}", "application/json"),
          (b'{"token": "t0ken"}', "application/json"), (b'{"loginToken": ""}', "application/json"), (b'{"loginToken": null, "token": "x"}', "application/json"),
          (b"[]", "application/json"), (b'"t0ken"', "application/json"), (b"<html>", "text/html"), (b'{"loginToken": "t0ken"', "application/json"),
          (b'{"loginToken": "t0ken"} x', "application/json"), (b'{"loginToken": "a", "loginToken": "t0ken"}', "application/json"),
          (b'\xef\xbb\xbf{"loginToken": "t0ken"}', "application/json"), (b' \n{"loginToken":\t"t0ken"}\r\n', "application/json"),
          (b"{'loginToken': 't0ken'}", "application/json"), (b'{"loginToken": "t0ken",}', "application/json"), (b'{"loginToken": "t0ken", "n": 12345678901234567890123}', "application/json"),
          (b'{"loginToken": "\\u0074"}', "application/json"), (b'{"LoginToken": "t0ken"}', "application/json")]


def origin_values(own):
    """Ways to write, or miss, the origin in Access-Control-Allow-Origin."""
    scheme, name = own.split("://")
    host = name.split(":")[0]
    default = f"{own}:{443 if scheme == 'https' else 80}" if ":" not in name else f"{scheme}://{host}"
    return [own, own + "/", own + "/home", own.upper(), scheme.upper() + "://" + name, f"{scheme}://{name.upper()}", default, "*", "null", "", f"{own}, {own}", f"{own} {own}", f"*, {own}",
            f"{own},", name, f"'{own}'", f'"{own}"', "https://other.test", f"{'http' if scheme == 'https' else 'https'}://{name}", f"{own}\t", f" {own}", f"{own};", f"{own}#", f"{own}."]


def allow(own, *more):
    return [(ACAO, own), (ACAC, "true"), *more]


def hop(url, status, headers, preflight=None):
    return {"url": url, "status": status, "headers": list(headers), "preflight": preflight}


def answer(status, headers):
    return {"status": status, "headers": list(headers)}


def request(origin, client, *hops, method="POST", body=TOKEN):
    return {"kind": "cors", "origin": origin, "client": client, "method": method, "hops": list(hops), "body": body}


JSON = ("Content-Type", "application/json")


def fixed_requests():
    """One thing at a time, with everything else right."""
    own, url = CHAT, "http://ej.test/api"
    good = answer(204, allow(own, (HEADERS, "content-type")))
    for value in origin_values(own):
        yield request(own, "A", hop(url, 401, [(ACAO, value), (ACAC, "true")]))
        yield request(own, "B", hop(url, 200, allow(own, JSON), answer(200, [(ACAO, value), (ACAC, "true"), (HEADERS, "content-type")])))
    for value in origin_values(CHATS8443):
        yield request(CHATS8443, "D", hop("https://ej.test/api", 200, [(ACAO, value), (ACAC, "true"), JSON]))
    for value in CREDENTIALS:
        yield request(own, "D", hop(url, 200, [(ACAO, own), (ACAC, value), JSON]))
        yield request(own, "C", hop(url, 200, allow(own, JSON), answer(200, [(ACAO, own), (ACAC, value), (HEADERS, "content-type")])))
    for headers in ([], [(ACAO, own)], [(ACAC, "true")], [(ACAO, own), *allow(own)], [(ACAC, "true"), *allow(own)], [(ACAO.lower(), own), (ACAC.upper(), "true")], [(ACAO, ""), *allow(own)],
                    [(ACAO, "https://x.test"), *allow(own)]):
        yield request(own, "A", hop(url, 200, [*headers, JSON]))
        yield request(own, "B", hop(url, 200, [*headers, JSON], good))
    for value in HEADER_LISTS:
        yield request(own, "B", hop(url, 200, allow(own, JSON), answer(200, allow(own, (HEADERS, value)))))
    yield request(own, "B", hop(url, 200, allow(own), answer(200, allow(own, (HEADERS, "x-a"), (HEADERS, "content-type")))))
    yield request(own, "B", hop(url, 200, allow(own), answer(200, allow(own))))
    for value, method in itertools.product(METHOD_LISTS, ("POST", "PUT", "patch")):
        yield request(own, "B", hop(url, 200, allow(own), answer(200, allow(own, (HEADERS, "content-type"), (METHODS, value)))), method=method)
    for method, client in itertools.product(("GET", "get", "HEAD", "PUT", "put", "PATCH", "patch", "FOO", "TRACE", "connect", "P T", "OPTIONS", "Post"), "ABD"):
        yield request(own, client, hop(url, 200, allow(own, JSON), answer(200, allow(own, (HEADERS, "content-type"), (METHODS, "PUT, PATCH, FOO, OPTIONS")))), method=method)
    for status in (200, 201, 204, 206, 299, 301, 302, 304, 307, 400, 401, 404, 500):
        yield request(own, "B", hop(url, 200, allow(own), answer(status, allow(own, (HEADERS, "content-type"), *[("Location", "http://ej.test/x")] * (300 <= status < 400)))))
        yield request(own, "B", hop(url, 200, allow(own), answer(status, allow(own, (HEADERS, "content-type")))))
        if status != 304:
            yield request(own, "A", hop(url, status, allow(own)))
            yield request(own, "D", hop(url, status, allow(own)))
    for (body, kind), client in itertools.product(BODIES, "AD"):
        yield request(own, client, hop(url, 200, allow(own, *([("Content-Type", kind)] if kind else [("X-No-Type", "1")]))), body=body)
    for origin, target, client in itertools.product(ORIGINS, TARGETS, "AB"):  # same origin, mixed content
        yield request(origin, client, hop(target, 200, [], answer(200, [])))
        yield request(origin, client, hop(target, 200, allow(origin), answer(200, allow(origin, (HEADERS, "content-type")))))


def redirected_requests():
    """Chains: status, where to, and whether each answer names the origin or "null"."""
    there = ["http://ej.test/b", "http://other.test/b", "http://chat.test/b", "https://ej.test/b"]
    for status, target, named, client in itertools.product((301, 302, 303, 307, 308), there, (CHAT, "null"), "AB"):
        fine = answer(200, allow(named, (HEADERS, "content-type")))
        first = answer(200, allow(CHAT, (HEADERS, "content-type")))
        yield request(CHAT, client, hop("http://ej.test/a", status, allow(CHAT), first), hop(target, 200, allow(named, JSON), fine))
    for first, last in itertools.product((CHAT, "null", "*"), repeat=2):
        chain = [hop("http://chat.test/a", 307, []), hop("http://ej.test/b", 307, allow(first)), hop("https://other.test/c", 200, allow(last))]
        yield request(CHAT, "D", *chain)
        yield request(CHAT, "A", *[{**step, "preflight": answer(200, step["headers"])} for step in chain], method="PUT")
    for method, status in itertools.product(("GET", "HEAD", "PUT", "DELETE"), (301, 302, 303, 307)):
        fine = answer(200, allow(CHAT, (METHODS, "PUT, DELETE")))
        yield request(CHAT, "D", hop("http://ej.test/a", status, allow(CHAT), fine), hop("http://ej.test/b", 200, allow(CHAT), fine), method=method)
    yield request(CHATS, "A", hop("https://ej.test/a", 302, allow(CHATS)), hop("http://ej.test/b", 200, allow("null")))
    yield request(CHATS, "A", hop("https://ej.test/a", 302, allow(CHATS)), hop("http://localhost/b", 200, allow("null")))
    for location in ("", "ftp://x.test/", "http://", "http://u:p@ej.test/?case=x", "data:,x", "//", "http://ej.test:99999/"):
        yield request(CHAT, "A", hop("http://ej.test/a", 302, allow(CHAT, ("Location", location))))
    yield request(CHAT, "A", hop("http://ej.test/a", 200, allow(CHAT, ("Location", "http://ej.test/b"))))


def random_requests(seed, count):
    """Everything mixed; most of each is right, so that more than the first fault is tried."""
    dice = random.Random(seed)

    def headers(own, wanted, right):
        made = []
        values = origin_values(own)
        for _ in range(dice.choice([0, 1, 1, 1, 1, 2] if dice.random() > right else [1])):
            made.append((dice.choice([ACAO, ACAO.lower()]), wanted if dice.random() < right else dice.choice(values)))
        for _ in range(dice.choice([0, 1, 1, 1, 1, 2] if dice.random() > right else [1])):
            made.append((ACAC, "true" if dice.random() < right else dice.choice(CREDENTIALS)))
        dice.shuffle(made)
        return made

    for _ in range(count):
        own, client, right = dice.choice(ORIGINS), dice.choice("ABCD"), dice.choice([0.7, 0.9, 1])
        urls = [dice.choice(TARGETS + [own + "/api"]) for _ in range(dice.choice([1, 1, 1, 1, 2, 2, 3]))]
        if own.startswith("https:") and dice.random() < 0.95:
            urls = [url.replace("http://ej", "https://ej") for url in urls]
        hops = []
        for number, url in enumerate(urls):
            wanted = "null" if number > 0 and dice.random() < 0.5 else own
            status = dice.choice([301, 302, 303, 307, 308]) if number + 1 < len(urls) else dice.choice([s for s in STATUSES if s != 302])
            before = [*headers(own, wanted, right)]
            if dice.random() < 0.9:
                before.append((HEADERS, "content-type" if dice.random() < right else dice.choice(HEADER_LISTS)))
            if dice.random() < 0.6:
                before.append((METHODS, "GET, PUT, PATCH, FOO" if dice.random() < right else dice.choice(METHOD_LISTS)))
            preflight = answer(dice.choice([200, 204]) if dice.random() < right else dice.choice(STATUSES), before)
            kind = dice.choice([[JSON], [JSON], [JSON], []])
            hops.append(hop(url, status, [*headers(own, wanted, right), *kind], preflight))
        body = TOKEN if dice.random() < 0.7 else dice.choice(BODIES)[0]
        yield request(own, client, *hops, method=dice.choice(["POST"] * 6 + ["GET", "PUT", "patch", "PATCH", "FOO"]), body=body)
