"""`culprit doctor` against endpoints that throttle, deny, expire, lie about the time, break off, or are not there."""

import json
import socket
import unittest

from aws_fake import IDENTITY, KEYS, FakeAws, doctor, error


def checks(done):
    return {line["check"]: line for line in json.loads(done.stdout)["checks"]}


class HostileEndpoint(unittest.TestCase):
    def ask(self, answers, date=None, **variables):
        with FakeAws({"GetCallerIdentity": IDENTITY, **answers}, date) as aws:
            done = doctor("--format", "json", "--endpoint-url", aws.url, **{**KEYS, **variables})
            return done, aws

    def test_denied_permissions_become_the_least_policy(self):
        done, _ = self.ask({"DescribeLogGroups": json.dumps({"logGroups": []})})
        self.assertEqual(done.returncode, 1)
        actions = json.loads(done.stdout)["missing_policy"]["Statement"][0]["Action"]
        self.assertIn("logs:FilterLogEvents", actions)
        self.assertNotIn("logs:DescribeLogGroups", actions)
        self.assertEqual(actions, sorted(actions))

    def test_an_expired_token_is_exit_code_5(self):
        expired = (403, "<ErrorResponse><Error><Code>ExpiredToken</Code><Message>too old</Message></Error></ErrorResponse>")
        done, aws = self.ask({"GetCallerIdentity": expired})
        self.assertEqual(done.returncode, 5)
        self.assertIn("aws sso login", checks(done)["identity"]["hint"])
        self.assertEqual(len(aws.asked), 1)

    def test_an_unreachable_endpoint_is_exit_code_7(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        done = doctor("--format", "json", "--endpoint-url", f"http://127.0.0.1:{port}", **KEYS)
        self.assertEqual(done.returncode, 7)
        self.assertEqual(checks(done)["endpoint"]["status"], "failed")

    def test_a_throttling_storm_passes(self):
        left = {"DescribeLogGroups": 3, "DescribeDBInstances": 2}

        def throttle(asked):
            if left[asked.operation] > 0:
                left[asked.operation] -= 1
                return error("ThrottlingException")
            if asked.operation == "DescribeLogGroups":
                return json.dumps({"logGroups": []})
            return "<DescribeDBInstancesResponse><DescribeDBInstancesResult><DBInstances/></DescribeDBInstancesResult></DescribeDBInstancesResponse>"

        done, _ = self.ask({"DescribeLogGroups": throttle, "DescribeDBInstances": throttle})
        self.assertEqual(checks(done)["permission logs:DescribeLogGroups"]["status"], "ok")
        self.assertEqual(checks(done)["permission rds:DescribeDBInstances"]["status"], "ok")
        self.assertEqual(left, {"DescribeLogGroups": 0, "DescribeDBInstances": 0})

    def test_answers_that_break_off_are_said_to_be_unreadable(self):
        done, _ = self.ask({"DescribeServices": '{"services":[{"serviceName":', "DescribeDBInstances": "<DescribeDBInst"})
        self.assertEqual(done.returncode, 1)
        self.assertIn("not JSON", checks(done)["permission ecs:DescribeServices"]["detail"])
        self.assertIn("not well-formed XML", checks(done)["permission rds:DescribeDBInstances"]["detail"])

    def test_a_huge_answer_is_not_swallowed(self):
        done, _ = self.ask({"DescribeServices": b"[" + b" " * (40 << 20)})
        self.assertIn("larger than 16 MiB", checks(done)["permission ecs:DescribeServices"]["detail"])

    def test_a_clock_that_is_off_fails(self):
        done, _ = self.ask({}, date="Mon, 01 Jan 2024 00:00:00 GMT")
        self.assertEqual(checks(done)["clock"]["status"], "failed")
        self.assertIn("NTP", checks(done)["clock"]["hint"])

    def test_debug_shows_requests_without_secrets(self):
        with FakeAws({"GetCallerIdentity": IDENTITY}) as aws:
            done = doctor("--debug", "--endpoint-url", aws.url, **KEYS, AWS_SESSION_TOKEN="session-secret")
        self.assertIn("> POST " + aws.url, done.stderr)
        self.assertIn("Signature=***", done.stderr)
        for secret in ("very-secret", "session-secret"):
            self.assertNotIn(secret, done.stderr + done.stdout)

    def test_an_endpoint_without_scheme_is_a_usage_error(self):
        done = doctor("--endpoint-url", "127.0.0.1:5000", **KEYS)
        self.assertEqual(done.returncode, 2)
        self.assertIn("with its scheme", done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
