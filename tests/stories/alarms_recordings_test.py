"""`culprit alarms backtest`, `mutate`, `tune` and `lint` on the bundled recordings."""

import json
import pathlib
import tempfile
import unittest

import culprit

INCIDENT = culprit.ROOT / "examples/incidents/statement-timeouts"
QUIET = culprit.ROOT / "examples/incidents/quiet-hour"
ONSET = "2026-11-24T06:14:09.489Z"  # truth.yaml


def answer(*arguments, check=0):
    return json.loads(culprit.run("alarms", *arguments, "--format", "json", check=check).out)


class Recordings(unittest.TestCase):
    def test_backtest_says_when_each_would_have_fired(self):
        incident, quiet = answer("backtest", INCIDENT, QUIET)["recordings"]
        self.assertEqual(quiet["onset"], None)
        for alarm in quiet["alarms"]:
            self.assertEqual((alarm["alarm"], alarm["false_alarms"]), (alarm["alarm"], []))
        self.assertEqual(incident["onset"][:16], ONSET[:16])
        alarms = {a["alarm"]: a for a in incident["alarms"]}
        statements = alarms["Log-StatementTimeouts-chatwoot-prod"]
        self.assertEqual(statements["false_alarms"], [])
        self.assertGreater(statements["after_onset_s"], 0)
        self.assertLess(statements["after_onset_s"], 180)
        self.assertIsNotNone(alarms["Log-RackTimeouts-chatwoot-prod"]["fired"])
        # Ten bad minutes burn the short window's budget at once, that of the whole hour not fourteen times.
        self.assertLess(alarms["SLO-WebAvailability-chatwoot-prod-burn14.4x-5m"]["after_onset_s"], 180)
        self.assertIsNone(alarms["SLO-WebAvailability-chatwoot-prod-page-14.4x"]["fired"])
        self.assertIsNotNone(alarms["SLO-WebAvailability-chatwoot-prod-page-6x"]["fired"])
        self.assertIsNone(alarms["Log-MemoryAllocation-chatwoot-prod"]["fired"])
        self.assertIsNone(alarms["ECS-HighCPU-chatwoot-prod"]["fired"])

    def test_backtest_as_text_and_as_a_check(self):
        done = culprit.run("alarms", "backtest", INCIDENT, "--onset", ONSET, "--check", check=0)
        self.assertIn("First to fire: ", done.out)
        self.assertIn("silent", done.out)
        done = culprit.run("alarms", "backtest", QUIET, check=0)
        self.assertIn("No false alarm in 59m", done.out)
        culprit.run("alarms", "backtest", QUIET, "--onset", "2026-11-24T06:00:00Z", "--check", check=1)

    def test_filters_count_what_the_recognisers_count(self):
        """The metric filters' sums equal the truth of the recording."""
        patterns = ['"canceling statement due to statement timeout"',
                    "%Rack::Timeout::RequestTimeoutE|Rack::Timeout::RequestExpiry%"]
        with tempfile.TemporaryDirectory() as folder:
            store = pathlib.Path(folder) / "store"
            culprit.run("ingest", INCIDENT, "--store", store, "--system", "chatwoot", check=0)
            for group, pattern, count in (("chatscomm-db-prod/postgresql", patterns[0], 824),
                                          ("chatwoot-prod-web", patterns[1], 114)):
                done = culprit.run("logs", "count", pattern, "--store", store, "--group", group, "--format", "json", check=0)
                self.assertEqual(json.loads(done.out)["patterns"][0]["total"], count)

    def test_mutate_names_the_issues_that_stay_silent(self):
        [result] = answer("mutate", QUIET)["recordings"]
        issues = {i["issue"]: i for i in result["issues"]}
        self.assertFalse(issues["statement-timeouts"]["silent"])
        self.assertEqual(issues["statement-timeouts"]["seen_by"][0]["alarm"], "Log-StatementTimeouts-chatwoot-prod")
        self.assertLessEqual(issues["statement-timeouts"]["seen_by"][0]["after_s"], 120)
        self.assertTrue(issues["redis-unavailable"]["silent"])
        self.assertEqual(result["silent"], sum(i["silent"] for i in issues.values()))
        culprit.run("alarms", "mutate", QUIET, "--check", check=1)
        self.assertIn("would stay silent", culprit.run("alarms", "mutate", QUIET, check=0).out)

    def test_tune_finds_thresholds_that_fire_in_time_or_says_that_none_exist(self):
        results = {a["alarm"]: a for a in answer("tune", INCIDENT, QUIET)["alarms"]}
        best = results["Log-StatementTimeouts-chatwoot-prod"]["proposals"][0]
        self.assertLessEqual(best["after_onset_s"], 180)
        self.assertEqual((best["false_alarms"], best["missed"]), (0, 0))
        none = results["Log-MemoryAllocation-chatwoot-prod"]
        self.assertEqual(none["proposals"], [])
        self.assertTrue(none["why_none"])
        for result in results.values():
            for proposal in result["proposals"]:
                self.assertLessEqual(proposal["after_onset_s"], 180)
                self.assertEqual(proposal["false_alarms"], 0)

    def test_lint_explains_the_runbooks_own_alarm(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "alarms.json"
            file.write_text(json.dumps({"MetricAlarms": [
                {"AlarmName": "ECS-HighCPU-chatwoot-prod", "Namespace": "AWS/ECS", "MetricName": "CPUUtilization",
                 "Statistic": "Average", "Period": 300, "EvaluationPeriods": 2, "Threshold": 70.0, "Dimensions": [],
                 "ComparisonOperator": "GreaterThanThreshold", "AlarmActions": ["arn:aws:sns:us-east-1:1:t"]}]}))
            done = culprit.run("alarms", "lint", "--answer", file, check=1)
            self.assertIn("error missing-dimensions ECS-HighCPU-chatwoot-prod", done.out)
            self.assertIn("INSUFFICIENT_DATA for ever", done.out)
            done = culprit.run("alarms", "lint", QUIET, "--answer", file, check=1)
            self.assertIn("error no-data ECS-HighCPU-chatwoot-prod", done.out)

    def test_lint_of_the_built_in_alarms_misses_only_actions(self):
        rules = {f["rule"] for f in answer("lint", QUIET, check=1)["findings"] if f["severity"] != "note"}
        self.assertEqual(rules, {"no-action"})

    def test_bad_input_is_told(self):
        self.assertEqual(culprit.run("alarms", "backtest", "/nowhere").returncode, 4)
        self.assertEqual(culprit.run("alarms", "lint", "--answer", __file__).returncode, 3)
        self.assertEqual(culprit.run("alarms", "export", "--as", "pulumi").returncode, 2)
        self.assertEqual(culprit.run("alarms", "tune", QUIET, "--within", "soon").returncode, 2)
        self.assertEqual(culprit.run("alarms", "backtest", QUIET, "--onset", "2020-01-01").returncode, 2)
        done = culprit.run("alarms", "plan", "--endpoint-url", "http://127.0.0.1:1", AWS_ACCESS_KEY_ID="a",
                           AWS_SECRET_ACCESS_KEY="b", AWS_DEFAULT_REGION="us-east-1")
        self.assertEqual(done.returncode, 7, done.err)


if __name__ == "__main__":
    unittest.main()
