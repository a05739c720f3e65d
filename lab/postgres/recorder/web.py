"""One web task: Puma's threads, Rack::Timeout's deadline, the connection pool and Rails' log.

Agents are a closed loop: each sends its next request some time after the last was answered,
so a slow service sees fewer requests, as a real one does."""

import heapq
import queue
import random
import threading
import time
import uuid

from . import cpu_share, names, pool, rails_log, requests, wire

RACK_TIMEOUT_S = 15.0
HEALTH_CHECK_EVERY_S = 15.0

STATUS = {200: "200 OK", 401: "401 Unauthorized", 404: "404 Not Found", 422: "422 Unprocessable Entity",
          500: "500 Internal Server Error"}


class WebTask:
    def __init__(self, host, log_path, agents, think_s, control):
        self.host = host
        self.agents = agents
        self.think_s = think_s
        self.control = control
        self.log = rails_log.RailsLog(log_path)
        self.pool = pool.Pool(host)
        self.waiting = queue.Queue()
        self.schedule = []          # (due, tiebreak, agent or None for the load balancer)
        self.lock = threading.Lock()

    def run(self):
        now = time.monotonic()
        for agent in self.agents:
            self._plan(now + random.uniform(0, self.think_s), agent)
        self._plan(now + random.uniform(0, HEALTH_CHECK_EVERY_S), None)
        for _ in range(names.WEB_THREADS):
            threading.Thread(target=self._serve, daemon=True).start()
        reaped = now
        while not self.control.stop.is_set():
            self._dispatch()
            if time.monotonic() - reaped > 30:
                self.pool.reap()
                reaped = time.monotonic()
            time.sleep(0.01)

    def _plan(self, due, agent):
        with self.lock:
            heapq.heappush(self.schedule, (due, random.random(), agent))

    def _dispatch(self):
        now = time.monotonic()
        with self.lock:
            while self.schedule and self.schedule[0][0] <= now:
                self.waiting.put(heapq.heappop(self.schedule)[2])

    def _serve(self):
        while True:
            agent = self.waiting.get()
            if agent is None:
                self._handle(requests.Health(self.agents[0]))
                self._plan(time.monotonic() + HEALTH_CHECK_EVERY_S, None)
                continue
            request = requests.choose(agent)
            self._handle(request)
            self._plan(time.monotonic() + random.expovariate(1 / self.think_s), agent)

    def _handle(self, request):
        Handling(self, request).run()


class Handling:
    """One request on its way through the task."""

    def __init__(self, task, request):
        self.task = task
        self.log = task.log
        self.request = request
        self.id = str(uuid.uuid4())
        self.started = time.monotonic()
        self.deadline = self.started + RACK_TIMEOUT_S
        self.database_s = 0.0
        self.cells = 0
        self.connection = None

    def run(self):
        request = self.request
        address = getattr(request, "address", request.agent.address)
        self.log.info(self.id, f'Started {request.method} "{request.path}" for {address} at '
                               + time.strftime("%Y-%m-%d %H:%M:%S +0000", time.gmtime()))
        if isinstance(request, requests.NoRoute):
            self.log.fatal(self.id, [f'ActionController::RoutingError (No route matches [{request.method}] "{request.path}"):'])
            return
        if isinstance(request, requests.ConversationList):
            request.list_length = lambda: self.task.control.list_length.value
        self.log.info(self.id, f"Processing by {request.controller}#{request.action} as {request.format}")
        if request.parameters:
            self.log.info(self.id, f"  Parameters: {rails_log.ruby_hash(request.parameters)}")
        self._perform()

    def _perform(self):
        try:
            try:
                status = self.request.perform(self._query)
            finally:
                self._release()
        except wire.RequestTimeout:
            self.log.rack_timeout(self.id, self._elapsed_ms())
            self._fail("Rack::Timeout::RequestTimeoutException (Request ran for longer than 15000ms ):")
        except wire.StatementFailed as error:
            kind = {wire.QUERY_CANCELED: ("ActiveRecord::QueryCanceled", "PG::QueryCanceled"),
                    wire.UNIQUE_VIOLATION: ("ActiveRecord::RecordNotUnique", "PG::UniqueViolation"),
                    }.get(error.sqlstate, ("ActiveRecord::StatementInvalid", "PG::Error"))
            self._fail(f"{kind[0]} ({kind[1]}: {error.message}\n):")
        except ZeroDivisionError as error:
            self._fail(str(error))
        else:
            if status == 401 and self.request.action != "create":
                self.log.info(self.id, "Filter chain halted as :authenticate_user! rendered or redirected")
            self._complete(status)

    def _query(self, sql, params=()):
        if self.connection is None:
            self.connection = self.task.pool.take()
        if time.monotonic() > self.deadline:
            raise wire.RequestTimeout()
        begun = time.monotonic()
        try:
            rows = self.connection.run(sql, params, self.deadline)
            self.cells += rows.count * rows.columns
            return rows
        finally:
            self.database_s += time.monotonic() - begun

    def _release(self):
        connection, self.connection = self.connection, None
        if connection is None:
            return
        if connection.pg.transaction_status == 0:       # idle
            self.task.pool.give_back(connection)
        elif connection.pg.transaction_status == 1:     # a statement still runs: Ruby drops the socket
            connection.close()
        else:
            connection.run("ROLLBACK")
            self.task.pool.give_back(connection)

    def _elapsed_ms(self):
        return round((time.monotonic() - self.started) * 1000)

    def _allocations(self):
        return 1400 + 38 * self.cells + len(self.request.path) * 9

    def _complete(self, status):
        total_ms = self._elapsed_ms()
        database_ms = self.database_s * 1000
        views = f"Views: {max(0.1, (total_ms - database_ms) * 0.6):.1f}ms | " if status == 200 and self.request.method == "GET" else ""
        self.log.info(self.id, f"Completed {STATUS[status]} in {total_ms}ms ({views}ActiveRecord: "
                               f"{database_ms:.1f}ms | Allocations: {self._allocations()})")

    def _fail(self, exception):
        self._complete(500)
        self.log.fatal(self.id, [exception, "  ", *self.request.backtrace])


def main(host, log_path, agents, think_s, control, seed, group):
    cpu_share.place(group, 4096)
    random.seed(seed)
    WebTask(host, log_path, agents, think_s, control).run()
