"""Makes the stand-in's built files: css, javascript, manifest and images of every theme, with the markers, colours and sizes that
the EJ contract's evidence table gives, and with artwork of its own."""
import hashlib
import json
import struct
import zlib

# theme: colours with their counts in main.css, other marks of main and hicontrast, title, manifest name and colour
PALETTES = {
    "default": ({"#30bfd3": 35, "#ff3e72": 15, "#c4f2f4": 11}, ["url(/static/img/conversation-card.png)"], "EJ", "#C4F2F4"),
    "cpa": ({"#00b7b7": 26, "#d20078": 26, "#3f1b53": 10},
            ["url(/static/img/bg/page.svg)", "url(/static/img/bg/conversation-card.svg)"], "CPA", "#c6027b"),
}
SIZES = {"A": {"main": 92664, "rocket": 71121, "hicontrast": 92702}, "B": {"main": 95627, "rocket": 73005, "hicontrast": 95660},
         "C": {"main": 196850, "hicontrast": 196848}}
LARGER = {"default": 0, "cpa": 338}
OVERRIDDEN = ["img/icons/catlogo.svg", "img/icons/icon_cancel.svg", "img/icons/icon_save.svg", "img/icons/navbar_conversations.svg",
              "img/icons/navbar_panel.svg", "img/icons/navbar_profile.svg", "img/login/ej-cat.svg", "img/logo/avatar_default.svg",
              "img/logo/favicon.ico", "img/logo/logo.svg"]
CPA_ONLY = ["img/bg/conversation-card.svg", "img/bg/page.svg", "img/icons/conversas.svg", "img/icons/cpa_circulo.svg",
            "img/icons/navbar_profile.png", "img/login/reticule.png", "img/login/reticule.svg", "img/logo/crop-icon-48-cpa.png",
            "img/logo/crop-icon-96-cpa.png", "img/logo/crop-icon-192-cpa.png", "img/logo/intro-logo.svg", "img/logo/logo-idv-logo.svg"]
SHARED = ["img/conversation-card.png", "img/error/404_icon.svg", "img/error/500_icon.svg", "img/icons/arrow.svg", "img/icons/menu.svg",
          "img/logo/crop-icon-48.png", "img/logo/crop-icon-96.png", "img/logo/crop-icon-192.png"]
LOGO_BYTES = {("default", "A"): 11693, ("default", "B"): 11693, ("default", "C"): 11693, ("cpa", "A"): 10450, ("cpa", "B"): 16533}
MANIFEST_BYTES = {"default": 776, "cpa": 798}


def palette(theme):
    """Of a known theme, or one that follows from a custom theme's name."""
    if theme in PALETTES:
        return PALETTES[theme]
    digest = hashlib.sha256(theme.encode()).hexdigest()
    colours = {f"#{digest[i:i + 6]}": 12 for i in (0, 6, 12)}
    return colours, [f"url(/static/img/{theme}.svg)"], theme.upper()[:12], f"#{digest[:6]}"


def stylesheet(theme, kind, generation):
    """One minified css file: the theme's marks first, then neutral rules up to the size EJ's has."""
    colours, marks, _, _ = palette(theme)
    rules = []
    if kind == "hicontrast":
        colours = {"#000": 20, "#ff0": 20}
        if theme == "cpa" and generation == "A":
            colours.update({"#d20078": 11, "#3f1b53": 10})
        if generation == "C":
            colours["#30bfd3"] = 18
    if kind == "rocket":
        colours, marks = {**dict(list(colours.items())[:2]), "#3F1B53": 2}, []
    if generation == "B" and theme == "cpa" and kind != "rocket":
        rules.append(".header-logo-img{height:3rem}")
    if kind != "rocket":
        rules += [".landing-page{display:flex}"] + [f".card-{i}{{background-image:{mark}}}" for i, mark in enumerate(marks)]
    for colour, count in colours.items():
        rules += [f".c{colour[1:].lower()}-{i}{{color:{colour}}}" for i in range(count)]
    text, wanted, number = "".join(rules), SIZES[generation][kind] + LARGER.get(theme, 41), 0
    filler = []
    length = len(text)
    while length < wanted - 40:
        filler.append(f".u-{kind[0]}{number}{{margin:{number % 64}px {number % 7}px}}")
        length += len(filler[-1])
        number += 1
    return text + "".join(filler) + "/*" + "." * (wanted - length - 4) + "*/"


def picture(name, theme, size=0):
    """Bytes of an image of the kind that the name's ending says; the theme decides how it looks."""
    colour = "#" + hashlib.sha256(f"{theme} artwork".encode()).hexdigest()[:6]
    if name.endswith(".svg"):
        mark = "Asset 1" if theme == "default" else "Asset 1PARTICIPA"
        text = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><title>{mark}</title><desc>{name}</desc>'
                f'<circle cx="32" cy="32" r="30" fill="{colour}"/></svg>')
        return text.encode().ljust(size, b"\n")
    rgb = bytes.fromhex(colour[1:])
    if name.endswith(".ico"):
        return (b"\0\0\1\0\1\0\x10\x10\0\0\1\0\x18\0" + rgb * 400)[:1150]

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(b"\0" + rgb)) + chunk(b"IEND", b""))


def manifest(theme):
    _, _, short, colour = palette(theme)
    suffix = "" if theme == "default" else f"-{theme}"
    icons = [{"src": f"/static/img/logo/crop-icon-{n}{suffix}.png", "sizes": f"{n}x{n}", "type": "image/png"} for n in (48, 96, 192, 256, 512)]
    text = json.dumps({"name": f"{short} platform", "short_name": short, "start_url": "/", "display": "standalone",
                       "theme_color": colour, "background_color": colour, "icons": icons}, indent=1)
    return text.ljust(MANIFEST_BYTES.get(theme, 780) - 1) + "\n"


def script(name, size=0, version=1):
    text = f"/* {name}, build {version} */\n(function () {{ 'use strict'; window.ejBuild = {version}; }}());\n"
    line = "/* generated: this line stands for code that the lab has no use for */\n"
    return (text + line * (max(0, size - len(text)) // len(line) + 1))[: max(size, len(text))]


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def build(lib, generation, themes):
    """Fills lib/build, lib/assets and lib/themes/*/assets of an image."""
    for theme in themes:
        for kind in SIZES[generation]:
            text = stylesheet(theme, kind, generation)
            write(lib / f"build/css/{kind}-{theme}.min.css", text)
            write(lib / f"build/css/{kind}-{theme}.css", text.replace("}", "\n}\n") + f"/*# sourceMappingURL={kind}-{theme}.css.map */")
            write(lib / f"build/css/{kind}-{theme}.css.map", '{"version":3,"sources":[],"mappings":""}')
    for name, size in (("main", 225806), ("clusterviz", 40000)):
        write(lib / f"build/js/{name}.js", script(f"{name}.js", size))
    shared = lib / "assets"
    for name in OVERRIDDEN + SHARED:
        write(shared / name, picture(name, "default", LOGO_BYTES["default", generation] if name.endswith("logo/logo.svg") else 0))
    write(shared / "manifest.json", manifest("default"))
    write(shared / "css/fontawesome-all.min.css", ".fa{font-family:'Lab Awesome'}")
    write(shared / "webfonts/fa-solid-900.woff2", b"wOF2" + bytes(60))
    write(shared / "js/echarts.min.js", script("echarts.min.js", 60000))
    write(shared / "js/jquery-ui/jquery-ui.min.js", script("jquery-ui.min.js", 30000))
    for theme in themes:
        if theme != "default":
            own = lib / f"themes/{theme}/assets"
            for name in OVERRIDDEN + (CPA_ONLY if theme == "cpa" else []):
                write(own / name, picture(name, theme, LOGO_BYTES.get((theme, generation), 0) if name.endswith("logo/logo.svg") else 0))
            write(own / "manifest.json", manifest(theme))
