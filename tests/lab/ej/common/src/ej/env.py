"""Reads the environment as EJ does: which words are true, how lists are split, what a leading dollar means (contract section 2)."""
import os

TRUE = ("true", "on", "ok", "y", "yes", "1")


def text(name, default=""):
    value = os.environ.get(name)
    if value is not None and value.startswith("$"):
        value = os.environ.get(value[1:])
    return default if value is None else value


def boolean(name, default=False):
    value = os.environ.get(name)
    if value is None:
        return default
    try:
        return int(value) != 0
    except ValueError:
        return value.lower() in TRUE


def items(name):
    """Split on commas; empty items dropped, blanks kept."""
    return [item for item in text(name).split(",") if item]
