"""Cookies and messages for the oracles and the browser: Set-Cookie lines, where they are set and asked for, and how postMessage is aimed."""
import itertools
import random

# {v} marks the value, {n} is a name of the case's own; {host} is the host that sets it, {above} the name above it.
LINES = ["{n}={v}", "{n}={v}; SameSite=Lax", "{n}={v}; SameSite=Strict", "{n}={v}; SameSite=None; Secure", "{n}={v}; SameSite=None", "{n}={v}; Secure",
         "{n}={v}; expires=Thu, 01 Jan 2099 00:00:00 GMT; HttpOnly; Max-Age=1209600; Path=/; SameSite=Lax", "{n}={v}; Max-Age=60; Path=/; SameSite=Lax"]  # the last but one is Django's

ODD_LINES = [
    # names, values, white space
    "{v}", "={v}", " {n} = {v} ", "{n}={v}=x", '{n}="{v}"', "{n}={v} x", "{v}=", "=", ";{n}={v}", "; Path=/", "{n}={v};;; ;", "{n}={v}\t;\tPath=/", "{n}\t=\t{v}", "{n}={v},x", "{n} x={v}",
    "{n}=\x01{v}", "{n}={v}\x7f", "{n}={v}; Path=/\x02", "{n}={v}; x=\x1f", "{n}={v}\tx", "{n}=\u00e9{v}", "\u00e9{n}={v}",
    # attributes: case, blanks, doubles, unknown ones
    "{n}={v}; SAMESITE=STRICT", "{n}={v}; samesite = lax", "{n}={v}; SameSite", "{n}={v}; SameSite=", "{n}={v}; SameSite=foo", "{n}={v}; SameSite='None'; Secure", "{n}={v}; SameSite=None; SameSite=Strict; Secure",
    "{n}={v}; SameSite=Strict; SameSite=None; Secure", "{n}={v}; SameSite=Strict; SameSite=foo", "{n}={v}; Secure=false", "{n}={v}; secure ; SameSite=NONE", "{n}={v}; HttpOnly; foo=bar", "{n}={v}; SameSite=None, Secure",
    "{n}={v}; SameSite: None; Secure", "{n}={v}; =Secure; SameSite=None",
    # paths
    "{n}={v}; Path=/talks", "{n}={v}; Path=/talks/", "{n}={v}; Path=/talks/api", "{n}={v}; Path=/tal", "{n}={v}; Path=talks", "{n}={v}; Path=", "{n}={v}; Path", "{n}={v}; Path=/; Path=/other", "{n}={v}; Path=/other; Path=/", "{n}={v}; Path=/other; Path=x",
    "{n}={v}; Path=/TALKS", "{n}={v}; path=/ ", "{n}={v}; Path=/other; Path",
    # domains
    "{n}={v}; Domain={host}", "{n}={v}; Domain=.{host}", "{n}={v}; Domain=..{host}", "{n}={v}; Domain={above}", "{n}={v}; Domain=.{above}", "{n}={v}; Domain={above}.", "{n}={v}; Domain=test", "{n}={v}; Domain=org", "{n}={v}; Domain=x.{host}",
    "{n}={v}; Domain=", "{n}={v}; Domain", "{n}={v}; Domain=other.test", "{n}={v}; Domain={above}; Domain=", "{n}={v}; Domain=other.test; Domain={above}", "{n}={v}; Domain={above}; Domain=other.test", "{n}={v}; Domain={above}:80",
    "{n}={v}; Domain=http://{above}", "{n}={v}; Domain=\u00e9.test", "{n}={v}; domain = {above}", "{n}={v}; Domain=.", "{n}={v}; Domain={above}/", "{n}={v}; Domain=localhost",
    # prefixes
    "__Host-{n}={v}; Secure; Path=/", "__Host-{n}={v}; Secure", "__Host-{n}={v}; Path=/", "__Host-{n}={v}; Secure; Path=/; Domain={host}", "__Host-{n}={v}; Secure; Path=/; Domain=", "__host-{n}={v}; Path=/", "__HOST-{n}={v}; Secure; Path=/; SameSite=None",
    "__Host-{n}={v}; Secure; Path=/talks", "__Secure-{n}={v}", "__Secure-{n}={v}; Secure", "__secure-{n}={v}", "__SECURE-{n}={v}; Secure; SameSite=None", "__Secure-{n}={v}; Secure; Domain={above}", "__Host-{v}", "=__Host-{v}", "=__Secure-{n}={v}", "=__secure-{v}; Secure",
    "__Http-{n}={v}; Secure", "__Http-{n}={v}; Secure; HttpOnly", "__Host-Http-{n}={v}; Secure; Path=/", "__Host-Http-{n}={v}; Secure; Path=/; HttpOnly", "__Http-{n}={v}", "=__Http-{v}", "=__Host-Http-{v}", "__http-{n}={v}", "__Hos-{n}={v}", "Host-{n}={v}",
    # partitions
    "{n}={v}; SameSite=None; Secure; Partitioned", "{n}={v}; Partitioned", "{n}={v}; Secure; Partitioned", "{n}={v}; SameSite=Lax; Partitioned", "__Host-{n}={v}; Secure; Path=/; SameSite=None; Partitioned",
    # ages and dates
    "{n}={v}; Max-Age=0", "{n}={v}; Max-Age=-1", "{n}={v}; Max-Age=60", "{n}={v}; Max-Age=", "{n}={v}; Max-Age=x", "{n}={v}; Max-Age=0x", "{n}={v}; Max-Age=+600", "{n}={v}; Max-Age=+0", "{n}={v}; Max-Age=+", "{n}={v}; Max-Age=-", "{n}={v}; Max-Age=99999999999999999999999", "{n}={v}; Max-Age=-99999999999999999999999",
    "{n}={v}; Max-Age=1.5", "{n}={v}; Max-Age=-0", "{n}={v}; Max-Age=60; Max-Age=0", "{n}={v}; Max-Age=0; Max-Age=60", "{n}={v}; Max-Age=0; Max-Age=x", "{n}={v}; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
    "{n}={v}; Expires=Thu, 01 Jan 2099 00:00:00 GMT; Max-Age=0", "{n}={v}; Max-Age=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "{n}={v}; Max-Age=\"60\"", "{n}={v}; Max-Age=0; Max-Age"]

DATES = ["Thu, 01 Jan 1970 00:00:00 GMT", "Thu, 01-Jan-2099 00:00:00 GMT", "Thu, 01-Jan-70 00:00:00 GMT", "01 Jan 69 00:00:00", "01 Jan 99 00:00:00", "01 Jan 38 00:00:00", "1970-01-01T00:00:00Z", "2099-01-01T00:00:00Z", "Thu Jan  1 00:00:00 1970",
         "1 jan 1999 0:0:0", "00:00:00 1 Jan 1970", "1999 Jan 1 00:00:00", "1 January 1999 00:00:00", "31 Feb 1999 00:00:00", "32 Jan 1999 00:00:00", "0 Jan 1999 00:00:00", "1 Jan 1600 00:00:00", "1 Jan 1601 00:00:00", "1 Jan 1999 24:00:00",
         "1 Jan 1999 00:60:00", "1 Jan 1999 00:00:60", "1 Jan 1999", "00:00:00", "1 Jan 19999 00:00:00", "1 Jan 199 00:00:00", "1st Jan 1999 00:00:00", "1 Jan 1999 00:00:00 +0100", "1 Jan 1999 1:2", "Thu, 01 Jan 1970 00:00:00GMT", "x", "0", "-1", "",
         "1 Jan 19990 00:00:00", "1 Jan 1999x 00:00:00", "1 Jan 1999 000:00:00", "1x Jan 1999 00:00:00", "001 Jan 1999 00:00:00", "1 Janx 1999 00:00:00", "1 xJan 1999 00:00:00", "1 Jan 1999 00:00:00 2099", "5 1 Jan 1999 00:00:00",
         "1 Jan 1999 01:00:00 02:00:00", "1 Jan 1999 00:00:", "1 Jan 1999 00::00", "1 Jan 1999 :00:00", "1 Jan 2099 1999 00:00:00", "1 Jan Feb 1999 00:00:00", "1999 99 Jan 00:00:00", "99 1 Jan 00:00:00", "1 Jan 1999 00:00:00x", "31 Apr 1999 00:00:00", "29 Feb 1999 00:00:00",
         "29 Feb 1996 00:00:00", "1 Ja 1999 00:00:00", "1 Jan 0 00:00:00", "1 Jan 00 00:00:00", "1 Jan 000 00:00:00", "1 Jan 1999 00-00-00", "Sun 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
         "1 Jan 1999 00:00:00.123", "01/02/1999 00:00:00", "Jan 1 1999 12:00", "1 Jan 1999 123:00:00", "1;Jan;1999"]

# Rocket.Chat and EJ: sites, schemes, ports, addresses. {k} makes each page's sites its own: a browser keeps some 180 cookies of a site.
PAIRS = [("https://chat.k{k}.test", "https://ej.k{k}.test/talks/x"), ("http://chat.k{k}.test", "http://ej.k{k}.test/talks/x"), ("http://chat.k{k}.test:3000", "http://ej.k{k}.test:8000/talks/x"),
         ("https://chat.k{k}.test", "https://ej.x{k}.test/talks/x"), ("http://chat.k{k}.test", "http://ej.x{k}.test/talks/x"), ("http://chat.k{k}.test", "https://ej.k{k}.test/talks/x"),
         ("https://k{k}.test", "https://ej.k{k}.test/talks/x"), ("https://ej.k{k}.test:3000", "https://ej.k{k}.test/talks/x"), ("https://chat{k}.github.io", "https://ej{k}.github.io/talks/x"),
         ("https://chat.k{k}.co.uk", "https://ej.k{k}.co.uk/talks/x"), ("https://k{k}.co.uk", "https://ej{k}.co.uk/talks/x"), ("http://localhost:3000", "http://localhost:8000/talks/x"), ("http://ej{k}.localhost:3000", "http://ej{k}.localhost/talks/x"),
         ("http://chat.k{k}.test", "http://localhost:8000/talks/x"), ("http://127.0.0.{o}:3000", "http://127.0.0.{o}:8000/talks/x"), ("http://chat.k{k}.test", "http://127.0.0.1:8000/talks/x"), ("http://10.0.0.1:3000", "http://10.0.0.{o}:8000/talks/x"),
         ("http://chat{k}:3000", "http://ej{k}:8000/talks/x"), ("http://chat.k{k}.test.", "http://ej.k{k}.test/talks/x"), ("http://chat.k{k}.test.", "http://ej.k{k}.test./talks/x"), ("http://CHAT.K{k}.test", "http://Ej.k{k}.TEST/talks/x"),
         ("https://chat.b\u00fccher{k}.test", "https://ej.b\u00fccher{k}.test/talks/x"), ("https://chat.k{k}.test", "http://localhost:8000/talks/x"), ("https://chat.k{k}.kawasaki.jp", "https://ej.k{k}.kawasaki.jp/talks/x"),
         ("https://city.kawasaki.jp", "https://ej.city.kawasaki.jp/talks/x"), ("https://[::1]:3000", "https://[::1]:8000/talks/x"), ("https://chat.k{k}.test", "https://test/talks/x")]

HOWS = ("top", "frame", "fetch")
ASKS = ("fetch", "frame", "top", "post")
OTHERS = ["/talks/api-login/", "/talks", "/talks/api", "/", "/other/talks/x", "/talksx/y"]
BATCH = 160  # cookies of one page: a browser throws some of a site's away beyond 180
FULL = 8  # of the first PAIRS everything is tried, of the others only what needs no window of its own: that is the slow part


def host_of(url):
    """The name or address, without a port."""
    name = url.split("://")[1].split("/")[0]
    return name if name.endswith("]") else name.rsplit(":", 1)[0] if ":" in name else name


def case(pair, line, how, **more):
    return {"pair": pair, "template": line, "how": how, **more}


def fixed_cookies():
    same, cross = PAIRS[0], PAIRS[3]
    for pair, line, how in itertools.product(PAIRS, LINES, HOWS):
        yield case(pair, line, how)
    for pair, line in itertools.product((same, PAIRS[1], PAIRS[12]), ODD_LINES):
        yield case(pair, line, "top")
    for line in ODD_LINES:
        yield case(cross, line, "frame")
    for date in DATES:
        yield case(PAIRS[6], f"{{n}}={{v}}; Expires={date}", "top")
    for size, extra in itertools.product((4095, 4096, 4097), ("", "; Path=/; SameSite=Lax", f"; Path=/{'a' * 1024}", f"; x={'a' * 5000}")):
        yield case(PAIRS[6], "{n}={v}" + f"|{size}" + extra, "top")
    for attribute in ("SameSite=None" + " " * 1100, "SameSite=" + "x" * 1025, "Domain=" + "x" * 1025, "Path=/" + "x" * 1023, "Path=/" + "x" * 1024):
        yield case(same, "{n}={v}; SameSite=Strict; Secure; " + attribute, "frame")


def third_party_cookies():
    """For a browser that blocks them: what is set or asked for below another site at the top."""
    lines = ["{n}={v}; SameSite=None; Secure", "{n}={v}; SameSite=Lax", "__Host-{n}={v}; Secure; Path=/; SameSite=None; Partitioned", "{n}={v}; SameSite=None; Secure; Domain={above}"]
    for pair, line, how in itertools.product((PAIRS[0], PAIRS[1], PAIRS[3], PAIRS[5], PAIRS[7]), lines, HOWS):
        yield case(pair, line, how)


def random_cookies(seed, count):
    dice = random.Random(seed)
    paths = ["", "", "Path=/", "Path=/talks", "Path=/talks/", "Path=/other", "Path=x"]
    domains = ["", "", "", "Domain={host}", "Domain={above}", "Domain=.{above}", "Domain=test", "Domain=other.test"]
    ages = ["", "", "Max-Age=600", "Max-Age=0", "Expires=" + DATES[1], "Expires=" + DATES[0]]
    for _ in range(count):
        line = dice.choice(["", "", "", "__Host-", "__Secure-", "__host-"]) + "{n}={v}"
        parts = [dice.choice(["", "", "Secure"]), dice.choice(["", "SameSite=Lax", "SameSite=Strict", "SameSite=None", "SameSite=None", "SameSite=x"]), dice.choice(paths),
                 dice.choice(domains), dice.choice(ages), dice.choice(["", "HttpOnly"]), dice.choice([""] * 6 + ["Partitioned"])]
        dice.shuffle(parts)
        yield case(dice.choice(PAIRS), line + "".join(f"; {part}" for part in parts if part), dice.choice(HOWS))


def make_line(template, index, url):
    host = host_of(url)
    words = {"n": f"n{index}", "v": f"v{index}z", "host": host, "above": host.split(".", 1)[-1]}
    for key, value in words.items():
        template = template.replace("{%s}" % key, value)
    if "|" in template:  # "name=value|SIZE": filled up to that size of name and value
        start, rest = template.split("|")
        size, semicolon, tail = rest.partition(";")
        template = start + "x" * (int(size) - len(start) + 1) + semicolon + tail
    return template


def is_lonely(one):
    """Without a name of its own: two of these from one host would replace each other."""
    return "{n}" not in one["template"].split(";")[0].split("=")[0]


def list_asks(top, url, is_full):
    """Where a page asks for all its cookies: as Rocket.Chat and visitors do, on other paths, and on neighbouring hosts, ports and schemes."""
    base, host = url.split("/talks/x")[0], host_of(url)
    asks = [(how, url) for how in (ASKS if is_full else ASKS[:2])] + [("fetch", base + other) for other in OTHERS]
    if is_full and host.startswith("ej."):
        asks += [("fetch", f"{scheme}://{name}{port}/talks/x") for scheme, name, port in (("https", host, ""), ("https", host[3:], ""), ("https", "a." + host, ""), ("https", host, ":8443"))]
        asks.append(("top", f"http://{host}/talks/x"))
    return [(how, there) for how, there in asks if not is_mixed(top, how, there)]


def is_mixed(top, how, url):
    """An https page asks nothing of an http one but localhost: mixed content, which is not this test's matter."""
    return top.startswith("https:") and url.startswith("http:") and how in ("fetch", "frame") and "localhost" not in url


def make_tour(pair, number):
    fill = {"k": number, "o": number % 250 + 2}
    top, url = (text.format(**fill) for text in pair)
    return {"kind": "cookie", "id": f"t{number}", "top": top, "url": url, "members": [], "sets": [], "asks": list_asks(top, url, pair in PAIRS[:FULL])}


def place_cookies(cases):
    """Puts the cases on pages, each with sites of its own: returns [(origin of the page at the top, [the page's tour])]."""
    tours, waiting = [], {}
    for index, one in enumerate(cases):
        tour = waiting.get(one["pair"])
        if not tour or len(tour["members"]) == BATCH:
            tour = waiting[one["pair"]] = make_tour(one["pair"], len(tours))
            tours.append(tour)
        is_full = one["pair"] in PAIRS[:FULL]
        url = tour["url"]
        if is_lonely(one):  # from a host of its own
            url = url.replace("://", f"://l{index}.")
            tour["asks"].append(("fetch", url))
        how = "fetch" if is_lonely(one) or (one["how"] == "top" and not is_full) else one["how"]
        one.update(id=f"c{index}", mark=f"v{index}z", how=how, url=url, line=make_line(one["template"], index, url))
        if not is_mixed(tour["top"], how, url):
            tour["members"].append(one)
    for tour in tours:
        for one in tour["members"]:
            page = next((page for page in tour["sets"] if page[:2] == (one["how"], one["url"])), None)
            if not page:
                page = (one["how"], one["url"], [])
                tour["sets"].append(page)
            page[2].append(one["line"])
    return [(tour["top"], [tour]) for tour in tours if tour["members"]]


def messages():
    """What EJ's page may give to postMessage, with Rocket.Chat at some origins."""
    for own in ("http://chat.test", "https://chat.test", "http://chat.test:3000", "https://chat.test:8443"):
        scheme, name = own.split("://")
        page = "https://ej.test/talks/login/" if scheme == "https" else "http://ej.test/talks/login/"
        for target in ("*", "/", own, own + "/", own + "/home?x#y", own.upper(), f" {own} ", name, "", "null", "about:blank", "chat", f"//{name}", own + ":80", own + ":443", "https://other.test", f"{scheme}://user:pw@{name}", f"{scheme}://{name}.",
                       "http://chat.test", "https://chat.test", "http://chat.test:3000", f"{scheme}:", f"{scheme}://", "ftp://chat.test", "data:,x", f"{scheme}:/{name}", f"{scheme}://{name}:99999", f"{scheme}://x {name}", f"{own}, {own}", f"'{own}'", "https://chät.test"):
            yield {"kind": "message", "top": own, "url": page, "target": target}
