"""What comes after an incident (H7): follow-ups with owner and day, recurrence, and what the system file learns."""

import gzip
import json
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import culprit
import recording

# The system as it was before anybody knew of time-outs: no known issue for them, no alarm.
BEFORE = """\
system: chatwoot
title: Chatwoot, before anybody knew
zone: America/Costa_Rica
components:
  - {id: web, title: Web, kind: ecs-service, cluster: chatscomm-ecs-cluster-prod, name: chatscomm-chatwoot-prod-web-service,
     log_group: /aws/ecs/chatscomm-chatwoot-prod-web, depends_on: [db], critical: true}
  - {id: db, title: Database, kind: rds-instance, name: chatscomm-db-prod,
     log_group: /aws/rds/instance/chatscomm-db-prod/postgresql, log_format: postgres, critical: true}
metrics:
  - {id: db.cpu, title: RDS CPU, metric: CPUUtilization, unit: percent, high: {above: 70}}
  - {id: db.connections, title: RDS connections, metric: DatabaseConnections, unit: count}
severity:
  - level: P1
    says: more than 5 % of the requests fail
    all:
      - {signal: web.error_rate, aggregate: p95, above: 5}
contacts:
  - {role: Database, name: Ana, reach: "#db", severities: [P0, P1]}
known_issues:
  # The only one so far.
  - id: disk-full
    family: storage
    title: The disk is full
    component: db
    summary: The disk is full.
    symptoms:
      - when: {signal: db.cpu, aggregate: max, above: 101}
        says: it never holds
        weight: 2
        required: true
    refute: {text: Look at the disk.}
"""


def a_week_later(source, folder):
    """The same recording with every date moved from 24 November to 1 December."""
    shutil.copytree(source, folder)
    for path in folder.rglob("*"):
        if path.is_dir():
            continue
        packed = path.suffix == ".gz"
        data = gzip.decompress(path.read_bytes()) if packed else path.read_bytes()
        moved = data.replace(b"2026-11-24", b"2026-12-01")
        path.write_bytes(gzip.compress(moved, 1) if packed else moved)


class After(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.path = pathlib.Path(folder.name)
        a_week_later(recording.INCIDENT, cls.path / "later")
        for name, source in (("first", recording.INCIDENT), ("later", cls.path / "later"), ("quiet", recording.QUIET)):
            culprit.run("collect", "--input", source, "-o", cls.path / f"{name}.culprit", "-q", check=0)

    def setUp(self):
        self.book = tempfile.mkdtemp(dir=self.path)
        self.incident("open", "--capsule", self.path / "first.culprit", "--at", "2026-11-24T06:15:00Z")
        self.incident("resolve", "index was created again", "--at", "2026-11-24T06:30:00Z")

    def incident(self, verb, *arguments, check=0, cwd=None):
        return culprit.run("incident", verb, "--book", self.book, *arguments, check=check, cwd=cwd, USER="tester", TZ="UTC")

    def follow_ups(self, *arguments):
        return json.loads(self.incident("followups", "--format", "json", *arguments).out)["follow_ups"]

    # --- follow-ups ---

    def test_the_report_becomes_a_list_with_owners_and_days(self):
        proposed = self.follow_ups("--propose")
        self.assertGreater(len(proposed), 5)
        self.assertEqual(self.follow_ups(), [], "a proposal is no promise")
        for one in proposed:
            self.assertTrue(one["owner"])
            self.assertRegex(one["due"], r"^2026-1[12]-\d\d$")
        index = next(f for f in proposed if "CREATE INDEX CONCURRENTLY" in f["text"])
        self.assertEqual((index["owner"], index["due"]), ("Database", "2026-11-25"))
        self.assertTrue(any(f["due"] == "2026-12-01" for f in proposed), "within a week")
        self.assertTrue(any((f["owner"], f["due"]) == ("Infrastructure", "2026-12-24") for f in proposed))

    def test_kept_done_overdue(self):
        proposed = self.follow_ups("--propose")
        self.incident("followups", "--keep", "--at", "2026-11-24T07:00:00Z")
        self.assertEqual([f["text"] for f in self.follow_ups()], [f["text"] for f in proposed])
        self.assertEqual(self.follow_ups("--keep"), [], "what is noted already is not noted twice")
        self.incident("followup", "tell the other team", "--owner", "Ana", "--due", "7d", "--at", "2026-11-24T07:00:00Z")
        own = next(f for f in self.follow_ups() if f["owner"] == "Ana")
        self.assertEqual((own["number"], own["due"]), (len(proposed) + 1, "2026-12-01"))
        self.incident("done", own["number"], "--by", "Ana", "--at", "2026-11-25T07:00:00Z")
        self.assertNotIn("Ana", [f["owner"] for f in self.follow_ups()])
        done = next(f for f in self.follow_ups("--all") if f["owner"] == "Ana")
        self.assertEqual((done["done"], done["done_by"]), ("2026-11-25T07:00:00Z", "Ana"))
        self.incident("followups", "--check", "--at", "2026-11-24T08:00:00Z", check=0)
        late = self.incident("followups", "--check", "--at", "2026-11-26T08:00:00Z", check=1)
        self.assertIn("overdue", late.out)
        [one] = json.loads(self.incident("list", "--all", "--format", "json").out)["incidents"]
        self.assertEqual([e["event"] for e in one["events"]].count("follow-up"), len(proposed) + 1)

    def test_bad_input_about_follow_ups_is_told(self):
        self.assertIn("no follow-up 7", self.incident("done", "7", check=4).err)
        self.assertIn("is no day", self.incident("followup", "x", "--due", "soon", check=2).err)
        self.incident("followup", check=2)
        empty = culprit.run("incident", "followup", "x", "--book", self.path / "nobook", check=4)
        self.assertIn("there is no incident", empty.err)
        plain = tempfile.mkdtemp(dir=self.path)
        culprit.run("incident", "open", "by hand", "--book", plain, check=0)
        done = culprit.run("incident", "followups", "--propose", "--book", plain, check=2)
        self.assertIn("opened without evidence", done.err)

    # --- the same cause again? ---

    def test_not_again_is_an_answer(self):
        self.incident("open", "another", "--capsule", self.path / "quiet.culprit", "--at", "2026-12-02T00:00:00Z")
        found = json.loads(self.incident("recurrence", "--incident", "2026-11-24", "--format", "json", "--check").out)
        self.assertEqual(found["cause"], "statement-timeouts")
        self.assertEqual(found["again"], [])

    def test_the_same_cause_a_week_later_is_found(self):
        self.incident("open", "--capsule", self.path / "later.culprit", "--at", "2026-12-01T06:16:00Z")
        done = self.incident("recurrence", "--incident", "2026-11-24", "--check", check=1)
        self.assertIn("1 of 1 later incident", done.out)
        [again] = json.loads(self.incident("recurrence", "--incident", "2026-11-24", "--format", "json").out)["again"]
        self.assertEqual(again["id"], "2026-12-01T0616Z-chatwoot")
        self.assertTrue(again["same_cause"] and again["same_shape"])
        self.assertGreater(again["likeness"], 0.99)

    def test_a_remembered_case_counts_as_well(self):
        memory = pathlib.Path(tempfile.mkdtemp(dir=self.path)) / "cases"
        culprit.run("remember", self.path / "later.culprit", "--cause", "an index was dropped again", "--memory", memory,
                    check=0)
        [again] = json.loads(self.incident("recurrence", "--memory", memory, "--format", "json").out)["again"]
        self.assertTrue(again["remembered"])
        self.assertEqual(again["confirmed"], "an index was dropped again")

    def test_an_incident_without_evidence_is_said_to_be_unseen(self):
        self.incident("open", "by hand", "--at", "2026-12-02T00:00:00Z")
        found = json.loads(self.incident("recurrence", "--incident", "2026-11-24", "--format", "json").out)
        self.assertEqual(found["looked_at"], 0)
        self.assertIn("opened without evidence", found["not_seen"][0])

    # --- what the system file learns ---

    def test_what_was_known_and_seen_in_time_needs_no_lesson(self):
        found = json.loads(self.incident("learn", "--format", "json").out)
        self.assertEqual((found["known_issue"], found["alarm"], found["diff"]), (None, None, ""))
        self.assertIn("statement-timeouts", found["why_no_known_issue"])
        self.assertIn("saw it", found["why_no_alarm"])

    def test_an_unknown_cause_becomes_a_known_issue_and_an_alarm_that_work(self):
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.path))
        (folder / "shop.yaml").write_text(BEFORE, encoding="utf-8")
        told = self.incident("learn", "--system", "shop.yaml", "--cause", 'An index was "dropped" {by hand}', cwd=folder)
        self.assertIn("primary cause", told.out)
        self.assertIn("no false alarm", told.out)
        found = json.loads(self.incident("learn", "--system", "shop.yaml", "--cause", 'An index was "dropped" {by hand}',
                                         "--format", "json", "-o", "lesson.diff", cwd=folder).out)
        self.assertGreater(found["confidence"], 0.9)
        self.assertTrue(found["primary"])
        self.assertLessEqual(found["alarm_after_s"], 180)
        self.assertEqual(found["false_alarms"], 0)
        self.assertEqual((folder / "shop.yaml").read_text(encoding="utf-8"), BEFORE, "nothing is changed")
        self.assertEqual((folder / "lesson.diff").read_text(encoding="utf-8"), found["diff"])
        subprocess.run(["patch", "-s", "-p0", "-i", "lesson.diff"], cwd=folder, check=True)
        self.assertIn("  # The only one so far.", (folder / "shop.yaml").read_text(encoding="utf-8"))
        culprit.run("system", "check", folder / "shop.yaml", check=0)
        # The next one like it is named, a quiet hour is not, and the alarm is there.
        culprit.run("investigate", "--input", self.path / "later.culprit", "--system", folder / "shop.yaml", "--expect",
                    f"cause={found['known_issue']['id']}", "--out", folder / "out", check=0)
        quiet = recording.truth(recording.QUIET)["window"]
        culprit.run("investigate", "--input", recording.QUIET, "--from", quiet["start"], "--to", quiet["end"], "--system",
                    folder / "shop.yaml", "--expect", "verdict=no-incident", "--out", folder / "quiet", check=0)
        alarms = json.loads(culprit.run("alarms", "backtest", self.path / "later", recording.QUIET, "--system",
                                        folder / "shop.yaml", "--format", "json", check=0).out)["recordings"]
        self.assertLessEqual(alarms[0]["alarms"][0]["after_onset_s"], 180)
        self.assertEqual(alarms[1]["alarms"][0]["false_alarms"], [])

    def test_of_a_built_in_system_a_file_on_top_of_it_is_proposed(self):
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.path))
        done = self.incident("learn", "--cause", "somebody dropped an index", "-o", "l.diff", cwd=folder)
        self.assertIn("patch -p0 < l.diff", done.out)
        self.assertIn("--- /dev/null", (folder / "l.diff").read_text())
        subprocess.run(["patch", "-s", "-p0", "-i", "l.diff"], cwd=folder, check=True)
        culprit.run("system", "check", folder / "chatwoot.yaml", check=0)

    def test_a_quiet_hour_teaches_nothing(self):
        book = tempfile.mkdtemp(dir=self.path)
        culprit.run("incident", "open", "nothing", "--book", book, "--capsule", self.path / "quiet.culprit", check=0)
        found = json.loads(culprit.run("incident", "learn", "--book", book, "--format", "json", check=0).out)
        self.assertEqual((found["known_issue"], found["alarm"]), (None, None))

    def test_bad_input_about_lessons_is_told(self):
        self.incident("learn", "--within", "soon", check=2)
        self.incident("learn", "--system", "/nowhere.yaml", check=4)
        broken = self.path / "broken.yaml"
        broken.write_text("system: x\nnonsense\n")
        self.incident("learn", "--system", broken, check=3)


if __name__ == "__main__":
    unittest.main()
