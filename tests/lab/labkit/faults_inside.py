"""Faults that are seen from inside of web, past a cache, or on the disks (EJ contract F06, F11, F16, F17, F21, F24, F83, F84, W19, W20)."""
import shutil
import urllib.request

from labkit import container, health, image, lifecycle, nginxconf, services
from labkit.faults import fault
from labkit.faults_process import environment
from labkit.faults_static import inside, other, plain_collectstatic, recreate, set_theme, theme_not_collected, truncate

SCRATCH = ("main", "rocket", "hicontrast")
GIB = 1 << 30


def elsewhere(lab, *commands):
    """Runs commands as another container on the same volume would: this container's own lib/build keeps its scratch css."""
    css, kept = lab.app / "lib/build/css", lab.dir / "run/scratch"
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir()
    names = [f"{name}.css" for name in SCRATCH if (css / f"{name}.css").exists()]
    for name in names:
        shutil.copy2(css / name, kept / name)
    for command in commands:
        inside(lab, *command)
    for name in names:
        shutil.copy2(kept / name, css / name)
    shutil.rmtree(kept)


@fault("build-mislabelled", "the image was built with EJ_THEME in the environment: the css that carries the wanted theme's name is the other's",
       "F11", recreates=True)
def build_mislabelled(lab):
    changed = image.variant(lab)
    for kind in SCRATCH:
        path = changed / f"lib/build/css/{kind}-{lab.theme}.min.css"
        wrong = path.with_name(f"{kind}-{other(lab)}.min.css")
        if wrong.exists():
            path.write_bytes(wrong.read_bytes())
            image.age_file(path, image.IMAGE_AGE_SECONDS)
    recreate(lab)


@fault("theme-baked", "no fault: the image was built with a custom theme as EJ_THEME, and config.env does not speak of themes", recreates=True)
def theme_baked(lab):
    css = image.variant(lab) / "lib/build/css"
    for kind in SCRATCH:  # in the other theme's colours, with the images that are there
        path = css / f"{kind}-verde.min.css"
        path.write_bytes((css / f"{kind}-{other(lab)}.min.css").read_bytes() + b"/* verde */")
        image.age_file(path, image.IMAGE_AGE_SECONDS)
    set_theme(lab, None)
    recreate(lab, override={"EJ_THEME": "verde"})


@fault("two-stacks", "a second stack with the other theme started on the same static volume: it collected its own css", "F21")
def two_stacks(lab):
    elsewhere(lab, ["env", f"EJ_THEME={other(lab)}", "inv", "collect"])


@fault("healed-in-one-off", "theme switched without a collect, then repaired by `docker-compose run web`: the serving container's own css is old",
       "F83", recreates=True)
def healed_in_one_off(lab):
    theme_not_collected(lab)
    elsewhere(lab, ["inv", "collect"], ["python", "manage.py", "collectstatic", "--noinput", "--clear"])


@fault("cache-stale", "a cache before nginx keeps the static files of the former theme; the volume was collected cleanly", "F24", recreates=True)
def cache_stale(lab):
    shutil.rmtree(lab.dir / "nginx/tmp/cache", ignore_errors=True)
    nginxconf.write(lab, cache=True)
    services.reload_nginx(lab)
    for path in ("css/main.css", "css/main-default.min.css", "css/main-cpa.min.css", "manifest.json", "img/logo/logo.svg", "js/main.js"):
        urllib.request.urlopen(f"{lab.url('nginx')}/static/{path}", timeout=10).read()
    set_theme(lab, other(lab))
    recreate(lab)
    plain_collectstatic(lab, "--clear")


environment("static-url-other", "DJANGO_STATIC_URL=/assets/: what follows it is asked for where nothing is served", {"DJANGO_STATIC_URL": "/assets/"},
            ref="W19")


@fault("debug-runserver", "web runs the development server with DEBUG: it serves /static from its sources", "F37", recreates=True)
def debug_runserver(lab):
    container.edit_env_file(lab, {"DJANGO_DEBUG": "true"})
    address = f"127.0.0.1:{lab.ports['web']}"
    services.recreate_web(lab, ("/bin/sh", "-c", f"inv collect && inv db -m && exec python manage.py runserver --noreload {address}"))
    health.wait_answers(lab, "web")


@fault("log-huge", "debug.log has 3 GiB (sparse here)", "F84", touches=["web"])
def log_huge(lab):
    with open(lab.app / "local/logs/debug.log", "ab") as log:
        log.truncate(3 * GIB)


@fault("static-not-writable", "the static folder cannot be written to, as a bind mount of another owner cannot", "F16")
def static_not_writable(lab):
    image.forbid_writing(lab.static)


@fault("exec-refused", "no fault of EJ: no right to run a command in web or nginx: nothing can be seen from inside", touches=["exec"])
def exec_refused(lab):
    for service in ("web", "nginx"):
        (lab.dir / f"bin/in-{service}").write_text("#!/bin/sh\necho 'permission denied while trying to connect to the Docker daemon socket' >&2\nexit 1\n")


@fault("disk-nearly-full", "less space is free than the disk check wants (its limit is set high)", "F17")
def disk_nearly_full(lab):
    set_limits(lab, "space_low: 900000G, space_full: 1k")


@fault("inodes-few", "fewer inodes are free than the disk check wants (its limit is set high)", "F17")
def inodes_few(lab):
    set_limits(lab, "inodes: 1000000000")


@fault("disk-full", "a full disk (the limit is set high) has cut js/main.js short", "F17 F18")
def disk_full(lab):
    set_limits(lab, "space_full: 900000G")
    truncate(lab.static / "js/main.js")


def set_limits(lab, keys):
    lab.data["check_keys"] = {"disk": keys}
    lab.save()
    lifecycle.write_config(lab)
