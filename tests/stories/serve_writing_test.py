"""Writing to `culprit serve --store`: boto3 and the aws CLI write, and read what they wrote; what was acknowledged is
there after a kill."""

import datetime
import os
import random
import tempfile
import threading
import time
import unittest

import serving

try:
    import boto3
    import botocore.config
    import botocore.exceptions
except ImportError:
    boto3 = None


def now_ms():
    return int(time.time() * 1000)


@unittest.skipUnless(boto3, "boto3 is not installed")
class Writing(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.server = serving.Serve("--store", self.folder.name + "/store").__enter__()
        self.logs, self.cloudwatch = self.server.client("logs"), self.server.client("cloudwatch")

    def tearDown(self):
        self.server.__exit__()
        self.folder.cleanup()

    def code_of(self, call, **parameters):
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            call(**parameters)
        return caught.exception.response["Error"]["Code"]

    def make_stream(self):
        self.logs.create_log_group(logGroupName="/app", tags={"team": "a"})
        self.logs.create_log_stream(logGroupName="/app", logStreamName="s")

    def messages(self, **more):
        pages = self.logs.get_paginator("filter_log_events").paginate(logGroupName="/app", **more)
        return [e["message"] for page in pages for e in page["events"]]

    def test_log_events_are_read_as_they_were_written(self):
        self.make_stream()
        at = now_ms()
        answer = self.logs.put_log_events(logGroupName="/app", logStreamName="s", logEvents=[
            {"timestamp": at, "message": "first é"}, {"timestamp": at + 1, "message": "ERROR second"}])
        self.assertNotIn("rejectedLogEventsInfo", answer)
        self.assertEqual(self.messages(), ["first é", "ERROR second"])
        self.assertEqual(self.messages(filterPattern="ERROR"), ["ERROR second"])

    def test_groups_streams_retention_and_tags(self):
        self.make_stream()
        self.assertEqual(self.code_of(self.logs.create_log_group, logGroupName="/app"),
                         "ResourceAlreadyExistsException")
        self.assertEqual(self.code_of(self.logs.create_log_stream, logGroupName="/none", logStreamName="s"),
                         "ResourceNotFoundException")
        self.logs.put_retention_policy(logGroupName="/app", retentionInDays=7)
        group = self.logs.describe_log_groups()["logGroups"][0]
        self.assertEqual((group["logGroupName"], group["retentionInDays"]), ("/app", 7))
        self.assertEqual(self.code_of(self.logs.put_retention_policy, logGroupName="/app", retentionInDays=8),
                         "InvalidParameterException")
        self.logs.delete_retention_policy(logGroupName="/app")
        self.assertNotIn("retentionInDays", self.logs.describe_log_groups()["logGroups"][0])
        self.assertEqual(self.logs.list_tags_for_resource(resourceArn=group["arn"])["tags"], {"team": "a"})
        streams = self.logs.describe_log_streams(logGroupName="/app")["logStreams"]
        self.assertEqual([s["logStreamName"] for s in streams], ["s"])

    def test_what_is_too_old_or_too_new_is_told_by_index(self):
        self.make_stream()
        hour, day = 3_600_000, 86_400_000
        put = lambda *times: self.logs.put_log_events(
            logGroupName="/app", logStreamName="s",
            logEvents=[{"timestamp": t, "message": "m"} for t in times]).get("rejectedLogEventsInfo")
        now = now_ms()
        self.assertEqual(put(now - 15 * day), {"tooOldLogEventEndIndex": 1})
        self.assertEqual(put(now, now + 3 * hour), {"tooNewLogEventStartIndex": 1})
        self.logs.put_retention_policy(logGroupName="/app", retentionInDays=1)
        self.assertEqual(put(now - day - hour, now - hour), {"expiredLogEventEndIndex": 1})
        self.assertEqual(len(self.messages()), 2)

    def test_batches_that_are_refused(self):
        self.make_stream()
        put = lambda events, **more: self.code_of(self.logs.put_log_events, **{
            "logGroupName": "/app", "logStreamName": "s", "logEvents": events, **more})
        at = now_ms()
        event = {"timestamp": at, "message": "m"}
        self.assertEqual(put([event, {**event, "timestamp": at - 1}]), "InvalidParameterException")
        self.assertEqual(put([{**event, "timestamp": at - 86_400_001}, event]), "InvalidParameterException")
        self.assertEqual(put([event] * 10_001), "InvalidParameterException")
        self.assertEqual(put([{**event, "message": "x" * 110_000}] * 10), "InvalidParameterException")
        self.assertEqual(put([event], logStreamName="none"), "ResourceNotFoundException")
        self.assertEqual(self.messages(), [])

    def test_metrics_are_added_up(self):
        at = datetime.datetime.now(datetime.timezone.utc).replace(second=0, microsecond=0) - datetime.timedelta(minutes=2)
        put = lambda **datum: self.cloudwatch.put_metric_data(
            Namespace="App", MetricData=[{"MetricName": "latency", "Timestamp": at, "Unit": "Seconds", **datum}])
        put(Value=1.0)
        put(Values=[2.0, 3.0], Counts=[2, 1])
        put(StatisticValues={"SampleCount": 1, "Sum": 10, "Minimum": 10, "Maximum": 10})
        ask = lambda **statistics: self.cloudwatch.get_metric_statistics(
            Namespace="App", MetricName="latency", StartTime=at, EndTime=at + datetime.timedelta(minutes=1), Period=60,
            **statistics)["Datapoints"][0]
        point = ask(Statistics=["SampleCount", "Sum", "Average", "Minimum", "Maximum"])
        self.assertEqual([point[s] for s in ("SampleCount", "Sum", "Minimum", "Maximum", "Unit")], [5, 18, 1, 10, "Seconds"])
        self.assertAlmostEqual(point["Average"], 18 / 5)
        self.assertAlmostEqual(ask(ExtendedStatistics=["p50"])["ExtendedStatistics"]["p50"], 2, delta=0.02)
        self.assertEqual(self.cloudwatch.list_metrics(Namespace="App")["Metrics"][0]["MetricName"], "latency")

    def test_a_large_body_comes_as_gzip(self):
        data = [{"MetricName": f"m{i}", "Value": float(i), "Dimensions": [{"Name": "d", "Value": "v" * 40}]} for i in range(500)]
        self.cloudwatch.put_metric_data(Namespace="Many", MetricData=data)
        pages = self.cloudwatch.get_paginator("list_metrics").paginate(Namespace="Many")
        self.assertEqual(sum(len(page["Metrics"]) for page in pages), 500)

    def test_datapoints_that_are_refused(self):
        put = lambda **datum: self.code_of(self.cloudwatch.put_metric_data, Namespace="App",
                                           MetricData=[{"MetricName": "m", **datum}])
        self.assertEqual(put(Value=float("nan")), "InvalidParameterValue")
        self.assertEqual(put(Value=2.0 ** 361), "InvalidParameterValue")
        self.assertEqual(put(Values=[1.0, 2.0], Counts=[1.0]), "InvalidParameterValue")
        self.assertEqual(put(Value=1.0, Timestamp=datetime.datetime.now(datetime.timezone.utc)
                             - datetime.timedelta(days=15)), "InvalidParameterValue")
        self.assertEqual(put(), "MissingParameter")

    def test_alarms_are_kept_with_their_history(self):
        self.cloudwatch.put_metric_alarm(
            AlarmName="ECS-HighCPU-chatwoot-prod", MetricName="CPUUtilization", Namespace="AWS/ECS", Statistic="Average",
            Period=300, Threshold=70, ComparisonOperator="GreaterThanThreshold", EvaluationPeriods=2)
        alarm = self.cloudwatch.describe_alarms()["MetricAlarms"][0]
        self.assertEqual((alarm["StateValue"], alarm["StateReason"]),
                         ("INSUFFICIENT_DATA", "Unchecked: Initial alarm creation"))
        self.cloudwatch.set_alarm_state(AlarmName=alarm["AlarmName"], StateValue="ALARM", StateReason="by hand")
        self.assertEqual(self.cloudwatch.describe_alarms(StateValue="ALARM")["MetricAlarms"][0]["StateReason"], "by hand")
        kinds = [item["HistoryItemType"] for item in self.cloudwatch.describe_alarm_history()["AlarmHistoryItems"]]
        self.assertEqual(sorted(kinds), ["ConfigurationUpdate", "StateUpdate"])
        self.assertEqual(self.code_of(self.cloudwatch.set_alarm_state, AlarmName="none", StateValue="OK", StateReason=""),
                         "ResourceNotFound")
        self.cloudwatch.delete_alarms(AlarmNames=[alarm["AlarmName"]])
        self.assertEqual(self.cloudwatch.describe_alarms()["MetricAlarms"], [])

    def test_a_key_for_reading_may_not_write(self):
        logs = self.server.client("logs", **self.server.read_only_keys())
        self.assertEqual(self.code_of(logs.create_log_group, logGroupName="/x"), "AccessDeniedException")
        self.assertEqual(logs.describe_log_groups()["logGroups"], [])

    def test_what_was_acknowledged_survives_kills_once(self):
        """Killed amid writing: an acknowledged event or datapoint is there once, one without an answer at most once."""
        self.make_stream()
        patient = {"config": botocore.config.Config(retries={"max_attempts": 0}, connect_timeout=5, read_timeout=5)}
        events, doubtful, points, points_doubtful = [], [], 0, 0
        random.seed(5)
        for round_number in range(int(os.environ.get("CULPRIT_KILLS", "10"))):
            logs, cloudwatch = self.server.client("logs", **patient), self.server.client("cloudwatch", **patient)
            killer = threading.Timer(random.uniform(0.01, 0.12), self.server.process.kill)
            killer.start()
            try:
                for i in range(1000):
                    text = f"{round_number} {i}"
                    doubtful.append(text)
                    logs.put_log_events(logGroupName="/app", logStreamName="s",
                                        logEvents=[{"timestamp": now_ms(), "message": text}])
                    events.append(doubtful.pop())
                    points_doubtful += 1
                    cloudwatch.put_metric_data(Namespace="App", MetricData=[{"MetricName": "n", "Value": 1.0}])
                    points, points_doubtful = points + 1, points_doubtful - 1
            except botocore.exceptions.BotoCoreError:
                pass
            killer.join()
            self.server.__exit__()
            self.server = serving.Serve("--store", self.folder.name + "/store").__enter__()
        self.logs, self.cloudwatch = self.server.client("logs"), self.server.client("cloudwatch")
        found = self.messages()
        self.assertEqual(len(found), len(set(found)))
        self.assertLessEqual(set(events), set(found))
        self.assertLessEqual(set(found), set(events) | set(doubtful))
        self.assertGreater(len(events), 0)
        end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=1)
        counts = self.cloudwatch.get_metric_statistics(
            Namespace="App", MetricName="n", StartTime=end - datetime.timedelta(hours=2), EndTime=end, Period=60,
            Statistics=["SampleCount"])["Datapoints"]
        total = sum(p["SampleCount"] for p in counts)
        self.assertGreaterEqual(total, points)
        self.assertLessEqual(total, points + points_doubtful)


if __name__ == "__main__":
    unittest.main()
