"""Keeps the recorded processes on their core and ahead of whatever else the machine does.

A cgroup weight is used where cgroup v1's cpu controller is mounted, because the kernel's
autogroups make `nice` meaningless between sessions; `nice` is the fallback.
"""

import os

_ROOT = "/sys/fs/cgroup/cpu"


def place(name, weight, core=None):
    """Moves the calling process (and so its future children) to `core` with `weight`."""
    if core is not None:
        os.sched_setaffinity(0, {core})
    try:
        group = f"{_ROOT}/culprit-lab-{name}"
        os.makedirs(group, exist_ok=True)
        with open(f"{group}/cpu.shares", "w") as shares:
            shares.write(str(weight))
        with open(f"{group}/cgroup.procs", "w") as procs:
            procs.write(str(os.getpid()))
    except OSError:
        os.nice(-10)


def remove(name):
    try:
        os.rmdir(f"{_ROOT}/culprit-lab-{name}")
    except OSError:
        pass
