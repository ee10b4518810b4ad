"""The `inv` tasks of the stand-in: collect, db, gunicorn and the few others that an operator may call in a container.

What they do, and what they do wrong, follows the EJ contract, sections 3 and 7: `collect` truncates each css file before it
looks for the theme's, `--theme default` yields to EJ_THEME, `js` deletes main.js before it fails."""
import os
import sys
from pathlib import Path

from invoke import task

ROOT = Path(__file__).resolve().parent
while not (ROOT / "manage.py").exists():
    ROOT = ROOT.parent
CSS_FILES = ("main", "rocket", "hicontrast")


def set_theme(theme):
    if theme and "/" in theme:
        theme = os.path.basename(theme)
    elif theme and theme != "default":
        pass
    elif "EJ_THEME" in os.environ:
        theme = os.environ["EJ_THEME"]
    else:
        theme = "default"
    os.environ["EJ_THEME"] = theme
    return theme


def manage_command(ctx, command, pty=True):
    ctx.run(f"python {ROOT}/manage.py {command}", pty=pty)


@task
def collect(ctx, theme="default"):
    """Puts the theme's css in place, then runs collectstatic."""
    theme = set_theme(theme)
    css = ROOT / "lib/build/css"
    for name in CSS_FILES:
        if not list(css.glob(f"{name}-*.min.css")):
            continue
        with open(css / f"{name}.css", "w") as destination:
            try:
                with open(css / f"{name}-{theme}.min.css") as source:
                    destination.write(source.read())
            except FileNotFoundError:
                print('Please run "inv build-assets" first!')
                raise
    for minified in (ROOT / "lib/build/js").glob("*.min.js"):
        minified.with_name(minified.name.replace(".min.js", ".js")).write_text(minified.read_text())
    manage_command(ctx, "collectstatic --noinput")


@task
def db(ctx, migrate_only=False):
    """Migrates; without -m it makes migrations first."""
    if not migrate_only:
        manage_command(ctx, "makemigrations")
    manage_command(ctx, "migrate")


@task
def gunicorn(ctx, debug=None, environment="production", port=8000, workers=0, theme="default"):
    """Becomes the gunicorn master, in this very process."""
    if debug is not None:
        os.environ["DJANGO_DEBUG"] = str(debug)
    os.environ["DISABLE_DJANGO_DEBUG_TOOLBAR"] = "True"
    os.environ["DJANGO_ENVIRONMENT"] = environment
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ej.settings")
    set_theme(theme)
    sys.path.insert(0, str(ROOT / "src"))
    bind = os.environ.get("EJLAB_BIND", f"127.0.0.1:{port}")
    workers = workers or int(os.environ.get("EJLAB_WORKERS", "2"))
    sys.argv = ["gunicorn", "ej.wsgi", "-b", bind, "-w", str(workers), "--error-logfile=-", "--access-logfile=-",
                "--log-level", "info", f"--pythonpath={ROOT}/src"]
    from gunicorn.app.wsgiapp import run

    run()


@task
def manage(ctx, command, noinput=False, args=""):
    """manage.py COMMAND."""
    manage_command(ctx, f"{command} {'--noinput' if noinput else ''} {args}".strip())


@task
def bash(ctx):
    os.execlp("bash", "bash")


@task
def js(ctx):
    """Deletes the built main.js, then fails: the production image has no npm."""
    for built in (ROOT / "lib/build/js").glob("main.js*"):
        built.unlink()
    ctx.run("echo 'sh: 1: npm: not found' >&2; exit 127")


@task
def build_assets(ctx):
    """Fails: the production image has neither libsass nor the sources."""
    raise ModuleNotFoundError("No module named 'sass'")


@task
def db_fake(ctx, safe=False):
    """Fake users and a default administrator, as a careless operator makes them."""
    if safe and os.environ.get("FAKE_DB", "").lower() != "true":
        return
    manage_command(ctx, "createfakeusers --admin-password " + os.environ.get("ADMIN_PASSWORD", "admin"))
