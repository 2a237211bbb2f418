"""Run a command that must not outlive its owner: `python -m deploy.guarded OWNER_PID [--user NAME] COMMAND…`.

The command is stopped when this process is told to stop, or when the owner is gone, however it went. With `--user` only the
command runs as that user: this process stays as it is, for the user need not be able to read our own interpreter.
"""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import sys
import time

POLL_SECONDS = 0.5
GRACE_SECONDS = 20


def main() -> int:
    owner, command = int(sys.argv[1]), sys.argv[2:]
    user = None
    if command[0] == "--user":
        user, command = pwd.getpwnam(command[1]), command[2:]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # A Ctrl-C reaches the whole foreground group; the owner decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    child = subprocess.Popen(
        command,
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
        _stop(child)


def is_alive(pid: int) -> bool:
    """Whether a process with that number exists (a finished one that its parent has not collected counts as gone)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _stop(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is not None:
        return
    os.killpg(child.pid, signal.SIGTERM)
    try:
        child.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


if __name__ == "__main__":
    sys.exit(main())
