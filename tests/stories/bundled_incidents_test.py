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

    def test_the_recovery_is_the_last_harm_to_the_second(self):
        recovery = recording.parse_utc(self.findings["recovery"])
        self.assertLess(abs(recovery - recording.parse_utc(self.truth["last_harm"])), datetime.timedelta(seconds=5))

    def test_no_hypothesis_begins_before_its_first_event_could_show_it(self):
        dropped = recording.parse_utc(self.truth["index_dropped_at"])
        for h in self.findings["hypotheses"]:
            self.assertGreater(recording.parse_utc(h["onset"]), dropped, h["cause"])

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

    def test_every_sentence_begins_with_a_capital_and_counts_say_what_they_count(self):
        sentences = [c["text"] for c in self.findings["severity_reasons"]] + self.findings["known"]
        sentences += [t["text"] for h in self.findings["hypotheses"] for t in h["evidence_for"] + h["evidence_against"]]
        sentences += [c["text"] for component in self.findings["components"] for c in component["reasons"]]
        for text in sentences:
            self.assertRegex(text, r"^[A-Z0-9]")
            self.assertNotRegex(text, r"[(;] ?[\d,]+\)", "a bare number")
        self.assertIn("481 failed requests", " ".join(sentences))

    def test_the_timeline_reads_as_sentences_and_says_nothing_twice(self):
        entries = self.findings["timeline"]
        titles = [c["title"] for c in self.findings["components"]]
        ids = {c["id"] for c in self.findings["components"]}
        for e in entries:
            self.assertRegex(e["text"], r"^[A-Z]")
            if e["kind"] == "change":
                continue
            self.assertNotRegex(e["text"], r"(connections|time-outs|statements|requests) (leaves|peaks|rises|is) ")
            self.assertNotRegex(e["text"], r"_| ms (leaves|peaks|rises)|p95 ms")
            if "log alert" in e["text"]:
                self.assertIn(e["component"], ids)
        back = [e for e in entries if e["text"].startswith("Back to normal")]
        self.assertEqual(len({e["time"] for e in back}), len(back), "one line names all that is back at a time")
        self.assertIn(titles[0], back[-1]["text"])
        self.assertEqual(len({(e["time"], e["component"], e["text"]) for e in entries}), len(entries))
        early = recording.parse_utc(self.findings["onset"]) - datetime.timedelta(minutes=15)
        self.assertTrue(all(recording.parse_utc(e["time"]) >= early for e in entries), "old deployments are no news")

    def test_the_timeline_names_components_by_their_titles(self):
        timeline = self.done.out.split("── Timeline")[1].split("── Root cause")[0]
        self.assertIn("Chatwoot database", timeline)
        self.assertNotRegex(timeline, r"Z  (db|web|worker|ai)  ")

    def test_a_component_gives_one_reason_for_one_piece_of_evidence(self):
        for c in self.findings["components"]:
            seen = set()
            for reason in c["reasons"]:
                self.assertFalse(set(reason["evidence"]) <= seen, (c["id"], reason["text"]))
                seen |= set(reason["evidence"])
        worker = next(c for c in self.findings["components"] if c["id"] == "worker")
        self.assertEqual(worker["health"], "degraded", "half of its largest job class failed")

    def test_what_was_looked_at_stands_with_a_healthy_verdict(self):
        ai = next(c for c in self.findings["components"] if c["id"] == "ai")
        self.assertEqual(ai["health"], "healthy")
        for word in ("CPU", "memory", "responses", "tasks"):
            self.assertIn(word, ai["summary"])
        self.assertGreater(len(ai["reasons"][0]["evidence"]), 3)

    def test_advice_is_given_once_and_names_the_statement_once(self):
        fingerprint = self.truth["statement"]["fingerprint"]
        advice = [r["text"] for r in self.findings["recommendations"]]
        self.assertEqual(len([a for a in advice if fingerprint in a and "EXPLAIN" in a]), 1)
        self.assertEqual(len([a for a in advice if "pg_stat_statements" in a]), 1)
        for cut in (a for a in advice if "…" in a):
            self.assertRegex(cut, r" …( |$)", "cut between words")

    def test_commands_can_be_pasted(self):
        checks = [c for h in self.findings["hypotheses"] for c in h["checks"] + [h["refute"]]]
        checks += self.findings["next_checks"] + self.findings["evidence"]
        for c in checks:
            for command in (c["aws_command"], c["culprit_command"]):
                self.assertNotIn("…", command)
                self.assertNotIn("CAPSULE", command)
            if c["aws_command"]:
                self.assertIn("--profile chatscomm", c["aws_command"])
            if c["culprit_command"]:
                self.assertRegex(c["culprit_command"], r"^culprit explain incident\.culprit \S+$")

    def test_log_evidence_has_the_filter_pattern_that_finds_it(self):
        for e in self.findings["evidence"]:
            if "filter-log-events" in e["aws_command"]:
                self.assertIn("--filter-pattern '", e["aws_command"], e["title"])

    def test_a_state_shows_the_fields_that_matter_and_where_the_rest_lies(self):
        state = next(e for e in self.findings["evidence"] if e["kind"] == "state" and "ecs:service" in e["source"])
        self.assertNotIn("clusterArn", state["document"])
        self.assertIn("runningCount", state["document"])
        whole = culprit.run(*state["culprit_command"].split()[1:], cwd=self.out, check=0)
        self.assertIn("clusterArn", whole.out)

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
            findings = culprit.findings(out)
            self.assertEqual(findings["verdict"], "no-incident")
            for c in findings["components"]:
                self.assertEqual(c["health"], "healthy", c["summary"])
                self.assertRegex(c["summary"], r"^Nothing out of the ordinary: .*\d")
            self.assertEqual(done.out.count("Web memory"), 2, "in the table and in the line of the component's charts")

    def test_nor_without_a_window(self):
        with tempfile.TemporaryDirectory() as folder:
            culprit.run("investigate", "--input", recording.QUIET, "--out", pathlib.Path(folder) / "out",
                        "--expect", "verdict=no-incident", check=0)

    def test_at_most_one_of_twenty_windows_of_it_raises_an_alarm(self):
        first = recording.parse_utc(recording.truth(recording.QUIET)["recording"]["start"])
        verdicts = []
        with tempfile.TemporaryDirectory() as folder:
            for n in range(20):
                start = first + datetime.timedelta(minutes=6 + 2 * n)
                out = pathlib.Path(folder) / str(n)
                culprit.run("investigate", "--input", recording.QUIET, "--out", out, "-q",
                            "--from", start.isoformat(), "--to", (start + datetime.timedelta(minutes=10)).isoformat())
                verdicts.append(culprit.findings(out)["verdict"])
        self.assertEqual(len(verdicts), 20)
        self.assertLessEqual(sum(v != "no-incident" for v in verdicts), 1, verdicts)


if __name__ == "__main__":
    unittest.main()
