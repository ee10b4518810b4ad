"""Faults of web, nginx and what stands in config.env about them (EJ contract F28 to F42)."""
import os

from labkit import container, health, nginxconf, services, supervision
from labkit.faults import fault

SLOW_SECONDS = os.environ.get("EJLAB_SLOW_SECONDS", "3")
READ_TIMEOUT = os.environ.get("EJLAB_READ_TIMEOUT", "3s")


@fault("web-stopped", "the web container stopped, nginx up: 502", "F28 F29", ["web-down"])
def web_stopped(lab):
    supervision.stop(lab, "web")


@fault("web-hung", "web accepts and never answers (SIGSTOP of master and workers): 504 after nginx's time-out, here 3 s", "F35")
def web_hung(lab):
    nginxconf.write(lab, read_timeout=READ_TIMEOUT)
    services.reload_nginx(lab)
    supervision.freeze(lab, "web")


@fault("web-slow", "the list of conversations takes 3 s (EJLAB_SLOW_SECONDS), as with a slow query", "F35")
def web_slow(lab):
    (lab.dir / "knobs/slow").write_text(f"{SLOW_SECONDS} /conversations/")


@fault("view-bug", "/conversations/ is 500 with normal headers, everything else is right", "F42")
def view_bug(lab):
    (lab.dir / "knobs/view-bug").touch()


@fault("nginx-stopped", "the nginx container stopped: connection refused", "F31")
def nginx_stopped(lab):
    supervision.stop(lab, "nginx")


@fault("nginx-hung", "nginx accepts and never answers (SIGSTOP)", "F31")
def nginx_hung(lab):
    supervision.freeze(lab, "nginx")


@fault("nginx-stale-upstream", "nginx still asks web's old address: 502, web itself is fine; a reload heals", "F29")
def nginx_stale_upstream(lab):
    services.write_nginx(lab)
    path = lab.dir / "nginx/nginx.conf"
    right = path.read_text()
    path.write_text(right.replace(nginxconf.upstream(lab), "http://127.0.0.1:1/"))
    services.reload_nginx(lab)
    health.wait_until(lambda: health.status_of(lab.ports["nginx"], "/start/") == 502, "nginx uses the old address")
    path.write_text(right)


@fault("nginx-cut-off", "a proxy before nginx, played by nginx itself, finds nothing at nginx's address: 502, for /static/ as well", "F31")
def nginx_cut_off(lab):
    nginxconf.write(lab, static=False)
    path = lab.dir / "nginx/nginx.conf"
    # The proxy's log is nobody's here.
    path.write_text(path.read_text().replace(nginxconf.upstream(lab), "http://127.0.0.1:1/").replace(f"error_log {lab.log('nginx')}", "error_log /dev/null"))
    services.reload_nginx(lab)
    health.wait_until(lambda: health.status_of(lab.ports["nginx"], "/static/") == 502, "the proxy finds nothing")


def environment(name, line, changes, wait="healthy", **more):
    """A fault that is a change of config.env and a re-creation of web."""

    @fault(name, line, recreates=True, **more)
    def apply(lab):
        container.edit_env_file(lab, changes(lab) if callable(changes) else changes)
        services.recreate_web(lab)
        {"healthy": lambda: health.wait(lab, "web"), "answers": lambda: health.wait_answers(lab, "web"),
         "loop": lambda: health.wait_loop(lab, "web")}[wait]()

    return apply


environment("web-restart-loop", "DJANGO_ENVIRONMENT=staging: the settings refuse, restart loop", {"DJANGO_ENVIRONMENT": "staging"},
            wait="loop", ref="F28 F38", states=["environment-bad"])
environment("country-unknown", "COUNTRY=atlantis: the settings crash, restart loop", {"COUNTRY": "atlantis"},
            wait="loop", ref="F39", states=["country-bad"])
environment("country-brazil", "no fault: COUNTRY=brazil, pages in Portuguese", {"COUNTRY": "brazil"}, states=["country-brazil"])
environment("disallowed-host", "DJANGO_HOSTNAME and DJANGO_ALLOWED_HOSTS name another host: 400",
            {"DJANGO_HOSTNAME": "ej.example.org", "DJANGO_ALLOWED_HOSTS": "ej.example.org"},
            wait="answers", ref="F32", states=["off:hosts-wrong"])
environment("allowed-hosts-blank", "a blank after the comma of DJANGO_ALLOWED_HOSTS: 127.0.0.1 gets 400",
            {"DJANGO_ALLOWED_HOSTS": "ej.example.org, 127.0.0.1"}, ref="F34", states=["off:hosts-space"])
environment("hostname-unprefixed", "HOSTNAME set, DJANGO_HOSTNAME and DJANGO_ALLOWED_HOSTS not: 127.0.0.1 gets 400",
            {"HOSTNAME": "ej.example.org", "DJANGO_HOSTNAME": None, "DJANGO_ALLOWED_HOSTS": None}, ref="F32",
            states=["off:hostname-unprefixed"])
environment("debug-on", "DJANGO_DEBUG=True", {"DJANGO_DEBUG": "True"}, ref="F37", states=["off:debug-on"])
environment("environment-local", "DJANGO_ENVIRONMENT=local: nothing differs, since the gunicorn task sets production",
            {"DJANGO_ENVIRONMENT": "local", "DJANGO_DEBUG": None}, ref="D2", states=["off:environment-local", "on:rc-local"])
environment("secret-key-missing", "DJANGO_SECRET_KEY empty: each worker has its own, users are logged out at random",
            {"DJANGO_SECRET_KEY": ""}, ref="F40", states=["off:secret-missing"])
environment("secret-key-public", "DJANGO_SECRET_KEY is the one that EJ's repository publishes",
            {"DJANGO_SECRET_KEY": "al238gd93glx6o32nl02l1gi12678xz903"}, ref="F41")
environment("admin-moved", "no fault: DJANGO_ADMIN_URL names another place than /admin/", {"DJANGO_ADMIN_URL": "secret-door/"}, ref="D5")
environment("x-frame-deny", "DJANGO_X_FRAME_OPTIONS=DENY: inert with the integration on, DENY with it off",
            {"DJANGO_X_FRAME_OPTIONS": "DENY"}, ref="F68", states=["off:xfo-deny", "on:rc-xfo"])
