"""Over the wire: the same recording, loaded into moto_server with boto3, gives the same diagnosis."""

import pathlib
import tempfile
import unittest

import culprit
import moto_account
import recording

# What moto's own control plane says of today, not of the recording.
CONTROL_PLANE = ("deployment:", "service-event:", "task-stop:", "rds-event:")


def timeline(findings, shift):
    return [(recording.parse_utc(t["time"]) - shift, t["component"], t["kind"], t["text"])
            for t in findings["timeline"] if not t["text"].startswith(CONTROL_PLANE)]


@unittest.skipIf(moto_account.missing(), moto_account.missing())
class OverTheWire(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        work = pathlib.Path(cls.folder.name)
        window = recording.truth(recording.INCIDENT)["window"]
        start, end = recording.parse_utc(window["start"]), recording.parse_utc(window["end"])
        cls.shift = moto_account.shift_near_now(start)
        culprit.run("investigate", "--input", recording.INCIDENT, "--from", start.isoformat(), "--to", end.isoformat(),
                    "--out", work / "files", check=0)
        cls.from_files = culprit.findings(work / "files")
        with moto_account.Moto() as moto:
            moto_account.load(moto, recording.INCIDENT, cls.shift)
            cls.done = culprit.run(
                "investigate", "--from", (start + cls.shift).isoformat(), "--to", (end + cls.shift).isoformat(),
                "--endpoint-url", moto.url, "--region", moto_account.REGION, "--out", work / "wire",
                AWS_ACCESS_KEY_ID="AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY="secret")
            cls.dry = culprit.run(
                "investigate", "--from", (start + cls.shift).isoformat(), "--to", (end + cls.shift).isoformat(),
                "--endpoint-url", "http://127.0.0.1:9", "--region", moto_account.REGION, "--dry-run",
                cwd=work, AWS_ACCESS_KEY_ID="AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY="secret")
        if cls.done.returncode != 0:
            raise AssertionError(cls.done.err)
        cls.out = work / "wire"
        cls.from_wire = culprit.findings(cls.out)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_the_same_causes_in_the_same_order(self):
        causes = lambda f: [(h["cause"], h["role"]) for h in f["hypotheses"]]
        self.assertEqual(causes(self.from_wire), causes(self.from_files))

    def test_the_same_severity_for_the_same_reasons(self):
        self.assertEqual(self.from_wire["severity"], self.from_files["severity"])
        self.assertEqual([r["text"] for r in self.from_wire["severity_reasons"]],
                         [r["text"] for r in self.from_files["severity_reasons"]])

    def test_the_same_timeline(self):
        nothing = recording.datetime.timedelta(0)
        self.assertEqual(timeline(self.from_wire, self.shift), timeline(self.from_files, nothing))

    def test_the_same_statements_endpoints_and_pattern_counts(self):
        for table, columns in (("statements", ("fingerprint", "calls", "timeouts", "in_list_max")),
                               ("endpoints", ("endpoint", "requests", "errors", "timeouts")),
                               ("patterns", ("id", "count"))):
            pick = lambda f: [[row[c] for c in columns] for row in f[table]]
            self.assertEqual(pick(self.from_wire), pick(self.from_files), table)

    def test_the_journal_lists_every_call(self):
        shown = culprit.run("explain", "incident.culprit", "journal", cwd=self.out, check=0).out
        for action in ("sts:GetCallerIdentity", "ecs:DescribeServices", "ecs:ListTasks", "ecs:DescribeTasks",
                       "rds:DescribeDBInstances", "rds:DescribeEvents", "cloudwatch:GetMetricData",
                       "logs:DescribeLogGroups", "logs:FilterLogEvents"):
            self.assertIn(action, shown)
        self.assertIn("aws logs filter-log-events", shown)

    def test_a_dry_run_tells_calls_and_price_and_asks_nothing(self):
        self.assertEqual(self.dry.returncode, 0, self.dry.err)
        self.assertIn("logs:FilterLogEvents", self.dry.out)
        self.assertIn("US$", self.dry.out)
        self.assertRegex(self.dry.out, r"in all, about +\d+ .* 0\.\d+")


if __name__ == "__main__":
    unittest.main()
