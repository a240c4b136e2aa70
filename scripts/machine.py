"""The settings of this machine: kept in instance/settings.env, made by the first run.

An environment variable of the same name wins over the file. Run as a program it passes its arguments to
Flask's command line with these settings: `scripts/machine.py schools import schools.csv`.
"""

import os
import secrets
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
SETTINGS_FILE = PROJECT / "instance" / "settings.env"
FLASK = [sys.executable, "-m", "flask", "--app", "app"]
FIRST_SETTINGS = """\
# The settings of this machine. Made by the first `make run`; git ignores it. Keep it to yourself.
SECRET_KEY={secret}
WEALD_MODE=demonstration
"""


def settings() -> dict[str, str]:
    """The environment that Weald's programs run in here; makes the settings file when it is needed."""
    if not SETTINGS_FILE.exists() and "SECRET_KEY" in os.environ:
        return dict(os.environ)
    if not SETTINGS_FILE.exists():
        SETTINGS_FILE.parent.mkdir(exist_ok=True)
        SETTINGS_FILE.touch(mode=0o600)
        SETTINGS_FILE.write_text(FIRST_SETTINGS.format(secret=secrets.token_urlsafe(48)), "utf-8")
    lines = [line.strip() for line in SETTINGS_FILE.read_text("utf-8").splitlines()]
    kept = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    return {**kept, **os.environ}


if __name__ == "__main__":
    os.chdir(PROJECT)
    command = [*FLASK, *sys.argv[1:]]
    os.execve(command[0], command, settings())  # noqa: S606  # replaces this process, no shell
