"""The table of faults: what each is called, what it stands for, how it is set; and `mend`, which brings the lab back to health."""
import importlib
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

from labkit import container, database, health, image, lifecycle, rocket, services, supervision
from labkit.state import LabError

TABLE = {}


@dataclass
class Fault:
    name: str
    line: str
    apply: Callable
    ref: str = ""  # rows of the EJ contract, section 10
    states: tuple = ()  # names in tests/lab/observed/*.json; "off:" and "on:" bind one to the integration
    needs: tuple = field(default=())  # "B", "on", "off", "mongo", "rocketchat"
    touches: tuple = field(default=())  # beyond what every mend looks after: "postgres", "web", "rocketchat", "config", "exec"
    recreates: bool = False  # begins by re-creating web, whatever web was before


def fault(name, line, ref="", states=(), needs=(), touches=(), recreates=False):
    """Registers the decorated function as the way to set a fault."""

    def register(function):
        TABLE[name] = Fault(name, line, function, ref, tuple(states), tuple(needs), tuple(touches), recreates)
        return function

    return register


def lookup(name):
    if name not in TABLE:
        raise LabError(f"no fault {name}; see: fault --list")
    return TABLE[name]


def missing_need(lab, one):
    """The reason why this lab cannot have the fault, or None."""
    for need in one.needs:
        if need in "ABC" and lab.generation != need:
            return f"{one.name} is of generation {need}, this lab is {lab.generation}"
        if need == "on" and not lab.integration:
            return f"{one.name} needs the Rocket.Chat integration on"
        if need == "off" and lab.integration:
            return f"{one.name} needs the Rocket.Chat integration off"
        if need in ("mongo", "rocketchat") and not lab.has(need):
            return f"{one.name} needs {need}, which this lab does not have"
    return None


def set_fault(lab, name, instead=False):
    """With `instead` the faults that were set are mended before, without the re-creation of a web that this fault re-creates anyway."""
    one = lookup(name)
    reason = missing_need(lab, one)
    if reason:
        raise LabError(reason)
    if instead and lab.data.get("faults"):
        mend(lab, lab.data["faults"], web=not one.recreates)
    lab.data["faults"] = sorted({*lab.data.get("faults", []), name})
    lab.save()
    one.apply(lab)
    settle(lab)


def settle(lab):
    """What a fault has just written is dated back a few minutes, sources before their copies: a remedy that follows within the same
    second would otherwise meet collectstatic's whole-second comparison by chance."""
    image.age_recent(lab.app / "lib", 300)
    image.age_recent(lab.static, 240)


def mend(lab, names, web=True):
    """Health again, whatever happened in between. Mending one fault mends the others too; `names` only says what to touch for sure.
    With web=False web is left stopped, for one who re-creates it next."""
    touches = {touch for name in names for touch in lookup(name).touches}
    supervision.stop(lab, "hog")
    for name in lab.services:  # what one fault left in a log would be a sign of the next one too
        if lab.log(name).exists():
            os.truncate(lab.log(name), 0)
    image.allow_writing(lab.static)
    if "exec" in touches:
        container.write_wrappers(lab)
    if lab.data.pop("check_keys", None):
        lab.save()
        lifecycle.write_config(lab)
    if not web:
        supervision.stop(lab, "web")
    image.empty(lab.dir / "knobs")
    if database.is_standby(lab):
        supervision.stop(lab, "postgres")
        database.write_primary(lab)
    for name in lab.services:
        supervision.thaw(lab, name)
        if not supervision.supervised(lab, name) and name not in ("web", "nginx"):
            services.start(lab, name)
    health.wait(lab, "postgres")
    if "postgres" in touches:
        database.restore(lab)
    if lab.has("mongo"):
        health.wait(lab, "mongo")
    if "rocketchat" in touches:
        rocket.restore(lab)
    baseline = container.baseline_env_file(lab)
    shutil.rmtree(lab.dir / ".git", ignore_errors=True)
    if lab.env_file.read_text() != baseline:
        container.write_atomically(lab.env_file, baseline, 0o600)
    lab.data["image"] = "image"
    lab.save()
    if "config" in touches:
        lifecycle.write_config(lab)
    if web and ("web" in touches or not web_is_right(lab)):
        services.recreate_web(lab)
        health.wait(lab, "web")
    image.replace_content(lab.dir / "kept/static", lab.static)
    image.replace_content(lab.dir / "kept/lib", lab.app / "lib")
    services.restore_nginx(lab)
    if web:  # the others were seen well above
        for name in lab.services:
            if name in ("nginx", "rocketchat"):
                health.wait(lab, name)
    lab.data["faults"] = []
    lab.save()


def web_is_right(lab):
    """Created with the healthy environment, by the right command, and answering."""
    return (container.created(lab) == container.creation_env(lab) and services.runs_start_sequence(lab)
            and bool(supervision.running(lab, "web")) and health.healthy(lab, "web"))


def load():
    """Imports every faults_*.py beside this file: their import fills the table."""
    for path in sorted(Path(__file__).parent.glob("faults_*.py")):
        importlib.import_module(f"labkit.{path.stem}")
    return TABLE
