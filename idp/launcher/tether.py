"""Runs a program that ends when its parent does, however the parent ends.

Called as a script: `tether.py PARENT COMMAND...`. On Linux the kernel keeps the promise, and this
process becomes the command; elsewhere it stays and watches.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time

PR_SET_PDEATHSIG = 1


def main(parent: int, command: list[str]) -> int:
    """The exit code of `command`; does not return on Linux."""
    if sys.platform != "linux":
        return watched(parent, command)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        return 1  # It died before the kernel knew.
    os.execvp(command[0], command)  # noqa: S606 - no shell, the launcher's own command


def watched(parent: int, command: list[str]) -> int:
    """Run `command` and kill it as soon as `parent` is not ours any more."""
    child = subprocess.Popen(command)  # noqa: S603 - the launcher's own command
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda number, _: child.send_signal(number))
    while child.poll() is None:
        if os.getppid() != parent:
            child.kill()
        time.sleep(0.2)
    return child.returncode


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
