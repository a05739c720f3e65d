"""The figures AWS would publish, read from /proc and PostgreSQL's own statistics.

A sample is taken every five seconds on the clock; a minute's datapoint is the mean, the
extremes and the 90th percentile of its twelve samples. Where each figure comes from is said
beside it."""

import os
import time

from . import names, server

SAMPLE_EVERY_S = 5
_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")

_DATABASE = """
SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()),
  (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND state = 'active' AND pid <> pg_backend_pid()),
  (SELECT sum(blks_read) FROM pg_stat_database), (SELECT sum(blk_read_time) FROM pg_stat_database),
  (SELECT sum(blk_write_time) FROM pg_stat_database),
  w.wal_write, w.wal_sync, w.wal_write_time, w.wal_sync_time,
  b.buffers_checkpoint + b.buffers_clean + b.buffers_backend,
  pg_database_size(current_database())
FROM pg_stat_wal w, pg_stat_bgwriter b
"""


def _stat(pid):
    with open(f"/proc/{pid}/stat") as stat:
        return stat.read().rsplit(")", 1)[1].split()


def _family(root):
    """The process and its direct children (PostgreSQL's backends are the postmaster's)."""
    pids = [root]
    try:
        with open(f"/proc/{root}/task/{root}/children") as children:
            pids += [int(p) for p in children.read().split()]
    except OSError:
        pass
    return pids


def _cpu_seconds(root):
    """User and system time of the family, those already gone included (cutime, cstime of the root)."""
    ticks = 0
    for pid in _family(root):
        try:
            fields = _stat(pid)
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
        if pid == root:
            ticks += int(fields[13]) + int(fields[14])
    return ticks / _TICK


def _proportional_bytes(root):
    total_kb = 0
    for pid in _family(root):
        try:
            with open(f"/proc/{pid}/smaps_rollup") as smaps:
                total_kb += next(int(line.split()[1]) for line in smaps if line.startswith("Pss:"))
        except (OSError, StopIteration):
            continue
    return total_kb * 1024


def _resident_bytes(pid):
    with open(f"/proc/{pid}/statm") as statm:
        return int(statm.read().split()[1]) * _PAGE


class Series:
    """The samples of one metric: {minute: [values]}."""

    def __init__(self, namespace, metric, dimensions, unit):
        self.namespace, self.metric, self.dimensions, self.unit = namespace, metric, dimensions, unit
        self.minutes = {}

    def add(self, moment, value):
        # A sample covers the five seconds before it, so one taken on the minute ends the minute before.
        minute = int(moment - 1) // 60 * 60
        self.minutes.setdefault(minute, []).append(value)


class Sampler:
    def __init__(self, postgres, tasks):
        """`tasks` is [(service, pid)]."""
        self.root = postgres.process.pid
        self.connection = postgres.admin()
        self.tasks = tasks
        self.series = {}
        self.previous = None

    def _series(self, namespace, metric, dimensions, unit):
        key = (namespace, metric, dimensions)
        if key not in self.series:
            self.series[key] = Series(namespace, metric, dimensions, unit)
        return self.series[key]

    def sample(self, moment):
        now = time.monotonic()
        reading = {"at": now, "db_cpu": _cpu_seconds(self.root),
                   "db": [float(v) for v in self.connection.run(_DATABASE).row(0)],
                   "cpu": [_cpu_seconds(pid) for _, pid in self.tasks]}
        previous, self.previous = self.previous, reading
        if previous is None:
            return
        self._database(moment, previous, reading)
        self._tasks(moment, previous, reading)

    def _database(self, moment, before, after):
        def add(metric, unit, value):
            self._series("AWS/RDS", metric, f"DBInstanceIdentifier={names.DB_INSTANCE}", unit).add(moment, value)

        elapsed_s = after["at"] - before["at"]
        old, new = before["db"], after["db"]
        delta = [n - o for n, o in zip(new, old)]
        reads, read_ms = delta[2], delta[3]
        syncs_and_writes = delta[5] + delta[6]
        write_ms = delta[4] + delta[7] + delta[8]
        add("CPUUtilization", "Percent",
            min(100.0, 100 * (after["db_cpu"] - before["db_cpu"]) / elapsed_s / server.VCPUS))
        add("DatabaseConnections", "Count", new[0])
        add("DBLoad", "None", new[1])
        # Block reads as PostgreSQL asks the kernel for them, and the time they took.
        add("ReadIOPS", "Count/Second", reads / elapsed_s)
        add("ReadLatency", "Seconds", read_ms / reads / 1000 if reads else 0.0)
        # Writes and flushes of the write-ahead log, timed, and blocks written.
        add("WriteIOPS", "Count/Second", (syncs_and_writes + delta[9]) / elapsed_s)
        add("WriteLatency", "Seconds", write_ms / syncs_and_writes / 1000 if syncs_and_writes else 0.0)
        add("FreeStorageSpace", "Bytes", server.STORAGE_BYTES - new[10])
        if int(moment) % 15 == 0:
            add("FreeableMemory", "Bytes", server.MEMORY_BYTES - _proportional_bytes(self.root))

    def _tasks(self, moment, before, after):
        elapsed_s = after["at"] - before["at"]
        for i, (service, pid) in enumerate(self.tasks):
            dimensions = f"ClusterName={names.CLUSTER};ServiceName={service.service}"
            cores = service.cpu_units / 1024
            self._series("AWS/ECS", "CPUUtilization", dimensions, "Percent").add(
                moment, 100 * (after["cpu"][i] - before["cpu"][i]) / elapsed_s / cores)
            self._series("AWS/ECS", "MemoryUtilization", dimensions, "Percent").add(
                moment, 100 * _resident_bytes(pid) / (service.memory_mib << 20))

    def run(self, until):
        """Samples on the clock until the moment `until` (epoch seconds) or for ever."""
        while time.time() < until():
            due = (int(time.time()) // SAMPLE_EVERY_S + 1) * SAMPLE_EVERY_S
            time.sleep(max(0.0, due - time.time()))
            self.sample(due)

    def as_json(self):
        return [{"namespace": s.namespace, "metric": s.metric, "dimensions": s.dimensions, "unit": s.unit,
                 "minutes": s.minutes} for s in self.series.values()]
