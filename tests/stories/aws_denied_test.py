"""Permissions that are missing: each is a gap with its IAM action in a report; nothing but refusals is exit code 6."""

import pathlib
import tempfile
import unittest

import culprit
from aws_fake import IDENTITY, KEYS, FakeAws, error, readable_aws

LIVE = {**KEYS, "AWS_REGION": "us-east-1", "NO_PROXY": "*"}
DENIED_JSON = error("AccessDeniedException", 400)
DENIED_XML = (403, "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized"
                   "</Message></Error></ErrorResponse>")
FORMS = {
    "DescribeClusters": ("ecs", DENIED_JSON), "DescribeServices": ("ecs", DENIED_JSON), "ListTasks": ("ecs", DENIED_JSON),
    "DescribeDBInstances": ("rds", DENIED_XML), "DescribeEvents": ("rds", DENIED_XML),
    "GetMetricData": ("cloudwatch", DENIED_JSON), "DescribeAlarms": ("cloudwatch", DENIED_JSON),
    "DescribeLogGroups": ("logs", DENIED_JSON), "FilterLogEvents": ("logs", DENIED_JSON),
}


class Denied(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="culprit-story-")
        self.addCleanup(holder.cleanup)
        self.out = pathlib.Path(holder.name) / "out"

    def investigate(self, answers):
        with FakeAws(answers) as aws:
            done = culprit.run("investigate", "-q", "--out", self.out, "--from", "-10m", "--endpoint-url", aws.url, **LIVE)
        return done, aws

    def test_each_denied_action_is_a_gap_that_names_it(self):
        allowed = ("DescribeClusters", "DescribeLogGroups")  # something must come, or there is no report
        denied = {name: form for name, (_, form) in FORMS.items() if name not in allowed}
        done, aws = self.investigate({**readable_aws(), **denied})
        self.assertIn(done.returncode, (0, 11), done.err)
        found = culprit.findings(self.out)
        gaps = {g["action"]: g for g in found["gaps"] if g["reason"] == "denied"}
        wanted = {f"{FORMS[name][0]}:{name}" for name in denied}
        self.assertEqual(set(gaps), wanted)
        report = (self.out / "report.md").read_text(encoding="utf-8")
        for action in wanted:
            self.assertIn(action, report)
            self.assertIn("AccessDenied", gaps[action]["detail"])
        self.assertEqual(gaps["rds:DescribeDBInstances"]["component"], "db")
        self.assertTrue(any("culprit doctor" in str(check) for check in found["next_checks"]))
        asked = [a.operation for a in aws.asked]
        self.assertLessEqual(asked.count("FilterLogEvents"), 8)  # a refusal is not asked again for every piece

    def test_nothing_but_refusals_is_6_and_names_the_actions(self):
        done, _ = self.investigate({"GetCallerIdentity": IDENTITY, **{name: form for name, (_, form) in FORMS.items()}})
        self.assertEqual((done.returncode, done.out), (6, ""), done.err)
        for name, (service, _) in FORMS.items():
            self.assertIn(f"{service}:{name}", done.err)
        self.assertIn("culprit doctor", done.err)
        self.assertFalse(self.out.exists())


if __name__ == "__main__":
    unittest.main()
