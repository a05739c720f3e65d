"""A private network namespace, so that clients and server have the addresses of a VPC.

Nothing outside the namespace is reachable from it, or it from outside; ports cannot
collide with anything that runs on the machine.
"""

import os
import subprocess
import sys

from . import names

_INSIDE = "CULPRIT_LAB_NETWORK"


def enter():
    """Re-executes this program inside a new network namespace (needs root)."""
    if os.environ.get(_INSIDE):
        _configure()
        return
    if os.geteuid() != 0:
        sys.exit("record: needs root, for a network namespace and to run PostgreSQL as user postgres")
    os.environ[_INSIDE] = "1"
    os.execvp("unshare", ["unshare", "--net", sys.executable, *sys.argv])


def _configure():
    commands = [["ip", "link", "set", "lo", "up"]]
    hosts = [names.DB_HOST, names.BASTION] + [host for s in names.SERVICES for host in s.hosts]
    commands += [["ip", "addr", "add", f"{host}/32", "dev", "lo"] for host in hosts]
    for command in commands:
        subprocess.run(command, check=True)
