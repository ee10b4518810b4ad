"""Builds the web image (DIR/image) and makes containers of it (DIR/app): the writable layer is a fresh copy at every re-creation."""
import compileall
import os
import shutil
import subprocess
import time
from pathlib import Path

from labkit import assets
from labkit.state import HERE, LabError

# Files of an image are older than any volume that was filled from it, as in life (checkout and build come first).
IMAGE_AGE_SECONDS = 7200
THEMES = {"A": ("default", "cpa"), "B": ("default", "cpa"), "C": ("default",)}


def themes(generation, theme):
    known = THEMES[generation]
    return known if theme in known else (*known, theme)


def age(path, seconds):
    """Sets the time of everything below to so many seconds ago."""
    moment = time.time() - seconds
    for folder, _, names in os.walk(path):
        for name in names:
            if not os.path.islink(os.path.join(folder, name)):
                os.utime(os.path.join(folder, name), (moment, moment))


def age_recent(path, seconds):
    """The same, for files that are younger than that."""
    moment = time.time() - seconds
    for folder, _, names in os.walk(path):
        for name in names:
            full = os.path.join(folder, name)
            if not os.path.islink(full) and os.stat(full).st_mtime > moment:
                os.utime(full, (moment, moment))


def age_file(path, seconds):
    moment = time.time() - seconds
    os.utime(path, (moment, moment))


def copy_into(source, target):
    """The tree as it is, times included, on top of what is there."""
    target.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", "--reflink=auto", f"{source}/.", str(target)], check=True)


def forbid_writing(folder):
    """Nobody may write to the folder, root included (who needs the attribute for that)."""
    folder.chmod(0o555)
    if os.getuid() == 0 and subprocess.run(["chattr", "+i", str(folder)], stderr=subprocess.DEVNULL).returncode != 0:
        raise LabError(f"{folder} is on a file system that knows no immutable folders, and root may write to all others")


def allow_writing(folder):
    if os.getuid() == 0:
        subprocess.run(["chattr", "-i", str(folder)], stderr=subprocess.DEVNULL)
    if folder.is_dir():
        folder.chmod(0o755)


def empty(folder, keep=()):
    for entry in Path(folder).iterdir():
        if entry.name in keep:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def replace_content(source, target):
    target.mkdir(parents=True, exist_ok=True)
    empty(target)
    copy_into(source, target)


def build(lab):
    """DIR/image for the lab's generation and theme."""
    image, generation, theme = lab.dir / "image", lab.generation, lab.theme
    shutil.rmtree(image, ignore_errors=True)
    shutil.copytree(HERE / "ej/common", image, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(HERE / "ej" / generation.lower(), image, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    if generation != "A":
        (image / "etc/tasklib").mkdir(parents=True, exist_ok=True)
        (image / "etc/__init__.py").touch()
        (image / "etc/tasklib/__init__.py").touch()
        (image / "tasks.py").rename(image / "etc/tasklib/base.py")
        (image / "tasks.py").write_text('"""The tasks live in etc/tasklib since generation B."""\nfrom etc.tasklib.base import *  # noqa: F403\n')
    if generation == "C":
        shutil.rmtree(image / "lib/themes", ignore_errors=True)
        shutil.rmtree(image / "src/ej_rocketchat")
    built = themes(generation, theme)
    assets.build(image / "lib", generation, built)
    for kind in assets.SIZES[generation]:
        shutil.copy(image / f"lib/build/css/{kind}-{theme}.min.css", image / f"lib/build/css/{kind}.css")
    (image / "commit.txt").write_text("none: none\n")
    (image / "local").mkdir(exist_ok=True)
    for volume in ("static", "media"):
        (image / "local" / volume).symlink_to(f"../../volumes/{volume}")
    age(image, IMAGE_AGE_SECONDS)
    compileall.compile_dir(image / "src", quiet=1)


def fresh_layer(lab):
    """DIR/app as a just created container has it."""
    replace_content(lab.image_dir, lab.app)


def variant(lab):
    """A copy of the image to be damaged; the next re-creation uses it. Returns its path."""
    other = lab.dir / "image-variant"
    if other.exists():
        shutil.rmtree(other)
    copy_into(lab.dir / "image", other)
    lab.data["image"] = "image-variant"
    lab.save()
    return other
