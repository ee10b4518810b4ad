"""Asks what was asked of the real EJ (the probe names of tests/lab/observed/*.json) and reduces an answer to what is compared:
status, framing, CORS, cookie and redirect headers, the media type, and markers in the body."""
import http.client
import re
import socket

ORIGIN = "https://chat.example.org"
FRAMING = ("x-frame-options", "content-security-policy", "access-control-allow-origin", "access-control-allow-credentials")
COMPARED = (*FRAMING, "location", "content-type")
MARKERS = {
    "main-css-link": 'id="main-css-link"', "href-main.css": 'href="/static/css/main.css"', "href-rocket.css": 'href="/static/css/rocket.css"',
    "main.js": "/static/js/main.js", "body-data-salt": "data-salt=", "how-it-works": 'id="how-it-works"',
    "espaco": "Um espaço para adolescentes", "not-part": "Not part of EJ yet?", "nao-faz": "Não faz parte",
    "csrfmiddlewaretoken": "csrfmiddlewaretoken", "nginx-body": "<center>nginx", "bare-404": "<h1>Not Found</h1><p>The requested",
    "bare-500": "<h1>Server Error (500)</h1>", "bare-400": "<h1>Bad Request (400)</h1>", "404-icon": "404_icon.svg", "500-icon": "500_icon.svg",
    "css-default": "#30bfd3", "css-default2": "#ff3e72", "css-cpa": "#00b7b7", "css-cpa2": "#d20078", "manifest-EJ": '"short_name": "EJ"',
    "manifest-CPA": '"short_name": "CPA"', "debug-page": "DEBUG = True"}


def parse(name):
    """(via, method, path, variant) of a probe's name, such as "nginx OPTIONS /start/ preflight"."""
    via, method, path, *rest = name.split(" ", 3)
    return via, method, path, rest[0] if rest else ""


def request_bytes(name, host):
    _, method, path, variant = parse(name)
    headers, version, body = {"Host": host, "Connection": "close"}, "1.1", b""
    if variant.startswith("Host:"):
        headers["Host"] = variant[5:]
    if variant == "Origin:R" or variant == "preflight":
        headers["Origin"] = ORIGIN
    if variant == "preflight":
        headers["Access-Control-Request-Method"] = "POST"
    if variant == "cookie hicontrast":
        headers["Cookie"] = "hicontrast=y"
    if variant == "HTTP/1.0 no Host":
        del headers["Host"]
        version = "1.0"
    if method == "POST":
        body = b"email=a%40example.org&password=b"
        headers.update({"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))})
    lines = [f"{method} {path} HTTP/{version}", *(f"{key}: {value}" for key, value in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def ask(name, ports, timeout=30):
    """{"status", "headers" (pairs), "body"}; status 0 when there was no answer."""
    via, method, _, _ = parse(name)
    port = ports[via]
    try:
        with socket.create_connection(("127.0.0.1", port), timeout) as connection:
            connection.sendall(request_bytes(name, f"localhost:{port}"))
            answer = http.client.HTTPResponse(connection, method=method)
            answer.begin()
            return {"status": answer.status, "headers": answer.getheaders(), "body": answer.read().decode("utf-8", "replace")}
    except (OSError, http.client.HTTPException):
        return {"status": 0, "headers": [], "body": ""}


def cookies(headers):
    """Names and attributes, without values and dates."""
    found = []
    for key, value in headers:
        if key.lower() == "set-cookie":
            name, *attributes = [part.strip() for part in value.split(";")]
            found.append((name.partition("=")[0], tuple(sorted(a for a in attributes if not a.lower().startswith("expires")))))
    return sorted(found)


def reduced(status, headers, markers, with_cookies):
    values = {}
    for key, value in headers:
        if key.lower() in COMPARED:
            values[key.lower()] = value
    if "content-type" in values:
        values["content-type"] = values["content-type"].partition(";")[0].strip()
    if "location" in values:
        values["location"] = re.sub(r"//localhost:\d+/", "//localhost:PORT/", values["location"])
    seen = {"status": status, "markers": sorted(set(markers) & MARKERS.keys()), **values}
    if with_cookies:
        seen["cookies"] = cookies(headers)
    return seen


def observe(name, ports, origin, with_cookies=True, timeout=30):
    """The lab's answer, with the address of its Rocket.Chat written as the recording's."""
    answer = ask(name, ports, timeout)
    near, far = origin.partition("://")[2], ORIGIN.partition("://")[2]
    headers = [(key, value.replace(origin, ORIGIN).replace(near, far)) for key, value in answer["headers"]]
    markers = [marker for marker, text in MARKERS.items() if text in answer["body"]]
    return reduced(answer["status"], headers, markers, with_cookies)


def recorded(answer, with_cookies=True):
    return reduced(answer["status"], answer["headers"], answer.get("markers", []), with_cookies)


def apply_difference(healthy, difference):
    """A healthy answer as a fault state's recorded difference changes it."""
    gone = set(difference.get("gone", []))
    changed = {key.lower(): value for key, value in difference.get("headers", {}).items()}
    headers = [(key, value) for key, value in healthy["headers"] if key.lower() not in gone and key.lower() not in changed]
    return {"status": difference.get("status", healthy["status"]), "headers": headers + list(changed.items()),
            "markers": difference.get("markers", healthy.get("markers", []))}
