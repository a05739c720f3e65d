"""The Sidekiq task: ten threads, a few jobs a second, retries with Sidekiq's back-off, and a
log in Sidekiq's JSON format. Job logging is on: one line when a job is done or has failed."""

import heapq
import json
import os
import queue
import random
import secrets
import threading
import time
import uuid

from . import cpu_share, names, people, pool, requests, schema, statements, wire

MAX_RETRIES = 3


class Job:
    """A job class: its queue and the statements of one run."""

    name = ""
    queue = "default"
    backtrace = []

    def __init__(self):
        self.jid = secrets.token_hex(12)
        self.attempt = 0
        self.conversation = 1 + int(random.random() ** 1.3 * schema.CONVERSATIONS)
        self.account = people.account_of(self.conversation)

    def perform(self, run):
        raise NotImplementedError


class ActionCableBroadcast(Job):
    name, queue = "ActionCableBroadcastJob", "critical"

    def perform(self, run):
        run(statements.CONVERSATION, (self.account, self.conversation, 1))
        run(statements.USER, ("nobody@example.com", "email", 1))


class EventDispatcher(Job):
    """Looks whether the conversation had a first reply: needs the index on conversation_id."""

    name, queue = "EventDispatcherJob", "critical"
    backtrace = ["app/listeners/reporting_event_listener.rb:44:in `first_reply_created'",
                 "app/dispatchers/async_dispatcher.rb:3:in `dispatch'", "app/jobs/event_dispatcher_job.rb:5:in `perform'"]

    def perform(self, run):
        run(statements.CONVERSATION, (self.account, self.conversation, 1))
        run(statements.FIRST_REPLY, (self.conversation, 1, "User", 1))
        now = requests.timestamp()
        run(statements.EVENT_INSERT, ("reply_time", round(random.expovariate(1 / 600), 1), self.account,
                                      1 + self.conversation % schema.INBOXES, 1, self.conversation, now, now))


class SendReply(Job):
    name, queue = "SendReplyJob", "high"
    backtrace = ["app/services/base/send_on_channel_service.rb:9:in `perform'", "app/jobs/send_reply_job.rb:23:in `perform'"]

    def perform(self, run):
        run(statements.CONVERSATION, (self.account, self.conversation, 1))
        run(statements.MESSAGES, (self.conversation, self.account, 1))
        time.sleep(random.uniform(0.05, 0.3))       # the channel's own API


class Webhook(Job):
    name, queue = "WebhookJob", "medium"

    def perform(self, run):
        run(statements.ACCOUNT, (self.account, 1))
        time.sleep(random.uniform(0.03, 0.4))       # the customer's endpoint


class ContactInboxBuilder(Job):
    """A channel's event announces a customer; now and then two announce the same one."""

    name, queue = "Webhooks::WhatsappEventsJob", "low"
    backtrace = ["app/builders/contact_inbox_builder.rb:71:in `create_contact_inbox'",
                 "app/builders/contact_inbox_builder.rb:12:in `perform'",
                 "app/jobs/webhooks/whatsapp_events_job.rb:15:in `perform'"]

    def perform(self, run):
        contact = 1 + self.conversation % schema.CONTACTS
        inbox = 1 + contact % schema.INBOXES
        known = run(statements.CONTACT_INBOX, (inbox, f"{people.phone()}", 1)).count
        if not known and random.random() < 0.012:
            existing = run('SELECT source_id FROM "contact_inboxes" WHERE "contact_inboxes"."inbox_id" = $1 LIMIT $2', (inbox, 1)).first
            now = requests.timestamp()
            run(statements.CONTACT_INBOX_INSERT, (contact, inbox, existing[0], now, now))


class Mail(Job):
    name, queue = "ActionMailer::MailDeliveryJob", "mailers"

    def perform(self, run):
        run(statements.CONVERSATION, (self.account, self.conversation, 1))
        run(statements.MESSAGES, (self.conversation, self.account, 10))
        time.sleep(random.uniform(0.1, 0.5))        # SMTP


MIX = [(ActionCableBroadcast, 30), (EventDispatcher, 28), (SendReply, 14), (Webhook, 14), (ContactInboxBuilder, 8), (Mail, 6)]


class SidekiqLog:
    def __init__(self, path):
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    def write(self, level, tid, message, context):
        now = time.time()
        line = {"ts": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now % 1 * 1000):03d}Z",
                "pid": 1, "tid": tid, "lvl": level, "msg": message}
        if context:
            line["ctx"] = context
        os.write(self._fd, (json.dumps(line, separators=(",", ":")) + "\n").encode())


class WorkerTask:
    def __init__(self, host, log_path, jobs_per_s, control):
        self.jobs_per_s = jobs_per_s
        self.control = control
        self.log = SidekiqLog(log_path)
        self.pool = pool.Pool(host)
        self.ready = queue.Queue()
        self.retries = []
        self.lock = threading.Lock()

    def run(self):
        for _ in range(names.WORKER_THREADS):
            threading.Thread(target=self._work, daemon=True).start()
        classes, weights = zip(*MIX)
        due = time.monotonic()
        reaped = due
        while not self.control.stop.is_set():
            now = time.monotonic()
            while due <= now:
                self.ready.put(random.choices(classes, weights)[0]())
                due += random.expovariate(self.jobs_per_s)
            with self.lock:
                while self.retries and self.retries[0][0] <= now:
                    self.ready.put(heapq.heappop(self.retries)[2])
            if now - reaped > 30:
                self.pool.reap()
                reaped = now
            time.sleep(0.02)

    def _work(self):
        tid = "".join(random.choices("0123456789abcdefghijklmnopqrstuvwxyz", k=3))
        while True:
            self._perform(tid, self.ready.get())

    def _perform(self, tid, job):
        context = {"class": job.name, "jid": job.jid, "queue": job.queue}
        started = time.monotonic()
        connection = self.pool.take()
        try:
            job.perform(connection.run)
        except wire.StatementFailed as error:
            self._failed(tid, job, context, time.monotonic() - started, error)
        else:
            self.log.write("INFO", tid, "done", {**context, "elapsed": round(time.monotonic() - started, 3)})
        finally:
            self.pool.give_back(connection)

    def _failed(self, tid, job, context, elapsed_s, error):
        kind = {wire.QUERY_CANCELED: ("ActiveRecord::QueryCanceled", "PG::QueryCanceled"),
                wire.UNIQUE_VIOLATION: ("ActiveRecord::RecordNotUnique", "PG::UniqueViolation"),
                }.get(error.sqlstate, ("ActiveRecord::StatementInvalid", "PG::Error"))
        self.log.write("INFO", tid, "fail", {**context, "elapsed": round(elapsed_s, 3)})
        described = {"context": "Job raised exception",
                     "job": {"class": "ActiveJob::QueueAdapters::SidekiqAdapter::JobWrapper", "wrapped": job.name,
                             "queue": job.queue, "jid": job.jid, "retry": MAX_RETRIES, "retry_count": job.attempt,
                             "args": [{"job_class": job.name, "job_id": str(uuid.uuid4()),
                                       "arguments": [{"_aj_globalid": f"gid://chatwoot/Conversation/{job.conversation}"}]}]}}
        self.log.write("WARN", tid, json.dumps(described, separators=(",", ":")), context)
        self.log.write("WARN", tid, f"{kind[0]}: {kind[1]}: {error.message}\n", context)
        self.log.write("WARN", tid, "\n".join(f"/app/{line}" for line in job.backtrace), context)
        if job.attempt < MAX_RETRIES:
            delay = job.attempt ** 4 + 15 + random.randrange(10) * (job.attempt + 1)
            job.attempt += 1
            with self.lock:
                heapq.heappush(self.retries, (time.monotonic() + delay, random.random(), job))


def main(host, log_path, jobs_per_s, control, seed, group):
    cpu_share.place(group, 4096)
    random.seed(seed)
    WorkerTask(host, log_path, jobs_per_s, control).run()
