"""Faults of theme and static files (EJ contract F01 to F23), each set as it arises in life."""
import shutil
import subprocess

from labkit import container, health, image, nginxconf, services
from labkit.faults import fault
from labkit.state import LabError


def other(lab):
    return "default" if lab.theme == "cpa" else "cpa"


def inside(lab, *command, must=True):
    """A command in the web container, as an operator runs it; must says whether it has to succeed (True), fail (False) or neither (None)."""
    done = subprocess.run([str(lab.dir / "bin/in-web"), *command], capture_output=True, text=True, env={}, cwd="/")
    if must is not None and must != (done.returncode == 0):
        raise LabError(f"in-web {' '.join(command)}: exit {done.returncode}\n{done.stdout[-800:]}{done.stderr[-1500:]}")
    return done


def plain_collectstatic(lab, *options):
    inside(lab, "python", "manage.py", "collectstatic", "--noinput", *options)


def failed_collect(lab):
    inside(lab, "env", "EJ_THEME=foo", "inv", "collect", must=False)


def set_theme(lab, theme):
    container.edit_env_file(lab, {"EJ_THEME": theme})


def recreate(lab, command=services.START_SEQUENCE, override=None):
    services.recreate_web(lab, command, override)
    health.wait(lab, "web")


def recreate_into_loop(lab):
    services.recreate_web(lab)
    health.wait_loop(lab, "web")


@fault("theme-switched", "EJ_THEME changed in config.env and web re-created on the used volume: new css, old images", "F01", ["theme-mixed"], recreates=True)
def theme_switched(lab):
    set_theme(lab, other(lab))
    recreate(lab)


@fault("theme-switched-collected", "the same, then the guide's first two steps, which change nothing", "F01", ["theme-mixed-collect"], recreates=True)
def theme_switched_collected(lab):
    theme_switched(lab)
    inside(lab, "inv", "collect")
    plain_collectstatic(lab)


@fault("css-wrong-theme", "somebody collected with another EJ_THEME in one exec: css of that theme, everything else right", "F02 F12")
def css_wrong_theme(lab):
    inside(lab, "env", f"EJ_THEME={other(lab)}", "inv", "collect")


@fault("theme-not-collected", "EJ_THEME changed, web re-created with a start command that does not collect", "F02 F22", ["theme-not-collected"], recreates=True)
def theme_not_collected(lab):
    set_theme(lab, other(lab))
    recreate(lab, ("inv", "db", "-m", "gunicorn"))


@fault("theme-plain-collectstatic", "the same, then only manage.py collectstatic", "F02", ["theme-plain-collectstatic"], recreates=True)
def theme_plain_collectstatic(lab):
    theme_not_collected(lab)
    plain_collectstatic(lab)


@fault("theme-wrong-in-container", "compose's own environment: overrides EJ_THEME; page, css and images agree with it, config.env does not", "F03", recreates=True)
def theme_wrong_in_container(lab):
    recreate(lab, override={"EJ_THEME": other(lab)})
    plain_collectstatic(lab, "--clear")


@fault("env-edited-only-restarted", "EJ_THEME changed in config.env, container restarted but not re-created", "F04", ["theme-restart-only"])
def env_edited_only_restarted(lab):
    set_theme(lab, other(lab))
    services.restart_web(lab)
    health.wait(lab, "web")


@fault("theme-empty", "EJ_THEME= in config.env: the start's collect fails, restart loop", "F05", ["theme-empty"], recreates=True)
def theme_empty(lab):
    set_theme(lab, "")
    recreate_into_loop(lab)


@fault("theme-unknown", "EJ_THEME=foo in config.env: the start's collect fails, restart loop", "F06", ["theme-unknown"], recreates=True)
def theme_unknown(lab):
    set_theme(lab, "foo")
    recreate_into_loop(lab)


@fault("theme-quoted", 'EJ_THEME="default" with the quotes kept: restart loop', "F07", recreates=True)
def theme_quoted(lab):
    set_theme(lab, f'"{lab.theme}"')
    recreate_into_loop(lab)


@fault("theme-path", "EJ_THEME with a trailing slash: the settings crash, restart loop", "F08", ["theme-slash-process"], recreates=True)
def theme_path(lab):
    set_theme(lab, f"{lab.theme}/")
    recreate_into_loop(lab)


@fault("theme-unknown-process", "EJ_THEME=foo in a web that serves without having collected: nothing to see over HTTP", "F06",
       ["theme-unknown-process"], recreates=True)
def theme_unknown_process(lab):
    set_theme(lab, "foo")
    recreate(lab, ("inv", "db", "-m", "gunicorn"))


@fault("css-build-truncated", "a failed `inv collect` in the container: lib/build/css/main.css has 0 bytes, the volume is unchanged", "F06")
def css_build_truncated(lab):
    failed_collect(lab)


@fault("css-empty", "the failed collect, then plain collectstatic: main.css is served with 200 and 0 bytes", "F09", ["css-empty"])
def css_empty(lab):
    failed_collect(lab)
    plain_collectstatic(lab)


@fault("css-empty-in-image", "the image was built with an empty main-<theme>.min.css: no collect can help", "F10", recreates=True)
def css_empty_in_image(lab):
    changed = image.variant(lab)
    path = changed / f"lib/build/css/main-{lab.theme}.min.css"
    path.write_text("")
    image.age_file(path, image.IMAGE_AGE_SECONDS)
    recreate(lab)


@fault("static-empty", "rm /app/local/static/* -r and nothing else", "F13", ["static-empty"])
def static_empty(lab):
    image.empty(lab.static)


@fault("static-dir-gone", "the static directory itself removed", "F13", ["static-dir-gone"])
def static_dir_gone(lab):
    shutil.rmtree(lab.static)


@fault("static-rm-plain", "theme switched, rm static/* -r, then plain collectstatic only: new images, old css", "F14", ["static-rm-plain"], recreates=True)
def static_rm_plain(lab):
    theme_not_collected(lab)
    image.empty(lab.static)
    plain_collectstatic(lab)


@fault("static-not-shared", "nginx has another, empty directory where the static volume should be", "F15", ["static-empty"])
def static_not_shared(lab):
    elsewhere = lab.dir / "volumes/not-shared"
    elsewhere.mkdir(exist_ok=True)
    image.empty(elsewhere)
    nginxconf.write(lab, alias=elsewhere)
    services.reload_nginx(lab)


@fault("static-not-shared-old", "nginx has another directory where the static volume should be, filled by an older EJ", "F15")
def static_not_shared_old(lab):
    elsewhere = lab.dir / "volumes/not-shared"
    image.replace_content(lab.dir / "kept/static", elsewhere)
    script = elsewhere / "js/main.js"
    script.write_bytes(script.read_bytes() + b"\n/* of an older image */\n")
    nginxconf.write(lab, alias=elsewhere)
    services.reload_nginx(lab)


def truncate(path):
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 3])


@fault("static-truncated", "js/main.js in the volume cut off by a full disk; its new mtime makes collectstatic skip it", "F18")
def static_truncated(lab):
    truncate(lab.static / "js/main.js")


@fault("static-truncated-css", "css/main.css in the volume cut off by a full disk", "F18")
def static_truncated_css(lab):
    truncate(lab.static / "css/main.css")


@fault("js-stale", "an image with another js/main.js, built before the volume was filled: collectstatic keeps the old file", "F19", recreates=True)
def js_stale(lab):
    changed = image.variant(lab)
    path = changed / "lib/build/js/main.js"
    path.write_text(path.read_text().replace("build 1", "build 2").replace("ejBuild = 1", "ejBuild = 2"))
    image.age_file(path, image.IMAGE_AGE_SECONDS)
    recreate(lab)


@fault("js-missing", "`inv js` deleted lib/build/js/main.js in the container, then a clean collect removed it from the volume", "F20")
def js_missing(lab):
    inside(lab, "inv", "js", must=False)
    plain_collectstatic(lab, "--clear")


@fault("process-theme-differs", "web started with `gunicorn -t` of another theme: the page is of that theme, css and environment are not", "F22", recreates=True)
def process_theme_differs(lab):
    recreate(lab, ("inv", "collect", "db", "-m", "gunicorn", "-t", "cpa") if lab.theme != "cpa" else
             ("/bin/sh", "-c", "inv collect && EJ_THEME=default exec inv db -m gunicorn"))


@fault("static-refused", "nginx refuses every static file with a 403, as it does when it may not read the folder")
def static_refused(lab):
    (lab.dir / "nginx/ejmon.d/static.conf").write_text("location ~ ^/static/ { return 403; }\n")
    services.reload_nginx(lab)


@fault("static-to-django", "nginx without location /static: Django answers 404", "F23")
def static_to_django(lab):
    nginxconf.write(lab, static=False)
    services.reload_nginx(lab)
