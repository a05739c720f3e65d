"""The bundled recordings: the incident is named, dated and graded, and the quiet hour stays quiet."""

import datetime
import pathlib
import tempfile
import unittest

import culprit
import recording


def investigate(folder, out, *more, **environment):
    window = recording.truth(folder)["window"]
    return culprit.run("investigate", "--input", folder, "--from", window["start"], "--to", window["end"],
                       "--out", out, *more, **environment)


class StatementTimeouts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.out = pathlib.Path(cls.folder.name) / "out"
        cls.truth = recording.truth(recording.INCIDENT)
        cls.done = investigate(recording.INCIDENT, cls.out, "--expect",
                               "cause=statement-timeouts,severity=P1,verdict=incident")
        cls.findings = culprit.findings(cls.out)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_the_expected_diagnosis_is_exit_code_0(self):
        self.assertEqual(self.done.returncode, 0, self.done.err)

    def test_statement_time_outs_are_the_primary_cause_with_high_confidence(self):
        first = self.findings["hypotheses"][0]
        self.assertEqual((first["cause"], first["role"]), ("statement-timeouts", "primary"))
        self.assertGreaterEqual(first["confidence"], 0.8)
        self.assertTrue(first["evidence"])

    def test_the_injected_statement_is_named_by_its_fingerprint(self):
        fingerprint = self.truth["statement"]["fingerprint"]
        self.assertRegex(fingerprint, "^[0-9a-f]{16}$")
        self.assertEqual(self.findings["statements"][0]["fingerprint"], fingerprint)
        self.assertIn(fingerprint, self.findings["root_cause"]["primary"][0]["text"])
        self.assertIn(fingerprint, self.done.out)

    def test_severity_is_p1(self):
        self.assertEqual(self.findings["severity"], "P1")
        self.assertTrue(self.findings["severity_reasons"])

    def test_the_onset_is_within_a_minute_of_the_truth(self):
        onset = recording.parse_utc(self.findings["onset"])
        self.assertLess(abs(onset - recording.parse_utc(self.truth["onset"])), datetime.timedelta(seconds=60))

    def test_the_recovery_is_within_two_minutes_of_the_last_harm(self):
        recovery = recording.parse_utc(self.findings["recovery"])
        self.assertLess(abs(recovery - recording.parse_utc(self.truth["last_harm"])), datetime.timedelta(seconds=120))

    def test_the_dropped_index_is_a_contributing_cause(self):
        texts = " ".join(c["text"] for c in self.findings["root_cause"]["contributing"])
        self.assertIn("DROP INDEX", texts)
        self.assertIn("IN lists grew", texts)

    def test_the_failing_endpoint_comes_first(self):
        self.assertEqual(self.findings["endpoints"][0]["endpoint"],
                         self.truth["affected_endpoints"][0]["endpoint"])

    def test_counts_agree_with_what_the_lab_counted(self):
        counts = self.truth["counts"]
        timeouts = sum(s["timeouts"] for s in self.findings["statements"])
        self.assertEqual(timeouts, counts["db_cancelled"])
        self.assertEqual(sum(e["requests"] for e in self.findings["endpoints"]), counts["requests"])

    def test_the_metrics_table_has_every_row_of_the_runbook(self):
        rows = {m["row"] for m in self.findings["metrics"]}
        self.assertLessEqual({"B1", "B2", "B3", "B4", "B5", "B6"}, rows)
        cpu = next(m for m in self.findings["metrics"] if m["id"] == "db.cpu")
        self.assertEqual(cpu["status"], "high")
        for column in ("Metric", "Normal range", "Incident value", "Status"):
            self.assertIn(column, (self.out / "report.md").read_text(encoding="utf-8"))

    def test_every_claim_names_evidence_that_exists_and_a_command_that_shows_it(self):
        evidence = {e["id"]: e for e in self.findings["evidence"]}
        claims = [c for part in ("primary", "secondary", "contributing") for c in self.findings["root_cause"][part]]
        claims += self.findings["severity_reasons"] + [t for t in self.findings["timeline"]]
        for claim in claims:
            self.assertTrue(claim["evidence"], claim)
            for ref in claim["evidence"]:
                self.assertTrue(evidence[ref]["culprit_command"], evidence[ref])

    def test_the_shown_commands_show_the_evidence(self):
        for e in self.findings["evidence"]:
            if e["kind"] != "log" or not e["excerpts"]:
                continue
            words = e["culprit_command"].split()[1:]
            shown = culprit.run(*words, cwd=self.out, check=0)
            self.assertIn("event:", shown.out)

    def test_results_are_all_there_and_the_capsule_gives_the_same_report(self):
        self.assertEqual({p.name for p in self.out.iterdir()},
                         {"report.md", "report.html", "findings.json", "incident.culprit"})
        again = culprit.run("report", "incident.culprit", "--format", "json", cwd=self.out, check=0)
        self.assertEqual(again.out, (self.out / "findings.json").read_text(encoding="utf-8"))
        culprit.run("verify", "incident.culprit", cwd=self.out, check=0)

    def test_personal_data_is_redacted_unless_asked(self):
        for name in ("report.md", "report.html", "findings.json"):
            self.assertNotRegex((self.out / name).read_text(encoding="utf-8"), r"[a-z]+@example\.com")
        shown = culprit.run("report", self.out / "incident.culprit", "--no-redact", check=0)
        self.assertIn("--no-redact", shown.err)

    def test_a_wrong_expectation_is_exit_code_1(self):
        with tempfile.TemporaryDirectory() as other:
            done = investigate(recording.INCIDENT, pathlib.Path(other) / "out", "--expect", "cause=memory,severity=P0")
            self.assertEqual(done.returncode, 1)
            self.assertIn("cause is statement-timeouts, not memory", done.err)

    def test_twice_and_in_another_zone_the_same_bytes(self):
        with tempfile.TemporaryDirectory() as other:
            out = pathlib.Path(other) / "out"
            investigate(recording.INCIDENT, out, TZ="Asia/Kathmandu", LC_ALL="C")
            for name in ("findings.json", "report.md", "report.html"):
                self.assertEqual((out / name).read_bytes(), (self.out / name).read_bytes(), name)

    def test_without_a_window_the_incident_is_found(self):
        with tempfile.TemporaryDirectory() as other:
            done = culprit.run("investigate", "--input", recording.INCIDENT, "--out", pathlib.Path(other) / "out",
                               "--expect", "cause=statement-timeouts,severity=P1", check=0)
            self.assertIn("took", done.err)


class QuietHour(unittest.TestCase):
    def test_no_incident_is_found(self):
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder) / "out"
            done = investigate(recording.QUIET, out, "--expect", "verdict=no-incident,cause=none,severity=none")
            self.assertEqual(done.returncode, 0, done.err)
            self.assertIn("No incident", done.out)
            self.assertEqual(culprit.findings(out)["verdict"], "no-incident")

    def test_nor_without_a_window(self):
        with tempfile.TemporaryDirectory() as folder:
            culprit.run("investigate", "--input", recording.QUIET, "--out", pathlib.Path(folder) / "out",
                        "--expect", "verdict=no-incident", check=0)


if __name__ == "__main__":
    unittest.main()
