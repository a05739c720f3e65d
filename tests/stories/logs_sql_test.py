"""`culprit logs sql`: the PostgreSQL report of a file, a folder, a capsule; text, HTML and JSON."""

import collections
import copy
import gzip
import json
import pathlib
import re
import tempfile
import unittest

import jsonschema

import culprit
import recording

ROOT = culprit.ROOT
FORMS = ROOT / "tests/logs/cases/postgres_forms"
LOG = next(recording.INCIDENT.glob("logs/aws/rds/**/*.log.gz"))
DURATION = re.compile(r"LOG:  duration: (\d+)\.(\d{3}) ms  (?:statement|execute [^:]+): ")


def report(*arguments, **options):
    return json.loads(culprit.run("logs", "sql", "-q", *arguments, "--format", "json", check=0, **options).out)


class OfTheIncident(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.report = report(LOG)
        cls.lines = gzip.decompress(LOG.read_bytes()).decode().splitlines()

    def test_calls_and_total_duration_are_those_of_a_plain_reading(self):
        found = [int(m[1]) * 1000 + int(m[2]) for m in map(DURATION.search, self.lines) if m]
        self.assertEqual(self.report["totals"]["calls"], len(found))
        self.assertEqual(round(self.report["totals"]["total_ms"] * 1000), sum(found))
        self.assertEqual(sum(s["calls"] for s in self.report["statements"]), len(found))

    def test_time_outs_are_counted_by_minute_and_by_statement(self):
        by_minute = collections.Counter(line[:16] for line in self.lines if "ERROR:  canceling statement due to statement timeout" in line)
        told = {p["time"][:16].replace("T", " "): p["statement_timeouts"] for p in self.report["periods"]}
        self.assertEqual({m: n for m, n in told.items() if n}, dict(by_minute))
        self.assertEqual(sum(s["statement_timeouts"] for s in self.report["statements"]), sum(by_minute.values()))
        fingerprint = recording.truth(recording.INCIDENT)["statement"]["fingerprint"]
        statement = next(s for s in self.report["statements"] if s["fingerprint"] == fingerprint)
        self.assertGreater(statement["statement_timeouts"], 400)
        self.assertGreater(statement["in_list"]["max"], 100)

    def test_a_capsule_gives_the_figures_of_its_log(self):
        with tempfile.TemporaryDirectory() as directory:
            capsule = pathlib.Path(directory) / "incident.culprit"
            culprit.run("collect", "--input", recording.INCIDENT, "--out", capsule, "-q", check=0)
            again = report(capsule)
        for name in ("totals", "errors", "connections", "checkpoints", "autovacuum", "periods"):
            self.assertEqual(again[name], self.report[name], name)
        self.assertEqual([s["sql"] for s in again["statements"]], [s["sql"] for s in self.report["statements"]])

    def test_a_folder_gives_its_postgresql_log_and_nothing_else(self):
        again = report(recording.INCIDENT)
        self.assertEqual(again["totals"], self.report["totals"])
        self.assertEqual(len(again["sources"]), 1)

    def test_a_window_leaves_out_what_lies_outside(self):
        inside = report(LOG, "--from", "2026-11-24T06:15:00Z", "--to", "2026-11-24T06:20:00Z", "--by", "30s")
        expected = sum(1 for line in self.lines
                       if "2026-11-24 06:15" <= line[:16] < "2026-11-24 06:20" and DURATION.search(line))
        self.assertEqual(inside["totals"]["calls"], expected)
        self.assertEqual(inside["period_s"], 30)
        self.assertLessEqual(len(inside["periods"]), 10)

    def test_nothing_of_a_literal_is_shown_unless_asked_for(self):
        secret = "sofia.castro6001@example.com"
        self.assertIn(secret, "\n".join(self.lines))
        for form in ("text", "html", "json"):
            self.assertNotIn(secret, culprit.run("logs", "sql", "-q", LOG, "--format", form, check=0).out)

    def test_html_is_one_page_with_every_statement(self):
        page = culprit.run("logs", "sql", "-q", LOG, "--format", "html", check=0).out
        self.assertTrue(page.startswith("<!doctype html>"))
        self.assertNotIn("http://", page.replace("http://www.w3.org/2000/svg", ""))
        for statement in self.report["statements"]:
            self.assertIn(statement["fingerprint"], page)
        self.assertIn("prefers-color-scheme:dark", page)

    def test_text_names_the_time_outs_first(self):
        text = culprit.run("logs", "sql", "-q", LOG, check=0).out
        self.assertIn("824 statement time-outs", text.splitlines()[0])
        self.assertLessEqual(max(len(line) for line in text.splitlines()), 100)


class Schema(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        schema = json.loads((ROOT / "schemas/sql-report.schema.json").read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        cls.validator = jsonschema.Draft202012Validator(schema)

    def test_reports_follow_it(self):
        for log in (LOG, FORMS / "postgresql.log", FORMS / "postgresql.csv", FORMS / "postgresql.json"):
            with self.subTest(log.name):
                self.assertEqual([e.message for e in self.validator.iter_errors(report(log))], [])

    def test_what_is_no_report_is_refused(self):
        def unknown_member(r):
            r["statements"][0]["colour"] = "red"

        def negative(r):
            r["totals"]["calls"] = -1

        def local_time(r):
            r["periods"][0]["time"] = "2026-11-24 06:15"

        good = report(FORMS / "postgresql.log")
        for mutate in (unknown_member, negative, local_time, lambda r: r.pop("connections")):
            bad = copy.deepcopy(good)
            mutate(bad)
            self.assertFalse(self.validator.is_valid(bad))


class Inputs(unittest.TestCase):
    def test_standard_input_is_read(self):
        text = (FORMS / "postgresql.log").read_bytes()
        self.assertEqual(report("-", input=text)["totals"], report(FORMS / "postgresql.log")["totals"])

    def test_slips_are_told(self):
        web = next(recording.INCIDENT.glob("logs/aws/ecs/chatscomm-chatwoot-prod-web/*.gz"))
        for code, words, arguments in ((3, "rails", [web]), (4, "", ["/no/such.log"]), (2, "--by", [LOG, "--by", "0s"]),
                                       (2, "what should be read", []), (2, "more than one", [LOG, "--input", LOG])):
            with self.subTest(words):
                done = culprit.run("logs", "sql", "-q", *arguments, check=code)
                self.assertIn(words, done.err)
                self.assertEqual(done.out, "")


if __name__ == "__main__":
    unittest.main()
