"""`culprit watch`: from the first alarm to the last message, on a drill and on a live endpoint; killed at random instants
(CULPRIT_KILLS, default 10), it opens one incident and neither loses a message nor sends one twice under another key."""

import collections
import datetime
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

import culprit
import moto_account
import receivers
import recording
import serving

INCIDENT = culprit.ROOT / "examples/incidents/statement-timeouts"
KILLS = int(os.environ.get("CULPRIT_KILLS", "10"))
KILLS_A_DRILL = 10
SEED = int(os.environ.get("CULPRIT_SEED", "0")) or random.SystemRandom().randrange(1, 10**9)

SYSTEM = """
system: shop
use: chatwoot
channels:
  - {id: chat, kind: slack, url: "env:SLACK"}
  - {id: pager, kind: pagerduty, url: "HOOKS/v2/enqueue", key: "env:PAGER_KEY"}
  - {id: hook, kind: webhook, url: "HOOKS/hook", key: "env:HOOK_KEY"}
  - {id: mail, kind: smtp, url: "SMTP", from: culprit@example.com, to: [db@example.com]}
contacts:
  - {role: On-call, reach: x, severities: [P0, P1, P2], notify: [pager, chat]}
  - {role: Database, reach: x, severities: [P0, P1, P2], notify: [mail], after: 2m}
  - {role: DevOps, reach: x, severities: [P0, P1, P2]}
stakeholders:
  - {name: Support and product, reach: x, severities: [P0, P1, P2], notify: [hook]}
"""


def kind_of(key):
    """("told", "pager") of a message's key."""
    _, _, kind, channel = key.rsplit("/", 3)
    return kind, channel


class Folder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name)

    def write_system(self, hooks, mail):
        self.system = self.path / "shop.yaml"
        self.system.write_text(SYSTEM.replace("HOOKS", hooks.url).replace("SMTP", mail.url))
        self.secrets = {"SLACK": hooks.url + "/services/T0/B0/xyz", "PAGER_KEY": "R0UTINGKEY", "HOOK_KEY": "signing"}

    def arguments(self, *more, state="state"):
        return ["watch", "--system", self.system, "--state", self.path / state, "--book", self.path / "book", *more]

    def incidents(self):
        done = culprit.run("incident", "list", "--all", "--book", self.path / "book", "--format", "json", check=0)
        return json.loads(done.out)["incidents"]


@unittest.skipUnless(receivers.python_with_aiosmtpd(), "aiosmtpd is needed (Debian: python3-aiosmtpd)")
class Drill(Folder):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.store = pathlib.Path(folder.name) / "store"
        capsule = pathlib.Path(folder.name) / "i.culprit"
        culprit.run("collect", "--input", INCIDENT, "--system", "chatwoot", "-o", capsule, "-q", check=0)
        culprit.run("unpack", capsule, "-o", cls.store, check=0)

    def start(self, speed):
        log = open(self.path / "log", "a", encoding="utf-8")
        self.addCleanup(log.close)
        command = [culprit.PROGRAM, *map(str, self.arguments("--input", self.store, "--from", "2026-11-24T06:10:00Z",
                                                             "--speed", speed, "--close-after", "2m"))]
        return subprocess.Popen(command, stdout=log, stderr=log, env=culprit.clean_environment(**self.secrets))

    def log(self):
        return (self.path / "log").read_text(encoding="utf-8")

    def wait_until_told(self, process, hooks, mail, seconds=180):
        """Until every receiver knows that it is over."""
        for _ in range(seconds * 5):
            over = collections.Counter(kind_of(h["Idempotency-Key"]) for _, h, _ in hooks.received)
            mails = [kind_of(m["X-Culprit-Key"]) for m in mail.mails()]
            if all(over[("resolved", c)] for c in ("chat", "pager", "hook")) and ("resolved", "mail") in mails:
                return
            if process.poll() is not None:
                self.fail(f"the watch ended\n{self.log()[-3000:]}")
            time.sleep(0.2)
        self.fail(f"seed {SEED}: not everybody was told\n{self.log()[-5000:]}")

    def check_receivers(self, hooks, mail):
        """Each message is there, under one key; what came twice is the same; the end comes last."""
        wanted = {(kind, c) for kind in ("told", "resolved") for c in ("chat", "pager", "hook", "mail")}
        wanted |= {("update-1", c) for c in ("chat", "pager", "hook")}
        late = {("update-1", "mail")}  # only if the mail's turn came before the evidence
        bodies = collections.defaultdict(set)
        arrived = []
        for _, headers, body in hooks.received:
            bodies[headers["Idempotency-Key"]].add(body)
            arrived.append(headers["Idempotency-Key"])
        for m in mail.mails():
            bodies[m["X-Culprit-Key"]].add(m["Message-ID"])
        kinds = collections.Counter(kind_of(key) for key in bodies)
        self.assertEqual(set(kinds) - late, wanted, f"seed {SEED}\n{self.log()[-3000:]}")
        self.assertEqual(set(kinds.values()), {1}, f"seed {SEED}: {sorted(bodies)}")
        self.assertEqual({key: n for key, n in bodies.items() if len(n) > 1}, {}, f"seed {SEED}: same key, different message")
        first_seen = list(dict.fromkeys(arrived))
        for channel in ("chat", "pager", "hook"):
            self.assertEqual(kind_of([k for k in first_seen if k.endswith("/" + channel)][-1])[0], "resolved")
        self.assertEqual(len({b["dedup_key"] for b in hooks.bodies("/v2/enqueue")}), 1)

    def check_book(self):
        [incident] = self.incidents()
        events = [e["event"] for e in incident["events"]]
        self.assertEqual((events.count("opened"), events.count("resolved")), (1, 1), f"seed {SEED}: {incident}")
        noted = [(e["event"], e["text"]) for e in incident["events"] if e["event"] != "note"]
        self.assertEqual(len(noted), len(set(noted)), f"seed {SEED}: {noted}")
        return incident

    def test_from_the_first_alarm_to_the_last_message(self):
        with receivers.Hooks() as hooks, receivers.Mail() as mail:
            self.write_system(hooks, mail)
            process = self.start(120)
            try:
                self.wait_until_told(process, hooks, mail)
            finally:
                process.send_signal(signal.SIGTERM)
                self.assertEqual(process.wait(timeout=60), 0, self.log())
            self.check_receivers(hooks, mail)
            incident = self.check_book()
            self.assertEqual(incident["severity"], "P1")
            first, *_, last = hooks.bodies("/v2/enqueue")
            self.assertEqual((first["event_action"], last["event_action"]), ("trigger", "resolve"))
            update = [b for b in hooks.bodies("/hook") if b["type"] == "incident.update"][0]["data"]
            self.assertIn("What is known", update["text"])
            self.assertTrue(any("Nobody has acknowledged" in m.get_content() for m in mail.mails()))
            for phase in ("open", "end"):
                capsule = self.path / "state/evidence" / f"{incident['id']}-{phase}.culprit"
                culprit.run("verify", capsule, check=0)
            report = culprit.run("report", capsule, "--format", "json", check=0)
            self.assertEqual(json.loads(report.out)["hypotheses"][0]["cause"], "statement-timeouts")
            self.assertNotIn("R0UTINGKEY", self.log())
            self.assertNotIn("/services/T0", self.log())
            done = culprit.run("notify", "list", "--state", self.path / "state", "--all", "--format", "json", check=0)
            self.assertEqual({m["state"] for m in json.loads(done.out)["messages"]}, {"sent"})

    def test_killed_at_random_instants_it_tells_everything_once(self):
        print(f"CULPRIT_SEED={SEED}, {KILLS} kills", flush=True)
        chance = random.Random(SEED)
        for begun in range(0, KILLS, KILLS_A_DRILL):
            with receivers.Hooks() as hooks, receivers.Mail() as mail:
                for name in ("state", "book"):
                    shutil.rmtree(self.path / name, ignore_errors=True)
                self.write_system(hooks, mail)
                process = self.start(60)
                for _ in range(min(KILLS_A_DRILL, KILLS - begun)):
                    time.sleep(chance.uniform(0.05, 3.5))
                    process.kill()
                    process.wait()
                    process = self.start(60)
                try:
                    self.wait_until_told(process, hooks, mail)
                    self.check_receivers(hooks, mail)
                    self.check_book()
                finally:
                    process.kill()
                    process.wait()


@unittest.skipUnless(receivers.python_with_aiosmtpd(), "aiosmtpd is needed (Debian: python3-aiosmtpd)")
class LiveEndpoint(Folder):
    """A `culprit serve` is the account; cron's form of the watch looks at it."""

    def once(self, serve, check=0):
        keys = {k: v.strip("'") for k, v in serve.environment.items()}
        return culprit.run(*self.arguments("--once"), check=check, **keys, **self.secrets)

    def put_lines(self, serve, count):
        logs = serve.client("logs")
        group = "/aws/rds/instance/chatscomm-db-prod/postgresql"
        for make in (lambda: logs.create_log_group(logGroupName=group),
                     lambda: logs.create_log_stream(logGroupName=group, logStreamName="s")):
            try:
                make()
            except logs.exceptions.ResourceAlreadyExistsException:
                pass
        now = datetime.datetime.now(datetime.timezone.utc)
        minute = now.replace(second=0, microsecond=0) - datetime.timedelta(minutes=1)
        stamp = minute.strftime("%Y-%m-%d %H:%M:%S")
        line = f"{stamp} UTC:10.0.1.5(43210):chatwoot@chatwoot:[77]:ERROR:  canceling statement due to statement timeout"
        start = int(minute.timestamp() * 1000)
        logs.put_log_events(logGroupName=group, logStreamName="s",
                            logEvents=[{"timestamp": start + i, "message": line} for i in range(count)])

    def test_an_alarm_on_a_live_endpoint_is_told_once(self):
        store = self.path / "live"
        with receivers.Hooks() as hooks, receivers.Mail() as mail:
            self.write_system(hooks, mail)
            with serving.Serve("--store", store) as serve:
                # The minute must not end between the lines and the look at them.
                if datetime.datetime.now().second > 40:
                    time.sleep(61 - datetime.datetime.now().second)
                self.put_lines(serve, 9)
                done = self.once(serve)
                self.assertRegex(done.out, r"opened as P2: ", done.out)
                [incident] = self.incidents()
                self.assertEqual(incident["resolved"], None)
                told = [k for k in map(kind_of, hooks.keys("/hook")) if k[0] == "told"]
                self.assertEqual(told, [("told", "hook")])
                self.once(serve)
                self.assertEqual(len(self.incidents()), 1)
                self.assertEqual(sum(b["event_action"] == "trigger" and b["payload"]["class"] == "opened"
                                     for b in hooks.bodies("/v2/enqueue")), 1)
                environment = serve.environment
            # The endpoint is gone now.
            done = culprit.run(*self.arguments("--once", state="other"), check=7, AWS_MAX_ATTEMPTS="1",
                               **{k: v.strip("'") for k, v in environment.items()}, **self.secrets)
            self.assertIn("cannot be seen", done.out)

    def test_killed_at_random_instants_on_a_live_endpoint_it_tells_everything_once(self):
        print(f"CULPRIT_SEED={SEED}, {2 * KILLS} kills of the watch on an endpoint", flush=True)
        chance = random.Random(SEED)
        with receivers.Hooks() as hooks, receivers.Mail() as mail:
            self.write_system(hooks, mail)
            with serving.Serve("--store", self.path / "live") as serve:
                if datetime.datetime.now().second > 40:
                    time.sleep(61 - datetime.datetime.now().second)
                self.put_lines(serve, 9)
                keys = {k: v.strip("'") for k, v in serve.environment.items()}

                def killed_and_then_left_alone():
                    for _ in range(KILLS):
                        process = subprocess.Popen([culprit.PROGRAM, *map(str, self.arguments("--once"))],
                                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                                   env=culprit.clean_environment(**keys, **self.secrets))
                        time.sleep(chance.uniform(0.01, 0.6))
                        process.kill()
                        process.wait()
                    self.once(serve)

                killed_and_then_left_alone()
                [incident] = self.incidents()
                culprit.run("incident", "ack", "--book", self.path / "book", "--by", "Ana", check=0)
                killed_and_then_left_alone()
                bodies = collections.defaultdict(set)
                for _, headers, body in hooks.received:
                    bodies[headers["Idempotency-Key"]].add(body)
                kinds = collections.Counter(kind_of(key) for key in bodies)
                for channel in ("pager", "chat", "hook"):
                    self.assertEqual(kinds[("told", channel)], 1, f"seed {SEED}: {sorted(bodies)}")
                    self.assertEqual(kinds[("acknowledged", channel)], 1, f"seed {SEED}: {sorted(bodies)}")
                self.assertEqual({k: len(b) for k, b in bodies.items() if len(b) > 1}, {},
                                 f"seed {SEED}: one key, one message")
                [again] = self.incidents()
                self.assertEqual(again["id"], incident["id"])
                self.assertEqual([e["event"] for e in again["events"]].count("opened"), 1)

    def test_two_watches_do_not_share_a_folder(self):
        with receivers.Hooks() as hooks, receivers.Mail() as mail:
            self.write_system(hooks, mail)
            with serving.Serve("--store", self.path / "live") as serve:
                keys = {k: v.strip("'") for k, v in serve.environment.items()}
                first = subprocess.Popen([culprit.PROGRAM, *map(str, self.arguments())], stdout=subprocess.PIPE, text=True,
                                         env=culprit.clean_environment(**keys, **self.secrets))
                try:
                    self.assertIn("watches", first.stdout.readline())
                    done = self.once(serve, check=2)
                    self.assertIn("another process watches with this folder", done.err)
                finally:
                    first.terminate()
                    first.communicate()
                self.assertEqual(first.returncode, 0)

    def test_wrong_options_are_told(self):
        with receivers.Hooks() as hooks, receivers.Mail() as mail:
            self.write_system(hooks, mail)
            culprit.run(*self.arguments("--interval", "0s"), check=2)
            culprit.run(*self.arguments("--speed", "60"), check=2)
            culprit.run(*self.arguments("--input", "/nowhere"), check=4)
            (self.path / "state").mkdir()
            (self.path / "state/state.json").write_text("{}")
            self.assertIn("state.json", culprit.run(*self.arguments("--once"), check=8).err)


@unittest.skipIf(moto_account.missing(), moto_account.missing() or "")
class Moto(unittest.TestCase):
    """An account that nobody here wrote. It fails on a metric (p99) that no alarm needs, which must hold nothing up."""

    def test_an_incident_on_moto_is_opened_and_explained(self):
        start = recording.parse_utc("2026-11-24T06:21:00Z")
        with tempfile.TemporaryDirectory() as folder, moto_account.Moto() as moto:
            now = datetime.datetime.now(datetime.timezone.utc).replace(second=0, microsecond=0)
            moto_account.load(moto, INCIDENT, now - start)
            command = ["watch", "--once", "--no-notify", "--state", folder + "/s", "--book", folder + "/b", "--endpoint-url",
                       moto.url, "--region", moto_account.REGION]
            keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y", "AWS_MAX_ATTEMPTS": "2"}
            done = culprit.run(*command, check=0, **keys)
            self.assertRegex(done.out, r"evidence in \S+: Slow statements run into the 14 s statement time-out")
            culprit.run(*command, check=0, **keys)
            done = culprit.run("incident", "list", "--book", folder + "/b", "--format", "json", check=0)
            [incident] = json.loads(done.out)["incidents"]
            self.assertEqual(incident["severity"], "P1")


class Unit(unittest.TestCase):
    def test_systemd_takes_the_unit(self):
        if shutil.which("systemd-analyze") is None:
            self.skipTest("systemd-analyze is not here")
        with tempfile.TemporaryDirectory() as folder:
            text = (culprit.ROOT / "packaging/culprit-watch@.service").read_text()
            unit = pathlib.Path(folder) / "culprit-watch@.service"
            unit.write_text(text.replace("/usr/bin/culprit", culprit.PROGRAM))
            done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            options = set(re.findall(r"(--[a-z-]+)", text))
            self.assertLessEqual(options, set(re.findall(r"(--[a-z-]+)", culprit.run("watch", "--help").out)))


if __name__ == "__main__":
    unittest.main()
