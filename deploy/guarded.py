"""Run a command that must not outlive its owner: `python -m deploy.guarded OWNER_PID [--grace SECONDS] [--user NAME] COMMAND…`.

The command is stopped when this process is told to stop, or when the owner is gone, however it went; whatever processes it
leaves in its group are killed. With `--user` only the command runs as that user: this process stays as it is, for the user
need not be able to read our own interpreter.
"""

from __future__ import annotations

import argparse
import os
import pwd
import signal
import subprocess
import sys
import time
from contextlib import suppress

POLL_SECONDS = 0.1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--grace", type=float, default=20.0, help="seconds between asking the command to stop and killing it")
    parser.add_argument("--user")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    owner, options = int(sys.argv[1]), parser.parse_args(sys.argv[2:])
    user = pwd.getpwnam(options.user) if options.user else None
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # A Ctrl-C reaches the whole foreground group; the owner decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    child = subprocess.Popen(
        options.command,
        start_new_session=True,
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
    )
    try:
        while child.poll() is None and is_alive(owner):
            time.sleep(POLL_SECONDS)
        return child.returncode or 0
    finally:
        _stop(child, options.grace)


def is_alive(pid: int) -> bool:
    """Whether a process with that number exists (a finished one that its parent has not collected counts as gone)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _stop(child: subprocess.Popen[bytes], grace: float) -> None:
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            child.wait(grace)
    # The group's number stays taken while any process is in it, whether or not the command itself is.
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


if __name__ == "__main__":
    sys.exit(main())
