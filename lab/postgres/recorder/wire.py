"""One PostgreSQL connection that speaks the extended protocol, as Rails' pg gem does,
and that a deadline can interrupt in the middle of a statement, as Rack::Timeout does."""

import select
import time

from psycopg import pq


class ConnectionFailed(Exception):
    pass


class RequestTimeout(Exception):
    """The deadline passed while a statement ran; the connection is no longer usable."""


class StatementFailed(Exception):
    def __init__(self, sqlstate, message):
        super().__init__(message)
        self.sqlstate = sqlstate
        self.message = message


QUERY_CANCELED = "57014"
UNIQUE_VIOLATION = "23505"


class Rows:
    """A result in text form; `first` holds the first column."""

    def __init__(self, result):
        self.count = result.ntuples
        self.columns = result.nfields
        self.first = [(result.get_value(i, 0) or b"").decode() for i in range(self.count)]
        self._result = result

    def row(self, index):
        return [(self._result.get_value(index, c) or b"").decode() for c in range(self.columns)]


class Connection:
    def __init__(self, host, user, database):
        conninfo = (f"host={host} port=5432 user={user} dbname={database} "
                    "application_name=rails sslmode=disable connect_timeout=10 gssencmode=disable")
        self.pg = pq.PGconn.connect(conninfo.encode())
        if self.pg.status != pq.ConnStatus.OK:
            raise ConnectionFailed(self.pg.error_message.decode(errors="replace"))
        self.idle_since = time.monotonic()

    def run(self, sql, params=(), deadline=None):
        values = [None if p is None else str(p).encode() for p in params]
        self.pg.send_query_params(sql.encode(), values)
        last = None
        while True:
            while self.pg.is_busy():
                left = None if deadline is None else max(0.0, deadline - time.monotonic())
                readable, _, _ = select.select([self.pg.socket], [], [], left)
                if not readable:
                    raise RequestTimeout()
                self.pg.consume_input()
            result = self.pg.get_result()
            if result is None:
                break
            last = result
        if last.status == pq.ExecStatus.FATAL_ERROR:
            state = (last.error_field(pq.DiagnosticField.SQLSTATE) or b"").decode()
            raise StatementFailed(state, last.error_message.decode(errors="replace").rstrip("\n"))
        return Rows(last)

    def script(self, sql):
        """Runs a script by the simple protocol."""
        result = self.pg.exec_(sql.encode())
        if result.status == pq.ExecStatus.FATAL_ERROR:
            raise StatementFailed("", result.error_message.decode(errors="replace"))

    def close(self):
        self.pg.finish()
