"""A confirmed cause is remembered, and the next incident like it is recognised."""

import datetime
import json
import pathlib
import shutil
import tempfile
import unittest

import jsonschema

import culprit
import recording

CAUSE = "a migration dropped the index on messages"


def schema(name):
    return jsonschema.Draft202012Validator(json.loads((culprit.ROOT / "schemas" / name).read_text(encoding="utf-8")))


class WithCapsules(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.path = pathlib.Path(cls.folder.name)
        for name, source in (("incident", recording.INCIDENT), ("quiet", recording.QUIET)):
            window = recording.truth(source)["window"]
            culprit.run("investigate", "--input", source, "--from", window["start"], "--to", window["end"],
                        "--out", cls.path / name, "-q", check=0)
        cls.incident = cls.path / "incident/incident.culprit"
        cls.quiet = cls.path / "quiet/incident.culprit"

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()


class Remembered(WithCapsules):
    def setUp(self):
        self.memory = self.path / "memory"
        shutil.rmtree(self.memory, ignore_errors=True)

    def remember(self, *more, check=0):
        return culprit.run("remember", self.incident, "--cause", CAUSE, "--memory", self.memory, *more, check=check)

    def cases(self):
        return sorted(self.memory.glob("*.json"))

    def a_year_ago(self):
        """A case like this incident, a year ago: some signals moved less, one went the other way."""
        self.remember()
        file, = self.cases()
        case = json.loads(file.read_text(encoding="utf-8"))
        file.unlink()
        for s in case["signals"][::2]:
            s["spreads"] /= 3
        next(s for s in case["signals"] if s["spreads"] > 2)["spreads"] *= -1
        year = int(case["window"]["start"][:4])
        text = json.dumps(case).replace(f"{year}-", f"{year - 1}-")
        (self.memory / f"{json.loads(text)['id']}.json").write_text(text, encoding="utf-8")
        return json.loads(text)

    def report(self, *more, form="json", capsule=None, check=0):
        done = culprit.run("report", capsule or self.incident, "--format", form, *more, check=check)
        return json.loads(done.out) if form == "json" else done.out

    def test_a_case_is_a_small_file_that_follows_its_schema_and_holds_nothing_of_the_logs(self):
        done = self.remember()
        self.assertIn("remembered", done.out)
        self.assertIn("statement-timeouts", done.out)
        file, = self.cases()
        self.assertIn(str(file), done.out)
        text = file.read_text(encoding="utf-8")
        case = json.loads(text)
        schema("case.schema.json").validate(case)
        self.assertEqual((case["cause"], case["severity"], case["hypothesis"]), (CAUSE, "P1", "statement-timeouts"))
        self.assertLess(len(text), 10_000)
        names = [s["name"] for s in case["signals"]]
        self.assertEqual(names, sorted(set(names)))
        timeouts = next(s for s in case["signals"] if s["name"] == "db.statement_timeouts")
        self.assertGreater(timeouts["spreads"], 2)
        self.assertNotIn("SELECT", text)
        self.assertNotIn("@", text)

    def test_the_next_one_like_it_is_recognised_and_the_likeness_explained(self):
        case = self.a_year_ago()
        found = self.report("--memory", self.memory)
        schema("findings.schema.json").validate(found)
        seen = found["seen_before"]
        self.assertEqual(seen["cases"], 1)
        like, = seen["alike"]
        self.assertEqual((like["id"], like["cause"], like["same_incident"]), (case["id"], CAUSE, False))
        self.assertGreaterEqual(like["likeness"], 0.7)
        self.assertLess(like["likeness"], 1)
        self.assertIn("db.statement_timeouts", [s["name"] for s in like["agree"]])
        then = {s["name"]: s["spreads"] for s in case["signals"]}
        for s in like["agree"]:
            self.assertAlmostEqual(s["then"] / then[s["name"]], 1, places=3)
            self.assertGreater(s["now"] * s["then"], 0)
        self.assertIn(f"same shape ({like['likeness']:.2f})", " ".join(found["summary"]))
        for form in ("text", "md", "html"):
            told = self.report("--memory", self.memory, form=form)
            self.assertIn("Seen before", told, form)
            self.assertIn(CAUSE, told, form)
            self.assertIn(case["id"][:10], told, form)
            self.assertIn("Moved the same way", told, form)

    def test_without_a_memory_nothing_changes_and_with_one_the_same_memory_gives_the_same_bytes(self):
        plain = self.report(form="text"), self.report(form="html"), json.dumps(self.report())
        self.a_year_ago()
        self.assertNotIn("Seen before", plain[0])
        self.assertNotIn("seen_before", plain[2])
        self.assertEqual(self.report("--memory", self.memory, "--no-memory", form="html"), plain[1])
        self.assertEqual(self.report("--memory", self.path / "nowhere", form="text"), plain[0])
        first = self.report("--memory", self.memory)
        copy = self.path / "copy of memory"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.memory, copy)
        self.assertEqual(self.report("--memory", copy), first)
        (copy / "other.json").write_text("no case", encoding="utf-8")
        other = self.report("--memory", copy)
        self.assertEqual(other["seen_before"]["unreadable"], ["other.json"])
        self.assertEqual(other["hypotheses"], first["hypotheses"], "memory informs, it does not judge")

    def test_investigate_says_so_too_and_the_default_folder_needs_no_option(self):
        self.a_year_ago()
        home = self.path / "home"
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(self.memory, home / ".local/share/culprit/cases")
        out = self.path / "again"
        done = culprit.run("investigate", "--input", self.incident, "--out", out, "--force", HOME=str(home), check=0)
        self.assertIn("same shape", done.out)
        self.assertIn("same shape", (out / "report.md").read_text(encoding="utf-8"))
        self.assertEqual(culprit.findings(out)["seen_before"]["cases"], 1)
        data = self.path / "data"
        shutil.rmtree(data, ignore_errors=True)
        shutil.copytree(self.memory, data / "culprit/cases")
        listed = culprit.run("remember", "--list", HOME=str(home), XDG_DATA_HOME=str(data), check=0)
        self.assertIn(CAUSE, listed.out)

    def test_the_signature_is_of_the_incident_not_of_the_window_that_was_asked_for(self):
        window = recording.truth(recording.INCIDENT)["window"]
        start = recording.parse_utc(window["start"]) + datetime.timedelta(minutes=2)
        end = recording.parse_utc(window["end"]) + datetime.timedelta(minutes=3)
        self.remember("--from", start.isoformat(), "--to", end.isoformat())
        like, = self.report("--memory", self.memory)["seen_before"]["alike"]
        self.assertGreater(like["likeness"], 0.99)

    def test_the_very_incident_is_not_said_to_have_happened_before(self):
        self.remember()
        found = self.report("--memory", self.memory)
        like, = found["seen_before"]["alike"]
        self.assertTrue(like["same_incident"])
        self.assertEqual(like["likeness"], 1)
        self.assertIn(f"the confirmed cause of this incident is {CAUSE}", " ".join(found["summary"]))
        self.assertNotIn("Seen before:", " ".join(found["summary"]))

    def test_a_quiet_hour_is_like_nothing(self):
        self.a_year_ago()
        seen = self.report("--memory", self.memory, capsule=self.quiet)["seen_before"]
        self.assertEqual((seen["cases"], seen["alike"]), (1, []))
        done = culprit.run("remember", self.quiet, "--cause", "nothing", "--memory", self.memory)
        self.assertIn(done.returncode, (0, 3))
        self.assertTrue(done.err, "either refused, or said to be no incident")

    def test_list_correct_and_forget(self):
        nothing = culprit.run("remember", "--list", "--memory", self.memory, check=0)
        self.assertIn("Nothing is remembered", nothing.out)
        self.remember()
        corrected = culprit.run("remember", self.incident, "--cause", "a backup ran", "--memory", self.memory, check=0)
        self.assertIn(f"replaces {self.cases()[0].stem}: {CAUSE}", corrected.out)
        listed = json.loads(culprit.run("remember", "--list", "--memory", self.memory, "--format", "json", check=0).out)
        case, = listed["cases"]
        schema("case.schema.json").validate(case)
        self.assertEqual(case["cause"], "a backup ran")
        gone = culprit.run("remember", "--forget", case["id"][:12], "--memory", self.memory, check=0)
        self.assertIn("forgotten", gone.out)
        self.assertEqual(self.cases(), [])
        again = culprit.run("remember", "--forget", case["id"], "--memory", self.memory, check=4)
        self.assertIn("there is no case", again.err)

    def test_personal_data_in_the_cause_are_replaced_unless_told_otherwise(self):
        done = culprit.run("remember", self.incident, "--cause", "ann.lee@example.com dropped it", "--memory", self.memory,
                           check=0)
        self.assertIn("replaced in the cause", done.err)
        self.assertNotIn("ann.lee", self.cases()[0].read_text(encoding="utf-8"))
        culprit.run("remember", self.incident, "--cause", "ann.lee@example.com dropped it", "--no-redact",
                    "--memory", self.memory, check=0)
        self.assertIn("ann.lee", self.cases()[0].read_text(encoding="utf-8"))
        self.assertNotIn("ann.lee", self.report("--memory", self.memory, form="md"))

    def test_wrong_questions_end_with_what_to_do(self):
        for arguments, code, words in [
            ((), 2, "one thing at a time"),
            ((self.incident, "--list"), 2, "one thing at a time"),
            ((self.incident,), 2, "what was the cause?"),
            ((self.incident, "--cause", "  "), 2, "what was the cause?"),
            ((self.path / "none.culprit", "--cause", "x"), 4, "none.culprit"),
            ((self.incident, "--cause", "x", "--memory", self.incident / "cases"), 4, "incident.culprit/cases"),
        ]:
            with self.subTest(arguments):
                found = culprit.run("remember", *arguments, HOME=str(self.path), check=code)
                self.assertIn(words, found.err)


class Compared(WithCapsules):
    """The same capsules side by side."""

    def compare(self, *arguments, form="json", check=0):
        return culprit.run("compare", *arguments, "--format", form, check=check).out

    def test_an_incident_is_alike_itself(self):
        found = json.loads(self.compare(self.incident, self.incident))
        schema("comparison.schema.json").validate(found)
        self.assertTrue(found["same_cause"] and found["same_severity"])
        pair, = found["pairs"]
        self.assertEqual((pair["likeness"], pair["same_shape"]), (1, True))
        self.assertEqual(found["different"], [])
        self.assertIn("db.statement_timeouts", [s["name"] for s in found["alike"]])
        self.assertEqual(found["incidents"][0]["order"], found["incidents"][1]["order"])

    def test_an_incident_and_a_quiet_hour_differ(self):
        found = json.loads(self.compare(self.incident, self.quiet))
        schema("comparison.schema.json").validate(found)
        self.assertEqual((found["same_cause"], found["same_verdict"]), (False, False))
        self.assertFalse(found["pairs"][0]["same_shape"])
        self.assertIn("db.statement_timeouts", [s["name"] for s in found["different"]])

    def test_text_and_markdown_tell_causes_signals_order_and_severity(self):
        for form in ("text", "md"):
            told = self.compare(self.incident, self.quiet, self.incident, form=form)
            for words in ("statement-timeouts in 1, none named in 2", "P1", "Moved alike", "Moved differently", "Order",
                          "1 and 3: 1.00, the same shape"):
                self.assertIn(words, told, form)
            self.assertNotRegex(told, r"[a-z]+@example\.com")

    def test_one_is_not_enough(self):
        done = culprit.run("compare", self.incident, check=2)
        self.assertIn("two", done.err)


if __name__ == "__main__":
    unittest.main()
