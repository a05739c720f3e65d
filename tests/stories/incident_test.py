"""`culprit incident` and `culprit calendar`: from an opened incident to its last status message."""

import json
import pathlib
import tempfile
import unittest

import culprit

INCIDENT = culprit.ROOT / "examples/incidents/statement-timeouts"


class Incident(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.path = pathlib.Path(cls.folder.name)
        culprit.run("collect", "--input", INCIDENT, "-o", cls.path / "i.culprit", "-q", check=0)

    def setUp(self):
        self.book = tempfile.mkdtemp(dir=self.path)

    def incident(self, verb, *arguments, check=0, **environment):
        return culprit.run("incident", verb, "--book", self.book, *arguments, check=check, USER="tester", **environment)

    def test_from_open_to_resolved(self):
        self.incident("open", "Conversation list times out", "--severity", "P1", "--at", "2026-11-24T06:16:00Z")
        self.incident("ack", "--by", "Ana")
        self.incident("note", "index is missing")
        done = self.incident("status", "--sent")
        self.assertIn("[P1] Chatwoot production: Conversation list times out", done.out)
        self.assertIn("being worked on by Ana", done.out)
        self.assertIn("index is missing", done.out)
        self.assertIn("Next update: ", done.out)
        self.incident("resolve", "index was created again")
        done = self.incident("status", "--incident", "chatwoot")
        self.assertIn("This is the last update.", done.out)
        [one] = json.loads(self.incident("list", "--all", "--format", "json").out)["incidents"]
        self.assertEqual([e["event"] for e in one["events"]], ["opened", "acknowledged", "note", "status-sent", "resolved"])
        self.assertEqual(one["acknowledged_by"], "Ana")
        self.assertEqual(self.incident("list").out, "No incident is open.\n")

    def test_with_evidence_the_message_comes_from_the_findings(self):
        done = self.incident("open", "--capsule", self.path / "i.culprit")
        self.assertIn("opened as P1", done.out)
        self.assertIn("call On-call", done.out)
        message = self.incident("status").out
        self.assertIn("What is known\n", message)
        self.assertIn("What is not known\n", message)
        self.assertIn("What happens next\n", message)
        self.assertIn("stakeholder_contact", message)
        phone = self.incident("handover").out
        self.assertLessEqual(len(phone.splitlines()), 10)
        self.assertLessEqual(max(len(line) for line in phone.splitlines()), 40)
        self.assertIn("Cause: ", phone)

    def test_an_incident_is_not_opened_twice(self):
        self.incident("open", "one")
        done = self.incident("open", "two", check=2)
        self.assertIn("is open already", done.err)

    def test_bad_input_is_told(self):
        self.assertIn("no incident is open", self.incident("status", check=4).err)
        self.incident("open", check=2)
        self.incident("open", "x", "--severity", "P9", check=2)
        self.incident("open", "x", "--capsule", "/nowhere", check=4)
        pathlib.Path(self.book, "broken.jsonl").write_text("not json\n")
        self.assertIn("broken.jsonl:1", self.incident("list", check=8).err)


class Calendar(unittest.TestCase):
    def test_lists_what_is_due(self):
        done = culprit.run("calendar", "--from", "2026-11-24", "--days", "60", "--format", "json", check=0)
        due = json.loads(done.out)["due"]
        self.assertEqual([d["date"] for d in due if d["id"] == "monthly-capacity"], ["2026-12-01", "2027-01-05"])
        self.assertEqual(due[0]["id"], "weekly-review")

    def test_icalendar_is_the_same_for_the_same_day(self):
        first, second = (culprit.run("calendar", "--from", "2026-11-24", "--format", "ics", check=0).stdout for _ in range(2))
        self.assertEqual(first, second)
        self.assertEqual(first.count(b"BEGIN:VEVENT\r\n"), 4)
        self.assertTrue(first.endswith(b"END:VCALENDAR\r\n"))
        for line in first.split(b"\r\n"):
            self.assertLessEqual(len(line), 75)


if __name__ == "__main__":
    unittest.main()
