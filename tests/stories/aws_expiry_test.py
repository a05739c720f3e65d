"""A token that expires while the live collection runs: what came in before is kept, and the printed command reads it."""

import json
import pathlib
import shlex
import tempfile
import threading
import time
import unittest

import culprit
from aws_fake import KEYS, FakeAws, error, readable_aws

LIVE = {**KEYS, "AWS_REGION": "us-east-1", "NO_PROXY": "*"}
WEB = "/aws/ecs/chatscomm-chatwoot-prod-web"
TOO_OLD = error("ExpiredTokenException")


def errors_of_one_group(calls):
    """Two error lines in the window of the web log; after `calls` requests the token is too old."""
    left, lock = [calls], threading.Lock()
    now = int(time.time() * 1000) - 120_000

    def answer(asked):
        with lock:
            left[0] -= 1
            if left[0] < 0:
                return TOO_OLD
        request = json.loads(asked.body)
        events = [{"logStreamName": "s", "timestamp": now + i, "message": f"ERROR number {i}", "ingestionTime": now + i,
                   "eventId": str(i)} for i in range(2)]
        if request["logGroupName"] != WEB:
            events = []
        return json.dumps({"events": [e for e in events if request["startTime"] <= e["timestamp"] <= request["endTime"]]})

    return answer


class Expiry(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="culprit story ")  # with a space: the command must be quoted
        self.addCleanup(holder.cleanup)
        self.dir = pathlib.Path(holder.name)

    def investigate(self, answers, *arguments):
        with FakeAws(answers) as aws:
            return culprit.run("investigate", "-q", "--out", self.dir / "out", "--from", "-10m", "--endpoint-url",
                               aws.url, *arguments, cwd=self.dir, **LIVE)

    def kept_command(self, done):
        self.assertEqual((done.returncode, done.out), (5, ""), done.err)
        self.assertIn("ExpiredToken", done.err)
        self.assertIn("aws sso login", done.err)
        line = next(line for line in done.err.splitlines() if "is kept: " in line)
        words = shlex.split(line.split("is kept: ")[1])
        self.assertEqual(words[:3], ["culprit", "investigate", "--input"])
        return words[1:]

    def test_log_events_fetched_before_are_in_the_store_that_the_message_names(self):
        done = self.investigate({**readable_aws(), "FilterLogEvents": errors_of_one_group(8)})
        command = self.kept_command(done)
        again = culprit.run(*command, "-q", "--out", self.dir / "again", cwd=self.dir)
        self.assertIn(again.returncode, (0, 11), again.err)
        found = culprit.findings(self.dir / "again")
        counts = {p["id"]: p["count"] for p in found["patterns"]}
        self.assertEqual(counts["web.error"], 2)
        unseen = [g for g in found["gaps"] if g["subject"] == WEB and g["reason"] == "not-asked"]
        self.assertTrue(unseen, found["gaps"])
        self.assertLess(unseen[0]["window"]["start"], found["window"]["start"])  # the baseline was never fetched
        self.assertIn("ended early", (self.dir / "again/report.md").read_text(encoding="utf-8"))

    def test_a_log_that_was_not_fetched_at_all_is_not_called_empty(self):
        done = self.investigate({**readable_aws(), "FilterLogEvents": errors_of_one_group(1),
                                 "GetMetricData": json.dumps({"MetricDataResults": [
                                     {"Id": "q0", "Timestamps": [int(time.time()) // 60 * 60 - 300], "Values": [50.0]}]})})
        again = culprit.run(*self.kept_command(done), "-q", "--out", self.dir / "again", cwd=self.dir)
        self.assertIn(again.returncode, (0, 11), again.err)
        gaps = [g for g in culprit.findings(self.dir / "again")["gaps"] if g["subject"] == WEB]
        self.assertTrue(gaps)
        self.assertNotIn("empty", {g["reason"] for g in gaps})

    def test_the_command_names_the_system_that_was_named(self):
        system = self.dir / "my system.yaml"
        system.write_text(culprit.run("system", "show", "chatwoot", check=0).out, encoding="utf-8")
        done = self.investigate({**readable_aws(), "FilterLogEvents": errors_of_one_group(8)}, "--system", system)
        command = self.kept_command(done)
        self.assertEqual(command[command.index("--system") + 1], str(system))
        again = culprit.run(*command, "-q", "--out", self.dir / "again", cwd=self.dir)
        self.assertIn(again.returncode, (0, 11), again.err)

    def test_what_was_never_asked_is_a_gap_each(self):
        answers = {**readable_aws(), "DescribeAlarms": TOO_OLD,
                   "GetMetricData": json.dumps({"MetricDataResults": [
                       {"Id": "q0", "Timestamps": [int(time.time()) // 60 * 60 - 300], "Values": [50.0]}]})}
        again = culprit.run(*self.kept_command(self.investigate(answers)), "-q", "--out", self.dir / "again", cwd=self.dir)
        self.assertIn(again.returncode, (0, 11), again.err)
        gaps = {g["subject"]: g for g in culprit.findings(self.dir / "again")["gaps"]}
        self.assertIn("not asked", gaps["log events"]["detail"])
        self.assertIn("ExpiredToken", gaps["alarms"]["detail"])


if __name__ == "__main__":
    unittest.main()
