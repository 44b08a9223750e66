#!/usr/bin/env python
"""Matchframe's command line: one command per feature word, `--json` for programs."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "presets_app.config.settings")
    try:
        from django.core.management import execute_from_command_line  # noqa: PLC0415 - a clear sentence if it is missing
    except ImportError:
        sys.exit("Django is not installed here. Run `make install`, then use .venv/bin/python manage.py ...")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
