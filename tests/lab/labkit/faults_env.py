"""Faults of config.env on its way to EJ: not applied, names and forms that EJ does not take, keys and addresses (EJ contract sections 2, 8)."""
import hashlib
import struct

from labkit import container, database, health, services
from labkit.faults import fault
from labkit.faults_process import environment

HOST = "ej.example.org"


def not_applied(name, line, created, written, wait="answers", **more):
    """A fault that is a web created with some values and a config.env that says others since. Both get the lab and return changes."""

    @fault(name, line, recreates=True, **more)
    def apply(lab):
        container.edit_env_file(lab, created(lab))
        services.recreate_web(lab)
        health.wait_answers(lab, "web") if wait == "answers" else health.wait(lab, "web")
        container.edit_env_file(lab, written(lab))


not_applied("settings-not-applied", "EMAIL_HOST changed in config.env, web not re-created: nothing to see but in the environment",
            lambda lab: {"EMAIL_HOST": "old.example.org"}, lambda lab: {"EMAIL_HOST": "new.example.org"}, ref="F04")
not_applied("framing-not-applied", "EJ_ROCKETCHAT_URL put right in config.env, web not re-created: the old list is still sent",
            lambda lab: {"EJ_ROCKETCHAT_URL": "https://chat.example.org"}, lambda lab: {"EJ_ROCKETCHAT_URL": lab.url("rocketchat")},
            ref="F04 F59", needs=["on"])
not_applied("framing-inert-written", "EJ_ROCKETCHAT_URL stands nowhere, DJANGO_X_FRAME_OPTIONS was written instead and web only restarted",
            lambda lab: {"EJ_ROCKETCHAT_URL": None}, lambda lab: {"DJANGO_X_FRAME_OPTIONS": f"ALLOW-FROM {lab.url('rocketchat')}"},
            ref="F59 F68", needs=["on"])
not_applied("integration-not-applied", "EJ_ROCKETCHAT_INTEGRATION=true written into config.env, web not re-created: /talks/ is 404",
            lambda lab: {"EJ_ROCKETCHAT_INTEGRATION": "false"}, lambda lab: {"EJ_ROCKETCHAT_INTEGRATION": "true"}, ref="F04 F58", needs=["on"])
not_applied("hosts-not-applied", "the site's host written into config.env, web not re-created: 400",
            lambda lab: {"DJANGO_HOSTNAME": HOST, "DJANGO_ALLOWED_HOSTS": HOST},
            lambda lab: {"DJANGO_HOSTNAME": HOST, "DJANGO_ALLOWED_HOSTS": f"{HOST},127.0.0.1"}, ref="F04 F32")

environment("name-unprefixed", "CSRF_TRUSTED_ORIGINS instead of DJANGO_CSRF_TRUSTED_ORIGINS: no effect", {"CSRF_TRUSTED_ORIGINS": HOST}, ref="F71")
environment("false-word", "EMAIL_USE_TLS=enabled, which means false", {"EMAIL_USE_TLS": "enabled"}, ref="F58")
environment("list-blanks", "a blank after the comma of DJANGO_CSRF_TRUSTED_ORIGINS",
            {"DJANGO_CSRF_TRUSTED_ORIGINS": f"{HOST}, b.example.org"}, ref="F34")
environment("quotes-kept", 'EJ_PAGE_TITLE="..." with the quotes kept', {"EJ_PAGE_TITLE": '"EJ Platform"'}, ref="F07")
environment("indirection-nowhere", "EJ_USER_HOME_PATH=$HOME_OF_USERS, which is not set", {"EJ_USER_HOME_PATH": "$HOME_OF_USERS"})
environment("secret-key-dollar", "DJANGO_SECRET_KEY begins with $: EJ looks for a variable of that name", {
    "DJANGO_SECRET_KEY": "$" + hashlib.sha256(b"of the lab alone").hexdigest()}, ref="F40")
environment("secret-key-weak", "DJANGO_SECRET_KEY=local", {"DJANGO_SECRET_KEY": "local"}, ref="D1")
environment("database-url-special", "a / in the password of DJANGO_DB_URL, not encoded: Python ends with a ValueError",
            lambda lab: {"DJANGO_DB_URL": f"psql://ej:let/me/in@127.0.0.1:{lab.ports['postgres']}/db"}, wait="loop", ref="F46")
environment("hosts-any", "DJANGO_ALLOWED_HOSTS=*", {"DJANGO_ALLOWED_HOSTS": "*"}, ref="D4")
environment("static-moved", "DJANGO_STATIC_ROOT is a folder that nginx does not serve", lambda lab: {"DJANGO_STATIC_ROOT": f"{lab.dir}/volumes/moved"}, ref="W19")
environment("rocket-env-part", "some of Rocket.Chat's administrator in the environment, the row active: no fault as long as it is", {
    "EJ_ROCKETCHAT_ADMIN_USERNAME": "rocket-admin", "EJ_ROCKETCHAT_ADMIN_ID": "uid"}, ref="F70", needs=["on", "B"])
environment("csp-override-any", "HTTP_CONTENT_SECURITY_POLICY lets any site embed EJ", {
    "HTTP_CONTENT_SECURITY_POLICY": "frame-ancestors *"}, ref="D12", needs=["on", "B"])


@fault("database-password-known", "role ej has the password that the shipped config.env offers", "D3", touches=["postgres"], recreates=True)
def database_password_known(lab):
    with database.admin(lab) as cursor:
        cursor.execute("ALTER ROLE ej PASSWORD 'password'")
    url = lab.postgres_uri("ej").replace("postgresql://", "psql://").replace(lab.passwords["ej"], "password")
    container.edit_env_file(lab, {"DJANGO_DB_URL": url, "POSTGRES_PASSWORD": "password"})
    services.recreate_web(lab)
    health.wait(lab, "web")


@fault("postgres-variables-differ", "no fault: POSTGRES_PASSWORD is another than DJANGO_DB_URL's, and the volume is not empty", "F44", recreates=True)
def postgres_variables_differ(lab):
    container.edit_env_file(lab, {"POSTGRES_PASSWORD": "of-the-first-start"})
    services.recreate_web(lab)
    health.wait(lab, "web")


@fault("env-file-in-git", "config.env is in the index of a git repository", "D15")
def env_file_in_git(lab):
    name = b"config.env"
    entry = struct.pack(">10L20sH", 0, 0, 0, 0, 0, 0, 0o100600, 0, 0, lab.env_file.stat().st_size, bytes(20), len(name)) + name
    entry += bytes(8 - len(entry) % 8)
    index = b"DIRC" + struct.pack(">2L", 2, 1) + entry
    (lab.dir / ".git").mkdir(exist_ok=True)
    (lab.dir / ".git/index").write_bytes(index + hashlib.sha1(index).digest())
