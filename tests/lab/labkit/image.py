"""Builds the web image (DIR/image) and makes containers of it (DIR/app): the writable layer is a fresh copy at every re-creation."""
import compileall
import os
import shutil
import stat
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


def files(folder):
    """Every regular file below."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from files(entry.path)
            elif entry.is_file(follow_symlinks=False):
                yield entry


def age(path, seconds):
    """Sets the time of everything below to so many seconds ago."""
    moment = time.time() - seconds
    for entry in files(path):
        os.utime(entry.path, (moment, moment))


def age_recent(path, seconds):
    """The same, for files that are younger than that."""
    moment = time.time() - seconds
    if os.path.isdir(path):
        for entry in files(path):
            if entry.stat(follow_symlinks=False).st_mtime > moment:
                os.utime(entry.path, (moment, moment))


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
    for entry in list(os.scandir(folder)):
        if entry.name not in keep:
            remove(entry)


def replace_content(source, target):
    """Makes the tree the source's. What is as it should be already, by kind, size, time, owner and mode, is left alone."""
    target.mkdir(parents=True, exist_ok=True)
    if looks(source) != looks(target):
        own(target, source)
    wanted = {entry.name: entry for entry in os.scandir(source)}
    for entry in list(os.scandir(target)):
        one = wanted.get(entry.name)
        if not one or looks(one) != looks(entry):
            remove(entry)
        elif not one.is_dir(follow_symlinks=False):
            del wanted[entry.name]
    for entry in wanted.values():
        place = target / entry.name
        if entry.is_dir(follow_symlinks=False):
            replace_content(Path(entry.path), place)
        else:
            shutil.copy2(entry.path, place, follow_symlinks=False)
            own(place, entry)


def looks(entry):
    was = entry.stat(follow_symlinks=False)
    if entry.is_symlink():
        return os.readlink(entry.path), was.st_uid, was.st_gid
    return was.st_mode, was.st_uid, was.st_gid, *(() if entry.is_dir() else (was.st_size, was.st_mtime_ns))


def own(place, entry):
    was = entry.stat(follow_symlinks=False)
    os.chown(place, was.st_uid, was.st_gid, follow_symlinks=False)
    if not entry.is_symlink():
        os.chmod(place, stat.S_IMODE(was.st_mode))


def remove(entry):
    if entry.is_dir(follow_symlinks=False):
        shutil.rmtree(entry.path)
    else:
        os.unlink(entry.path)


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
