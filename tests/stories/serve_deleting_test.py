"""Deleting log groups and streams, and metric filters, on a live `culprit serve` by boto3."""

import datetime
import json
import os
import pathlib
import tempfile
import time
import unittest

import serving

try:
    import boto3
    import botocore.exceptions
except ImportError:
    boto3 = None

CASES = pathlib.Path(os.environ.get("CULPRIT_SHARED", "")) / "cases"


@unittest.skipUnless(boto3, "boto3 is not installed")
class Deleting(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.store = pathlib.Path(folder.name) / "store"
        self.start()

    def start(self):
        self.server = serving.Serve("--store", self.store).__enter__()
        self.addCleanup(self.stop, self.server)
        self.logs = self.server.client("logs")

    def stop(self, server):
        if server.process.poll() is None:
            server.__exit__()

    def restart(self):
        self.server.__exit__()
        self.start()

    def write(self, group, stream, *messages, make=True):
        if make:
            self.logs.create_log_stream(logGroupName=group, logStreamName=stream)
        now = int(time.time() * 1000)
        self.logs.put_log_events(logGroupName=group, logStreamName=stream,
                                 logEvents=[{"timestamp": now, "message": m} for m in messages])

    def messages(self, group):
        return sorted(e["message"] for e in self.logs.filter_log_events(logGroupName=group)["events"])

    def counted(self, group):
        query = self.logs.start_query(logGroupName=group, startTime=0, endTime=int(time.time()) + 60,
                                      queryString="stats count(*) as n")["queryId"]
        for _ in range(100):
            answer = self.logs.get_query_results(queryId=query)
            if answer["status"] == "Complete":
                return int(answer["results"][0][0]["value"])
            time.sleep(0.05)
        raise AssertionError("the query did not end")

    def groups(self):
        return [g["logGroupName"] for g in self.logs.describe_log_groups()["logGroups"]]

    def streams(self, group):
        return [s["logStreamName"] for s in self.logs.describe_log_streams(logGroupName=group)["logStreams"]]

    def code_of(self, call, **parameters):
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            call(**parameters)
        return caught.exception.response["Error"]["Code"]

    def message_of(self, call, **parameters):
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            call(**parameters)
        return caught.exception.response["Error"]["Message"]

    def test_a_deleted_group_is_gone_and_its_name_begins_anew(self):
        self.logs.create_log_group(logGroupName="/app")
        self.logs.create_log_group(logGroupName="/other")
        self.write("/app", "one", "old", "older")
        self.write("/other", "one", "stays")
        self.logs.delete_log_group(logGroupName="/app")
        self.assertEqual(self.groups(), ["/other"])
        self.assertEqual(self.code_of(self.logs.filter_log_events, logGroupName="/app"), "ResourceNotFoundException")
        self.assertEqual(self.code_of(self.logs.delete_log_group, logGroupName="/app"), "ResourceNotFoundException")
        self.logs.create_log_group(logGroupName="/app")
        self.assertEqual(self.streams("/app"), [])
        self.assertEqual(self.messages("/app"), [])
        self.write("/app", "one", "new")
        for _ in range(2):
            self.assertEqual(self.groups(), ["/app", "/other"])
            self.assertEqual(self.messages("/app"), ["new"])
            self.assertEqual(self.messages("/other"), ["stays"])
            self.assertEqual(self.counted("/app"), 1)
            self.assertEqual(self.streams("/app"), ["one"])
            self.restart()

    def test_a_group_deleted_stays_so_over_a_restart(self):
        self.logs.create_log_group(logGroupName="/app")
        self.write("/app", "one", "old")
        self.logs.delete_log_group(logGroupName="/app")
        self.restart()
        self.assertEqual(self.groups(), [])
        self.assertEqual(self.code_of(self.logs.create_log_stream, logGroupName="/app", logStreamName="one"),
                         "ResourceNotFoundException")

    def test_a_deleted_stream_takes_its_events_along(self):
        self.logs.create_log_group(logGroupName="/app")
        self.write("/app", "one", "a")
        self.write("/app", "two", "b")
        self.logs.delete_log_stream(logGroupName="/app", logStreamName="one")
        for _ in range(2):
            self.assertEqual(self.messages("/app"), ["b"])
            self.assertEqual(self.streams("/app"), ["two"])
            self.assertEqual(self.code_of(self.logs.get_log_events, logGroupName="/app", logStreamName="one"),
                             "ResourceNotFoundException")
            self.restart()
        self.write("/app", "one", "again")
        self.assertEqual(self.messages("/app"), ["again", "b"])

    def test_metric_filters_are_listed_and_deleted(self):
        self.logs.create_log_group(logGroupName="/app")
        put = lambda name, metric: self.logs.put_metric_filter(
            logGroupName="/app", filterName=name, filterPattern="ERROR",
            metricTransformations=[{"metricName": metric, "metricNamespace": "App", "metricValue": "1"}])
        put("errors", "Errors")
        put("more", "More")
        self.restart()
        listed = self.logs.describe_metric_filters(logGroupName="/app")["metricFilters"]
        self.assertEqual([f["filterName"] for f in listed], ["errors", "more"])
        self.assertEqual(listed[0]["metricTransformations"],
                         [{"metricName": "Errors", "metricNamespace": "App", "metricValue": "1"}])
        by_metric = self.logs.describe_metric_filters(metricName="More", metricNamespace="App")["metricFilters"]
        self.assertEqual([f["filterName"] for f in by_metric], ["more"])
        self.assertEqual(self.logs.describe_log_groups()["logGroups"][0]["metricFilterCount"], 2)
        self.logs.delete_metric_filter(logGroupName="/app", filterName="errors")
        self.assertEqual(self.code_of(self.logs.delete_metric_filter, logGroupName="/app", filterName="errors"),
                         "ResourceNotFoundException")
        self.assertEqual(self.code_of(
            self.logs.put_metric_filter, logGroupName="/app", filterName="bad", filterPattern="IN (",
            metricTransformations=[{"metricName": "m", "metricNamespace": "App", "metricValue": "1"}]),
            "InvalidParameterException")

    def test_metric_filters_that_are_refused(self):
        self.logs.create_log_group(logGroupName="/app")
        transformation = {"metricName": "m", "metricNamespace": "App", "metricValue": "1"}
        good = {"logGroupName": "/app", "filterName": "f", "filterPattern": "{ $.a = 1 }",
                "metricTransformations": [transformation]}
        put = lambda **changed: self.message_of(self.logs.put_metric_filter, **{**good, **changed})
        self.assertIn("at 'filterName' failed to satisfy constraint: Member must have length less than or equal to 512",
                      put(filterName="x" * 513))
        self.assertIn("at 'filterPattern' failed to satisfy constraint: Member must have length less than or equal to 1024",
                      put(filterPattern="x" * 1025))
        self.assertIn("at 'metricTransformations' failed to satisfy constraint: Member must have length less than or equal to 1",
                      put(metricTransformations=[transformation] * 2))
        self.assertIn("at 'filterNamePrefix' failed to satisfy constraint: Member must have length less than or equal to 512",
                      self.message_of(self.logs.describe_metric_filters, filterNamePrefix="x" * 513))
        dimensions = {"a": "$.a", "b": "$.b", "c": "$.c"}
        put(metricTransformations=[{**transformation, "dimensions": dimensions, "defaultValue": 0}])
        put(metricTransformations=[{**transformation, "dimensions": {**dimensions, "d": "$.d"}}])
        put(metricTransformations=[{**transformation, "dimensions": dimensions}], filterPattern="ERROR")
        put(logGroupName="/none")
        self.assertEqual(self.logs.describe_metric_filters(logGroupName="/app")["metricFilters"], [])

    @unittest.skipUnless(CASES.is_dir(), "no cases")
    def test_metric_filters_publish_what_the_service_does(self):
        cloudwatch = self.server.client("cloudwatch")
        now = datetime.datetime.now(datetime.timezone.utc)
        for number, case in enumerate(json.loads((CASES / "metric_filters.json").read_text())["cases"]):
            with self.subTest(case["id"]):
                group, space = f"/case/{number}", f"Case{number}"
                self.logs.create_log_group(logGroupName=group)
                self.logs.create_log_stream(logGroupName=group, logStreamName="s")
                transformation = {**case["filter"]["metricTransformations"][0], "metricNamespace": space}
                self.logs.put_metric_filter(logGroupName=group, filterName="f",
                                            filterPattern=case["filter"]["filterPattern"],
                                            metricTransformations=[transformation])
                if case["events"]:
                    shift = int(now.timestamp()) // 60 * 60000 - 120000 - case["events"][0]["timestamp"] // 60000 * 60000
                    self.logs.put_log_events(logGroupName=group, logStreamName="s", logEvents=[
                        {**event, "timestamp": event["timestamp"] + shift} for event in case["events"]])
                expected = case["expected"][0] if case["expected"] else {}
                dimensions = [{"Name": k, "Value": v} for k, v in expected.get("dimensions", {}).items()]
                points = cloudwatch.get_metric_statistics(
                    Namespace=space, MetricName=transformation["metricName"], Dimensions=dimensions, Period=60,
                    StartTime=now - datetime.timedelta(minutes=10), EndTime=now + datetime.timedelta(minutes=1),
                    Statistics=["Sum", "SampleCount", "Minimum", "Maximum"])["Datapoints"]
                self.assertEqual(len(points), len(case["expected"]))
                for name in ("Sum", "SampleCount", "Minimum", "Maximum", "Unit"):
                    if name in expected:
                        self.assertEqual(points[0][name], expected[name], name)

    @unittest.skipUnless(CASES.is_dir(), "no cases")
    def test_filter_patterns_match_what_the_service_matches(self):
        """By TestMetricFilter, and by FilterLogEvents over written events."""
        cases = [json.loads(line) for line in (CASES / "filter_patterns.jsonl").read_text().splitlines()[1:]]
        by_pattern = {}
        for case in cases:
            by_pattern.setdefault(case["pattern"], []).append(case)
        self.logs.create_log_group(logGroupName="/cases")
        for number, (pattern, of_pattern) in enumerate(by_pattern.items()):
            stream = str(number)
            self.logs.create_log_stream(logGroupName="/cases", logStreamName=stream)
            for case in of_pattern:
                with self.subTest(case["id"]):
                    messages = [case["message"] or " "]
                    if case["matches"] is None:
                        for call, more in ((self.logs.test_metric_filter, {"logEventMessages": messages}),
                                           (self.logs.filter_log_events, {"logGroupName": "/cases"})):
                            message = self.message_of(call, filterPattern=pattern, **more)
                            self.assertIn(case.get("error_text") or "", message)
                        continue
                    if case["message"]:
                        found = self.logs.test_metric_filter(filterPattern=pattern, logEventMessages=messages)["matches"]
                        self.assertEqual(len(found), int(case["matches"]))
                        if case["matches"] and case.get("extracted"):
                            self.assertEqual({**found[0]["extractedValues"], **case["extracted"]},
                                             found[0]["extractedValues"])
            written = [c for c in of_pattern if c["matches"] is not None and c["message"]]
            if not written:
                continue
            now = int(time.time() * 1000)
            self.logs.put_log_events(logGroupName="/cases", logStreamName=stream, logEvents=[
                {"timestamp": now, "message": c["message"]} for c in written])
            found = self.logs.filter_log_events(logGroupName="/cases", logStreamNames=[stream], filterPattern=pattern)
            with self.subTest(pattern):
                self.assertEqual([e["message"] for e in found["events"]], [c["message"] for c in written if c["matches"]])


if __name__ == "__main__":
    unittest.main()
