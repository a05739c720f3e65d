"""Operations around metrics and logs on a live `culprit serve`, by boto3 and the aws CLI: actions of alarms and
subscription filters reach a webhook; tags, dashboards, anomaly detectors, pictures."""

import datetime
import json
import struct
import tempfile
import time
import unittest
import zlib

import receivers
import serving

try:
    import boto3
    import botocore.exceptions
except ImportError:
    boto3 = None

TOPIC = "arn:aws:sns:us-east-1:123456789012:oncall"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:ship"


def wait_for(found, seconds=20):
    """What `found` returns once it is something."""
    end = time.time() + seconds
    while time.time() < end:
        result = found()
        if result:
            return result
        time.sleep(0.1)
    return found()


def pixels_of(png):
    """Width, height and rows of an 8-bit RGB picture whose rows are unfiltered."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    at, data = 8, b""
    while at < len(png):
        size, kind = struct.unpack(">I4s", png[at:at + 8])
        body = png[at + 8:at + 8 + size]
        assert zlib.crc32(kind + body) == struct.unpack(">I", png[at + 8 + size:at + 12 + size])[0]
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", body[:10])
            assert (depth, colour) == (8, 2)
        if kind == b"IDAT":
            data += body
        at += 12 + size
    rows, line = zlib.decompress(data), width * 3 + 1
    return width, height, [rows[y * line + 1:(y + 1) * line] for y in range(height)]


@unittest.skipUnless(boto3, "boto3 is not installed")
class Operations(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.hooks = receivers.Hooks().__enter__()
        self.addCleanup(self.hooks.__exit__, None, None, None)
        self.store = folder.name + "/store"
        self.start()

    def start(self):
        self.server = serving.Serve("--store", self.store, "--webhook", f"{TOPIC}={self.hooks.url}/topic",
                                    "--webhook", f"{FUNCTION}={self.hooks.url}/function").__enter__()
        self.addCleanup(self.stop, self.server)
        self.logs, self.cloudwatch = self.server.client("logs"), self.server.client("cloudwatch")

    def stop(self, server):
        if server.process.poll() is None:
            server.__exit__()

    def restart(self):
        self.server.__exit__()
        self.start()

    def refused(self, call, **parameters):
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            call(**parameters)
        return caught.exception.response["Error"]["Code"]

    def put_alarm(self, name, **more):
        self.cloudwatch.put_metric_alarm(**{
            "AlarmName": name, "Namespace": "App", "MetricName": "load", "Statistic": "Average", "Period": 60,
            "EvaluationPeriods": 1, "Threshold": 70, "ComparisonOperator": "GreaterThanThreshold", **more})

    def set_state(self, name, state):
        self.cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="by hand")

    def told(self, path="/topic"):
        return [json.loads(body["Message"]) for body in self.hooks.bodies(path)]

    def test_an_action_of_an_alarm_reaches_its_webhook_and_the_history(self):
        self.put_alarm("high", AlarmActions=[TOPIC], OKActions=[TOPIC], InsufficientDataActions=["arn:aws:sns:us-east-1:1:none"],
                       Dimensions=[{"Name": "Host", "Value": "a"}])
        self.set_state("high", "ALARM")
        message = wait_for(self.told)[0]
        self.assertEqual((message["AlarmName"], message["OldStateValue"], message["NewStateValue"], message["NewStateReason"]),
                         ("high", "INSUFFICIENT_DATA", "ALARM", "by hand"))
        self.assertEqual(message["Trigger"]["Dimensions"], [{"value": "a", "name": "Host"}])
        body = self.hooks.bodies("/topic")[0]
        self.assertEqual((body["Type"], body["TopicArn"], body["Subject"]), ("Notification", TOPIC, 'ALARM: "high"'))
        history = lambda: [i["HistorySummary"] for i in self.cloudwatch.describe_alarm_history(
            AlarmName="high", HistoryItemType="Action")["AlarmHistoryItems"]]
        self.assertEqual(wait_for(history), [f"Successfully executed action {TOPIC}"])
        self.cloudwatch.disable_alarm_actions(AlarmNames=["high"])
        self.set_state("high", "OK")
        self.cloudwatch.enable_alarm_actions(AlarmNames=["high"])
        self.set_state("high", "ALARM")
        self.assertEqual(wait_for(lambda: len(self.told()) == 2 and [m["NewStateValue"] for m in self.told()]), ["ALARM", "ALARM"])
        self.set_state("high", "INSUFFICIENT_DATA")
        self.assertTrue(wait_for(lambda: any("Failed to execute" in line for line in history())))

    def test_composite_alarms_follow_at_once_and_suppressed_actions_wait(self):
        for name in ("cpu", "latency", "maintenance"):
            self.put_alarm(name)
        self.cloudwatch.put_composite_alarm(AlarmName="both", AlarmRule="ALARM(cpu) AND ALARM(latency)", AlarmActions=[TOPIC])
        self.cloudwatch.put_composite_alarm(AlarmName="above", AlarmRule="ALARM(both)", AlarmActions=[TOPIC],
                                            ActionsSuppressor="maintenance", ActionsSuppressorWaitPeriod=600,
                                            ActionsSuppressorExtensionPeriod=600)
        self.set_state("cpu", "ALARM")
        state = lambda name: self.cloudwatch.describe_alarms(
            AlarmNames=[name], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"][0]["StateValue"]
        self.assertEqual(state("both"), "OK")
        self.set_state("latency", "ALARM")
        self.assertEqual((state("both"), state("above")), ("ALARM", "ALARM"))
        self.assertEqual([m["AlarmName"] for m in wait_for(self.told)], ["both"])

    def test_alarms_of_a_metric(self):
        self.put_alarm("average")
        self.put_alarm("other", MetricName="other")
        self.cloudwatch.put_metric_alarm(
            AlarmName="math", EvaluationPeriods=1, Threshold=1, ComparisonOperator="GreaterThanThreshold", Metrics=[
                {"Id": "m", "ReturnData": False, "MetricStat": {"Metric": {"Namespace": "App", "MetricName": "load"},
                                                                "Period": 60, "Stat": "Sum"}},
                {"Id": "e", "Expression": "m * 2"}])
        names = lambda **more: [a["AlarmName"] for a in self.cloudwatch.describe_alarms_for_metric(
            Namespace="App", MetricName="load", **more)["MetricAlarms"]]
        self.assertEqual(names(), ["average", "math"])
        self.assertEqual(names(Statistic="Average", Period=60), ["average"])
        self.assertEqual(names(Dimensions=[{"Name": "Host", "Value": "a"}]), [])

    def test_tags_of_alarms(self):
        self.put_alarm("high", Tags=[{"Key": "team", "Value": "a"}])
        arn = self.cloudwatch.describe_alarms()["MetricAlarms"][0]["AlarmArn"]
        tags = lambda: {t["Key"]: t["Value"] for t in self.cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"]}
        self.assertEqual(tags(), {"team": "a"})
        self.cloudwatch.tag_resource(ResourceARN=arn, Tags=[{"Key": "stage", "Value": "prod"}])
        self.cloudwatch.untag_resource(ResourceARN=arn, TagKeys=["team"])
        self.restart()
        self.assertEqual(tags(), {"stage": "prod"})
        self.assertEqual(self.refused(self.cloudwatch.list_tags_for_resource, ResourceARN=arn + "x"), "ResourceNotFoundException")
        self.cloudwatch.delete_alarms(AlarmNames=["high"])
        self.put_alarm("high")
        self.assertEqual(tags(), {})

    def test_dashboards(self):
        body = json.dumps({"widgets": [{"type": "text", "properties": {"markdown": "hello"}}]})
        self.assertEqual(self.cloudwatch.put_dashboard(DashboardName="ops", DashboardBody=body)["DashboardValidationMessages"], [])
        self.cloudwatch.put_dashboard(DashboardName="ops-2", DashboardBody="{}")
        self.restart()
        self.assertEqual(self.cloudwatch.get_dashboard(DashboardName="ops")["DashboardBody"], body)
        entries = self.cloudwatch.list_dashboards(DashboardNamePrefix="ops")["DashboardEntries"]
        self.assertEqual([(e["DashboardName"], e["Size"]) for e in entries], [("ops", len(body)), ("ops-2", 2)])
        self.assertLess(abs(time.time() - entries[0]["LastModified"].timestamp()), 300)
        self.assertEqual(self.refused(self.cloudwatch.put_dashboard, DashboardName="ops", DashboardBody="no json"),
                         "InvalidParameterInput")
        self.assertEqual(self.refused(self.cloudwatch.delete_dashboards, DashboardNames=["ops", "none"]), "ResourceNotFound")
        self.cloudwatch.delete_dashboards(DashboardNames=["ops"])
        self.assertEqual(self.refused(self.cloudwatch.get_dashboard, DashboardName="ops"), "ResourceNotFound")
        by_cli = self.server.aws_json("aws cloudwatch list-dashboards")
        self.assertEqual([e["DashboardName"] for e in by_cli["DashboardEntries"]], ["ops-2"])

    def test_anomaly_detectors(self):
        metric = {"Namespace": "App", "MetricName": "load", "Stat": "Average", "Dimensions": [{"Name": "Host", "Value": "a"}]}
        self.cloudwatch.put_anomaly_detector(
            SingleMetricAnomalyDetector=metric,
            Configuration={"ExcludedTimeRanges": [{"StartTime": datetime.datetime(2025, 8, 21, 17), "EndTime": datetime.datetime(2025, 8, 21, 18)}],
                           "MetricTimezone": "America/Costa_Rica"})
        self.cloudwatch.put_anomaly_detector(MetricMathAnomalyDetector={"MetricDataQueries": [
            {"Id": "m", "MetricStat": {"Metric": {"Namespace": "App", "MetricName": "load"}, "Period": 60, "Stat": "Sum"}}]})
        self.restart()
        listed = self.cloudwatch.describe_anomaly_detectors(Namespace="App")["AnomalyDetectors"]
        self.assertEqual([d["SingleMetricAnomalyDetector"] for d in listed], [metric])
        self.assertEqual(listed[0]["StateValue"], "TRAINED_INSUFFICIENT_DATA")
        self.assertEqual(listed[0]["Configuration"]["ExcludedTimeRanges"][0]["StartTime"].year, 2025)
        both = self.cloudwatch.describe_anomaly_detectors(AnomalyDetectorTypes=["SINGLE_METRIC", "METRIC_MATH"])["AnomalyDetectors"]
        self.assertEqual(len(both), 2)
        self.cloudwatch.delete_anomaly_detector(SingleMetricAnomalyDetector=metric)
        self.assertEqual(self.refused(self.cloudwatch.delete_anomaly_detector, SingleMetricAnomalyDetector=metric),
                         "ResourceNotFoundException")

    def test_a_widget_is_drawn_from_its_datapoints(self):
        now = datetime.datetime.now(datetime.timezone.utc).replace(second=0, microsecond=0)
        self.cloudwatch.put_metric_data(Namespace="App", MetricData=[
            {"MetricName": name, "Value": value + i, "Timestamp": now - datetime.timedelta(minutes=60 - i)}
            for i in range(60) for name, value in (("load", 10), ("queue", 50))])
        widget = {"width": 500, "height": 300, "title": "Load", "period": 60, "start": "-PT1H", "metrics": [
            ["App", "load", {"color": "#ff0000"}], [".", "queue", {"id": "q", "color": "#00ff00"}],
            [{"expression": "q * 2", "label": "twice", "color": "#0000ff"}]]}
        png = self.cloudwatch.get_metric_widget_image(MetricWidget=json.dumps(widget))["MetricWidgetImage"]
        width, height, rows = pixels_of(png)
        self.assertEqual((width, height), (500, 300))
        coloured = lambda colour, upto: sum(row[i:i + 3] == bytes(colour) for row in rows[:upto] for i in range(0, width * 3, 3))
        for colour in ((255, 0, 0), (0, 255, 0), (0, 0, 255)):
            self.assertGreater(coloured(colour, 240), 100)
        nothing = {**widget, "metrics": [["App", "none", {"color": "#ff0000"}]]}
        rows = pixels_of(self.cloudwatch.get_metric_widget_image(MetricWidget=json.dumps(nothing))["MetricWidgetImage"])[2]
        self.assertEqual(coloured((255, 0, 0), 240), 0)
        self.assertEqual(self.refused(self.cloudwatch.get_metric_widget_image, MetricWidget="no json"), "ValidationError")

    def test_a_subscription_filter_sends_what_matches(self):
        self.logs.create_log_group(logGroupName="/app")
        self.logs.create_log_stream(logGroupName="/app", logStreamName="s")
        put = lambda name, pattern, **more: self.logs.put_subscription_filter(
            **{"logGroupName": "/app", "filterName": name, "filterPattern": pattern, "destinationArn": FUNCTION, **more})
        put("errors", "ERROR")
        self.restart()
        now = int(time.time() * 1000)
        self.logs.put_log_events(logGroupName="/app", logStreamName="s", logEvents=[
            {"timestamp": now, "message": m} for m in ("fine", "ERROR one", "ERROR two")])
        body = wait_for(lambda: self.hooks.bodies("/function"))[0]
        self.assertEqual((body["messageType"], body["logGroup"], body["logStream"], body["subscriptionFilters"]),
                         ("DATA_MESSAGE", "/app", "s", ["errors"]))
        self.assertEqual([e["message"] for e in body["logEvents"]], ["ERROR one", "ERROR two"])
        by_search = self.logs.filter_log_events(logGroupName="/app", filterPattern="ERROR")["events"]
        self.assertEqual([e["id"] for e in body["logEvents"]], [e["eventId"] for e in by_search])
        put("all", "")
        self.assertEqual(self.refused(put, name="third", pattern=""), "LimitExceededException")
        self.assertEqual(self.refused(put, name="all", pattern="IN ("), "InvalidParameterException")
        listed = self.logs.describe_subscription_filters(logGroupName="/app")["subscriptionFilters"]
        self.assertEqual([(f["filterName"], f["destinationArn"], f["distribution"]) for f in listed],
                         [("all", FUNCTION, "ByLogStream"), ("errors", FUNCTION, "ByLogStream")])
        self.logs.delete_subscription_filter(logGroupName="/app", filterName="all")
        self.assertEqual(self.refused(self.logs.delete_subscription_filter, logGroupName="/app", filterName="all"),
                         "ResourceNotFoundException")

    def test_a_webhook_that_fails_at_first_is_tried_again(self):
        self.hooks.status = lambda path: 503
        self.put_alarm("high", AlarmActions=[TOPIC])
        self.set_state("high", "ALARM")
        time.sleep(0.5)
        self.hooks.status = 200
        self.assertEqual(len(wait_for(self.told)), 1)

    def test_tags_of_log_groups_by_each_name_of_the_operation(self):
        self.logs.create_log_group(logGroupName="/app", tags={"a": "1"})
        arn = self.logs.describe_log_groups()["logGroups"][0]["logGroupArn"]
        self.logs.tag_resource(resourceArn=arn, tags={"b": "2"})
        self.logs.tag_log_group(logGroupName="/app", tags={"c": "3"})
        self.logs.untag_resource(resourceArn=arn, tagKeys=["a"])
        self.restart()
        self.assertEqual(self.logs.list_tags_for_resource(resourceArn=arn)["tags"], {"b": "2", "c": "3"})
        self.logs.untag_log_group(logGroupName="/app", tags=["c"])
        self.assertEqual(self.logs.list_tags_log_group(logGroupName="/app")["tags"], {"b": "2"})


if __name__ == "__main__":
    unittest.main()
