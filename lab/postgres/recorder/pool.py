"""Rails' connection pool, in the parts that show in a log: connections open when first
needed, the last one returned is the next one taken, idle ones close after a while."""

import threading
import time

from . import names, wire

IDLE_TIMEOUT_S = 300


class Pool:
    def __init__(self, host):
        # A local connection takes the address it goes to as its source, so connecting to
        # the task's own address makes PostgreSQL see (and log) the task.
        self._host = host
        self._idle = []
        self._lock = threading.Lock()

    def take(self):
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return wire.Connection(self._host, names.ROLE, names.DATABASE)

    def give_back(self, connection):
        connection.idle_since = time.monotonic()
        with self._lock:
            self._idle.append(connection)

    def reap(self):
        oldest = time.monotonic() - IDLE_TIMEOUT_S
        with self._lock:
            old = [c for c in self._idle if c.idle_since <= oldest]
            self._idle = [c for c in self._idle if c.idle_since > oldest]
        for connection in old:
            connection.close()
