#!/usr/bin/env python
"""Django's command line for the stand-in; the settings module is ej.settings unless the environment says otherwise."""
import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ej.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
