"""A real PostgreSQL with the settings an RDS instance of this size would have."""

import os
import shutil
import signal
import subprocess
import time

from . import cpu_share, names, wire

BIN = "/usr/lib/postgresql/15/bin"
VCPUS = 1
MEMORY_BYTES = 2 << 30
STORAGE_BYTES = 20 << 30

SETTINGS = {
    "listen_addresses": "'*'",
    "port": "5432",
    "log_line_prefix": "'%t:%r:%u@%d:[%p]:'",     # RDS's
    "log_timezone": "'UTC'",
    "timezone": "'UTC'",
    "log_destination": "'stderr'",
    "logging_collector": "off",
    "log_min_duration_statement": "1000",
    "log_lock_waits": "on",
    "log_statement": "'ddl'",
    "log_checkpoints": "on",
    "log_autovacuum_min_duration": "100",
    "log_hostname": "off",
    "max_connections": "200",
    "shared_buffers": "'128MB'",
    "effective_cache_size": "'1GB'",
    "work_mem": "'4MB'",
    "maintenance_work_mem": "'64MB'",
    "random_page_cost": "1.1",
    "max_parallel_workers_per_gather": "0",       # one vCPU
    "max_parallel_maintenance_workers": "0",
    "jit": "off",
    "max_wal_size": "'1GB'",
    "checkpoint_timeout": "'5min'",
    "track_io_timing": "on",
    "track_wal_io_timing": "on",
    "unix_socket_directories": "''",
    "autovacuum_naptime": "'60s'",
}


class Server:
    def __init__(self, directory, core):
        self.data = os.path.join(directory, "data")
        self.log = os.path.join(directory, "postgresql.log")
        self.core = core
        self.group = f"db-{os.getpid()}"
        self.process = None

    def start(self):
        os.makedirs(self.data)
        shutil.chown(self.data, "postgres", "postgres")
        os.chmod(self.data, 0o700)
        subprocess.run(["runuser", "-u", "postgres", "--", f"{BIN}/initdb", "-D", self.data,
                        "--username=rdsadmin", "--auth=trust", "--encoding=UTF8",
                        "--locale=C.UTF-8", "--no-sync"],
                       check=True, stdout=subprocess.DEVNULL, cwd="/")
        with open(f"{self.data}/postgresql.conf", "a") as conf:
            conf.writelines(f"{key} = {value}\n" for key, value in SETTINGS.items())
        with open(f"{self.data}/pg_hba.conf", "w") as hba:
            hba.write("host all all 10.0.0.0/8 trust\n")
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups",
                 f"{BIN}/postgres", "-D", self.data],
                stdout=log, stderr=log, cwd="/", start_new_session=True,
                preexec_fn=lambda: cpu_share.place(self.group, 30000, self.core))
        self._wait_until_ready()

    def _wait_until_ready(self):
        for _ in range(100):
            try:
                self.admin("postgres").close()
                return
            except wire.ConnectionFailed:
                time.sleep(0.2)
        raise RuntimeError(f"PostgreSQL did not start; see {self.log}")

    def admin(self, database=names.DATABASE):
        return wire.Connection(names.DB_HOST, "rdsadmin", database)

    def version(self):
        connection = self.admin("postgres")
        full = connection.run("SHOW server_version").first[0]       # "15.18 (Debian …)"
        connection.close()
        return full.split()[0]

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)     # fast shutdown
            self.process.wait(60)
        cpu_share.remove(self.group)
