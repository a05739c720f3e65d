"""Throttling through the real program: an AWS that throttles everything, one API, or for a while, at default settings."""

import json
import pathlib
import tempfile
import threading
import time
import unittest

import culprit
from aws_fake import IDENTITY, KEYS, FakeAws, doctor, error, readable_aws

LIVE = {**KEYS, "AWS_REGION": "us-east-1", "NO_PROXY": "*"}
THROTTLED = (400, json.dumps({"__type": "ThrottlingException", "message": "Rate exceeded"}))
OPERATIONS = ("GetCallerIdentity", "DescribeClusters", "DescribeServices", "ListTasks", "DescribeTasks",
              "DescribeDBInstances", "DescribeEvents", "GetMetricData", "ListMetrics", "DescribeAlarms",
              "DescribeLogGroups", "FilterLogEvents")
BOUND_S = 60



def passing(seconds):
    """Everything throttles for a while, then answers."""
    over = time.monotonic() + seconds
    calm = readable_aws()

    def stormy(name):
        def answer(asked):
            if time.monotonic() < over:
                return THROTTLED
            reply = calm.get(name, error("AccessDeniedException", 403))
            return reply(asked) if callable(reply) else reply
        return answer

    return {name: stormy(name) for name in OPERATIONS}


class Run:
    """One investigation under way, in its own folder."""

    def __init__(self, folder, answers, *arguments):
        self.dir, self.out = folder, folder / "out"
        folder.mkdir()
        self.aws = FakeAws(answers)
        self.thread = threading.Thread(target=self.run, args=arguments)
        self.thread.start()

    def run(self, *arguments):
        started = time.monotonic()
        self.done = culprit.run("investigate", "--out", self.out, "--from", "-10m", "--endpoint-url", self.aws.url,
                                *arguments, cwd=self.dir, timeout=300, **LIVE)
        self.took_s = time.monotonic() - started

    def join(self):
        self.thread.join()
        self.aws.__exit__()
        return self


class Storm(unittest.TestCase):
    """The storms run side by side: nearly all of their time is waiting."""

    @classmethod
    def setUpClass(cls):
        holder = tempfile.TemporaryDirectory(prefix="culprit-story-")
        cls.addClassCleanup(holder.cleanup)
        every = {name: THROTTLED for name in OPERATIONS}
        fault = (500, json.dumps({"__type": "InternalFailure", "message": "sorry"}))
        work = pathlib.Path(holder.name)
        cls.runs = {
            "all": Run(work / "all", every),
            "all but who asks": Run(work / "identity", {**every, "GetCallerIdentity": IDENTITY}, "-q"),
            "one": Run(work / "one", {**readable_aws(), "DescribeServices": THROTTLED}),
            "passing": Run(work / "passing", passing(8)),
            "faults": Run(work / "faults", {name: fault for name in OPERATIONS}),
        }
        started = time.monotonic()
        with FakeAws(every) as aws:
            cls.doctor = doctor("--endpoint-url", aws.url, **KEYS)
        cls.doctor_took_s = time.monotonic() - started
        for run in cls.runs.values():
            run.join()

    def assert_gave_up(self, run):
        self.assertLess(run.took_s, BOUND_S)
        self.assertEqual(run.done.returncode, 7, run.done.err)
        self.assertEqual(run.done.out, "")
        message = run.done.err[run.done.err.index("culprit: "):]
        for text in ("throttled", "ThrottlingException: Rate exceeded", run.aws.url, "wait some minutes"):
            self.assertIn(text, message)
        self.assertEqual(list(run.dir.iterdir()), [])

    def test_endless_throttling_of_everything_is_7_in_bounded_time_and_the_wait_is_told(self):
        run = self.runs["all"]
        self.assert_gave_up(run)
        self.assertIn("sts:GetCallerIdentity is throttled (ThrottlingException); waiting up to", run.done.err)
        self.assertEqual({asked.operation for asked in run.aws.asked} - set(OPERATIONS), set())
        self.assertLess(len(run.aws.asked), 100)  # no hammering either

    def test_who_asks_alone_is_no_evidence(self):
        run = self.runs["all but who asks"]
        self.assert_gave_up(run)
        self.assertNotIn("waiting", run.done.err)  # -q

    def test_throttling_of_one_api_is_a_gap_in_a_report(self):
        run = self.runs["one"]
        self.assertLess(run.took_s, BOUND_S)
        self.assertIn(run.done.returncode, (0, 11), run.done.err)
        gaps = [g for g in culprit.findings(run.out)["gaps"] if g["reason"] == "throttled"]
        self.assertEqual({g["action"] for g in gaps}, {"ecs:DescribeServices"})
        self.assertIn("ThrottlingException", gaps[0]["detail"])
        self.assertIn("ecs:DescribeServices", (run.out / "report.md").read_text(encoding="utf-8"))

    def test_a_storm_that_passes_costs_nothing_but_time(self):
        run = self.runs["passing"]
        self.assertIn(run.done.returncode, (0, 11), run.done.err)
        self.assertEqual([g for g in culprit.findings(run.out)["gaps"] if g["reason"] == "throttled"], [])
        self.assertGreater(len(run.aws.asked), len(OPERATIONS))

    def test_endless_faults_of_every_service_are_7_too(self):
        run = self.runs["faults"]
        self.assertLess(run.took_s, BOUND_S)
        self.assertEqual(run.done.returncode, 7, run.done.err)
        for text in ("InternalFailure: sorry", run.aws.url, "health.aws.amazon.com"):
            self.assertIn(text, run.done.err)

    def test_doctor_gives_up_in_bounded_time(self):
        self.assertLess(self.doctor_took_s, BOUND_S)
        self.assertEqual(self.doctor.returncode, 7)
        self.assertIn("wait some minutes", self.doctor.stdout)
        self.assertIn("is throttled", self.doctor.stderr)


if __name__ == "__main__":
    unittest.main()
