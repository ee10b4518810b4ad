"""`lab up`, `down`, `status`: makes a healthy stack, ends it without a rest, and says where everything is."""
import shutil
import sys
import threading

from labkit import container, database, health, image, rocket, services, supervision
from labkit.nginxconf import upstream
from labkit.state import SERVICES, LabError, write_atomically

KEPT_AGE_SECONDS = 3600


def say(text):
    print(text, file=sys.stderr, flush=True)


def up(lab, **decisions):
    without = decisions.pop("without")
    if lab.exists():
        same = all(lab.data.get(key) == value for key, value in decisions.items()) and lab.data.get("without") == without
        if same and lab.data.get("up") and not lab.data.get("faults") and all(supervision.running(lab, name) for name in lab.services):
            for name in lab.services:
                health.wait(lab, name)
            return
        down(lab)
    wipe(lab)
    lab.dir.mkdir(parents=True, exist_ok=True)
    lab.begin(**decisions, without=without)
    lab.data["services"] = ["postgres", "web", "nginx", *optional_services(without)]
    lab.save()
    try:
        bring_up(lab)
    except BaseException:
        supervision.end_everything(lab)
        raise
    lab.data["up"] = True
    lab.save()


def optional_services(without):
    if "mongo" in without:
        return []
    if not services.mongo_is_here():
        say("lab: NO MONGO SERVER can be had here (tests/lab/parts/mongod); going on without Mongo and Rocket.Chat")
        return []
    if "rocket" in without:
        return ["mongo"]
    if not services.ROCKETCHAT.exists():
        say("lab: tests/lab/rocket/rocketchat does not exist; going on with Mongo but without Rocket.Chat")
        return ["mongo"]
    return ["mongo", "rocketchat"]


def bring_up(lab):
    if lab.has("mongo"):
        services.start_mongo(lab)
    trouble = []

    def build_image():
        try:
            image.build(lab)
        except Exception as error:
            trouble.append(error)

    building = threading.Thread(target=build_image)
    building.start()
    database.create_cluster(lab)
    services.start_postgres(lab)
    container.write_wrappers(lab)
    write_atomically(lab.env_file, container.baseline_env_file(lab), 0o600)
    health.wait(lab, "postgres")
    database.create_database(lab)
    building.join()
    if trouble:
        raise trouble[0]
    services.recreate_web(lab)
    services.write_nginx(lab)
    services.start_nginx(lab)
    if lab.has("mongo"):
        health.wait(lab, "mongo", 60)
    if lab.has("rocketchat"):
        services.start_rocketchat(lab)
    health.wait(lab, "web")
    if lab.has("rocketchat"):
        health.wait(lab, "rocketchat")
    database.seed(lab, rocket.credentials(lab))
    database.grant(lab)
    database.keep(lab)
    keep_files(lab)
    if lab.has("rocketchat"):
        rocket.write_layout(lab)
    for name in lab.services:
        health.wait(lab, name)
    write_config(lab)


def stop_one(lab, name):
    if not lab.has(name):
        raise LabError(f"this lab has no {name}")
    note_stopped(lab, name, True)
    supervision.stop(lab, name)


def start_one(lab, name):
    if not lab.has(name):
        raise LabError(f"this lab has no {name}")
    services.start_again(lab, name)
    health.wait_any_answer(lab, name)
    note_stopped(lab, name, False)


def note_stopped(lab, name, stopped):
    """A stopped service is what the fault of that name is, for a later mend as well."""
    fault = {"rocketchat": "rocket"}.get(name, name) + "-stopped"
    lab.data["faults"] = sorted({*lab.data.get("faults", [])} - {fault} | ({fault} if stopped else set()))
    lab.save()


def keep_files(lab):
    """Remembers the healthy volume and layer, dated back so that what comes later is later by whole seconds."""
    for kind in ("main", "rocket", "hicontrast"):
        path = lab.app / f"lib/build/css/{kind}.css"
        if path.exists():
            image.age_file(path, KEPT_AGE_SECONDS + 60)
    image.age(lab.static, KEPT_AGE_SECONDS)
    image.replace_content(lab.static, lab.dir / "kept/static")
    image.replace_content(lab.app / "lib", lab.dir / "kept/lib")


def config_text(lab):
    lines = ["# Written by the lab for this stack.", "stack:", f"  env_file: {lab.env_file}", f"  site: {lab.url('nginx')}",
             f"  host: {lab.url('nginx').partition('://')[2]}  # as the address is: the lab's 127.0.0.1 is in DJANGO_ALLOWED_HOSTS",
             f"  web: {lab.url('web')}", f"  static_root: {lab.static}", f"  app_root: {lab.app}", f"  web_command: {lab.dir}/bin/in-web",
             f"  nginx_command: {lab.dir}/bin/in-nginx", f"  nginx_include: {lab.dir}/nginx/ejmon.d/ejmon.conf",
             f"  postgres: {lab.postgres_uri()}", "  docker: off  # the lab plays its containers",
             *(f"  {name}_log: {lab.log(name)}" for name in lab.services)]
    if lab.has("mongo"):
        lines.append(f"  mongo: {lab.mongo_uri()}")
    if lab.has("rocketchat") or lab.integration:  # the origin that EJ is to let embed it, whether or not anything answers there
        lines.append(f"  rocketchat: {lab.url('rocketchat')}")
    if lab.has("rocketchat"):
        lines.append(f"  layout: {lab.dir}/layout")
    absent = [name for name in ("mongo", "rocketchat") if lab.integration and not lab.has(name)]
    checks = {**{name: "off" for name in absent}, **{name: "{ %s }" % keys for name, keys in lab.data.get("check_keys", {}).items()}}
    if checks:  # what this lab does not run, and what a fault has set
        lines.append("checks: { %s }" % ", ".join(f"{name}: {keys}" for name, keys in checks.items()))
    return "\n".join([*lines, f"state: {lab.dir}/ejmon-state"]) + "\n"


def write_config(lab):
    write_atomically(lab.dir / "ejmon.yaml", config_text(lab), 0o600)


def wipe(lab):
    """Removes what an earlier lab left, and nothing that is not a lab's."""
    if not lab.dir.exists():
        return
    image.allow_writing(lab.static)
    if not lab.file.exists() and any(path.name != ".lock" for path in lab.dir.iterdir()):
        raise LabError(f"{lab.dir} is not empty and holds no lab; choose another --dir")
    image.empty(lab.dir, keep=(".lock",))
    lab.data = {}


def down(lab):
    if not lab.exists():
        return
    image.allow_writing(lab.static)
    left = supervision.end_everything(lab)
    lab.data["up"] = False
    lab.save()
    shutil.rmtree(lab.dir / "kept", ignore_errors=True)
    if left:
        raise LabError(f"these processes of the lab do not end: {[who['pid'] for who in left]}")


def status(lab):
    pids = {}
    for name in SERVICES:
        child = supervision.running(lab, name)
        if child:
            pids[name] = child["pid"]
    rocket = lab.has("rocketchat")
    return {
        "dir": str(lab.dir), "up": lab.data.get("up", False), "generation": lab.generation, "theme": lab.theme,
        "integration": lab.integration, "site": lab.url("nginx"), "web": lab.url("web"),
        "postgres": lab.postgres_uri(), "postgres_admin": lab.postgres_uri("admin"), "mongo": lab.mongo_uri(),
        "rocketchat": lab.url("rocketchat") if rocket else None, "rocketchat_origin": lab.url("rocketchat"),
        "static_root": str(lab.static), "media_root": str(lab.dir / "volumes/media"), "app_root": str(lab.app),
        "env_file": str(lab.env_file), "web_command": str(lab.dir / "bin/in-web"), "nginx_command": str(lab.dir / "bin/in-nginx"),
        "nginx_include": str(lab.dir / "nginx/ejmon.d/ejmon.conf"), "nginx_upstream": upstream(lab),
        "config": str(lab.dir / "ejmon.yaml"), "pids": pids,
        "restarts": {name: supervision.record(lab, name).get("restarts", 0) for name in lab.services},
        "faults": lab.data.get("faults", []), "logs": {name: str(lab.log(name)) for name in lab.services},
        "people": {"admin": "admin@ej.example.org", "user": "user@ej.example.org", "password": lab.passwords["people"]},
    }
