"""boto3 against a replayed capsule: paginators, both other protocols of CloudWatch, errors, signatures, and the
same findings for `culprit investigate` over the wire as from the capsule."""

import datetime
import pathlib
import tempfile
import unittest

import culprit
import recording
import serving

try:
    import boto3
    import botocore.config
    import botocore.exceptions
except ImportError:
    boto3 = None

CLUSTER, WEB = "chatscomm-ecs-cluster-prod", "chatscomm-chatwoot-prod-web-service"
DB_LOG = "/aws/rds/instance/chatscomm-db-prod/postgresql"
RDS_CPU = {"Namespace": "AWS/RDS", "MetricName": "CPUUtilization",
           "Dimensions": [{"Name": "DBInstanceIdentifier", "Value": "chatscomm-db-prod"}]}


def timeline(findings):
    return [(t["time"], t["component"], t["kind"], t["text"]) for t in findings["timeline"]]


@unittest.skipUnless(boto3, "boto3 is not installed")
class Boto(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.capsule = serving.sealed(cls.folder.name)
        cls.server = serving.Serve("--capsule", cls.capsule).__enter__()
        window = recording.truth(recording.INCIDENT)["window"]
        cls.start, cls.end = recording.parse_utc(window["start"]), recording.parse_utc(window["end"])

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()
        cls.folder.cleanup()

    def code_of(self, call, **parameters):
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            call(**parameters)
        return caught.exception.response["Error"]["Code"]

    def test_paginators_give_every_event_once(self):
        pages = self.server.client("logs").get_paginator("filter_log_events").paginate(
            logGroupName=DB_LOG, filterPattern="timeout", PaginationConfig={"PageSize": 100})
        ids = [event["eventId"] for page in pages for event in page["events"]]
        stamped = sum("timeout" in line for group, _, path in recording.log_files(recording.INCIDENT)
                      if group == DB_LOG for _, line in recording.lines(path))
        self.assertEqual(len(ids), stamped)
        self.assertEqual(len(set(ids)), stamped)

    def test_paginators_of_lists(self):
        ecs = self.server.client("ecs")
        pages = ecs.get_paginator("list_services").paginate(cluster=CLUSTER, PaginationConfig={"PageSize": 1})
        arns = [arn for page in pages for arn in page["serviceArns"]]
        self.assertEqual(len(arns), 3)
        groups = self.server.client("logs").get_paginator("describe_log_groups").paginate(
            PaginationConfig={"PageSize": 3})
        self.assertEqual(len([g for page in groups for g in page["logGroups"]]), 4)
        metrics = self.server.client("cloudwatch").get_paginator("list_metrics").paginate(Namespace="AWS/RDS")
        self.assertIn("CPUUtilization", [m["MetricName"] for page in metrics for m in page["Metrics"]])

    def test_waiters_end(self):
        ecs = self.server.client("ecs")
        ecs.get_waiter("services_stable").wait(cluster=CLUSTER, services=[WEB], WaiterConfig={"MaxAttempts": 1})
        tasks = ecs.list_tasks(cluster=CLUSTER, serviceName=WEB)["taskArns"]
        ecs.get_waiter("tasks_running").wait(cluster=CLUSTER, tasks=tasks, WaiterConfig={"MaxAttempts": 1})
        self.server.client("rds").get_waiter("db_instance_available").wait(
            DBInstanceIdentifier="chatscomm-db-prod", WaiterConfig={"MaxAttempts": 1})

    def statistics(self, client):
        points = client.get_metric_statistics(**RDS_CPU, StartTime=self.start, EndTime=self.end, Period=60,
                                              Statistics=["Average", "Maximum"])["Datapoints"]
        return sorted(((p["Timestamp"], p["Average"], p["Maximum"], p["Unit"]) for p in points))

    def forced(self, protocol):
        """The client as older ones (query) and other SDKs (CBOR) speak."""
        import botocore.session
        session = botocore.session.get_session()
        loader = session.get_component("data_loader")
        load = loader.load_service_model

        def with_protocol(service, type_name, **more):
            model = load(service, type_name, **more)
            if (service, type_name) == ("cloudwatch", "service-2"):
                model["metadata"] = {**model["metadata"], "protocols": [protocol], "protocol": protocol}
            return model

        loader.load_service_model = with_protocol
        env = self.server.environment
        return session.create_client("cloudwatch", region_name="us-east-1", endpoint_url=self.server.url,
                                     aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
                                     aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"].strip("'"))

    def test_the_three_protocols_of_cloudwatch_answer_alike(self):
        expected = self.statistics(self.server.client("cloudwatch"))
        self.assertEqual(len(expected), 11)
        self.assertIsInstance(expected[0][0], datetime.datetime)
        for protocol in ("query", "smithy-rpc-v2-cbor"):
            self.assertEqual(self.statistics(self.forced(protocol)), expected, protocol)

    def test_faults_have_one_code_in_every_protocol(self):
        clients = [self.server.client("cloudwatch"), self.forced("query"), self.forced("smithy-rpc-v2-cbor")]
        for client in clients:
            self.assertEqual(self.code_of(client.get_metric_statistics, **RDS_CPU, StartTime=self.end,
                                          EndTime=self.start, Period=60, Statistics=["Average"]),
                             "InvalidParameterValue")
            self.assertEqual(self.code_of(client.get_metric_statistics, **RDS_CPU, StartTime=self.start,
                                          EndTime=self.start + datetime.timedelta(days=60), Period=60,
                                          Statistics=["Average"]), "InvalidParameterCombination")

    def test_metric_data_with_expressions_and_search(self):
        cloudwatch = self.server.client("cloudwatch")
        stat = {"Metric": RDS_CPU, "Period": 60, "Stat": "Average"}
        results = cloudwatch.get_metric_data(
            MetricDataQueries=[{"Id": "m1", "MetricStat": stat},
                               {"Id": "e1", "Expression": "m1*2", "Label": "double"},
                               {"Id": "s1", "Expression": "SEARCH('{AWS/ECS,ClusterName,ServiceName} "
                                                          "MetricName=\"CPUUtilization\"', 'Average', 60)"}],
            StartTime=self.start, EndTime=self.end, ScanBy="TimestampAscending")["MetricDataResults"]
        by_id = {r["Id"]: r for r in results}
        self.assertEqual(by_id["m1"]["Label"], "CPUUtilization")
        self.assertEqual(by_id["e1"]["Values"], [2 * v for v in by_id["m1"]["Values"]])
        self.assertEqual(by_id["e1"]["Label"], "double")
        self.assertEqual(len([r for r in results if r["Id"] == "s1"]), 3)
        newest_first = cloudwatch.get_metric_data(
            MetricDataQueries=[{"Id": "m1", "MetricStat": stat}], StartTime=self.start, EndTime=self.end,
            MaxDatapoints=4)
        self.assertEqual(newest_first["MetricDataResults"][0]["Values"], by_id["m1"]["Values"][:-5:-1])
        self.assertIn("NextToken", newest_first)

    def test_log_files_of_the_database(self):
        rds = self.server.client("rds")
        files = rds.describe_db_log_files(DBInstanceIdentifier="chatscomm-db-prod")["DescribeDBLogFiles"]
        self.assertEqual([f["LogFileName"][-2:] for f in files], ["05", "06"])
        pages = rds.get_paginator("download_db_log_file_portion").paginate(
            DBInstanceIdentifier="chatscomm-db-prod", LogFileName=files[0]["LogFileName"])
        text = "".join(page.get("LogFileData") or "" for page in pages)
        self.assertEqual(len(text.encode()), files[0]["Size"])

    def test_what_is_not_signed_or_wrongly_signed_is_refused(self):
        import urllib.request, urllib.error
        logs = lambda **keys: self.server.client("logs", **keys).describe_log_groups
        self.assertEqual(self.code_of(logs(aws_secret_access_key="wrong")), "InvalidSignatureException")
        self.assertEqual(self.code_of(logs(aws_access_key_id="AKIANOBODY")), "UnrecognizedClientException")
        sts = self.server.client("sts", aws_access_key_id="AKIANOBODY").get_caller_identity
        self.assertEqual(self.code_of(sts), "InvalidClientTokenId")
        request = urllib.request.Request(self.server.url, b"Action=GetCallerIdentity&Version=2011-06-15", method="POST")
        with self.assertRaises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request)
        self.assertEqual(caught.exception.code, 403)
        caught.exception.close()

    def test_a_presigned_request_is_answered(self):
        import urllib.request
        url = self.server.client("sts").generate_presigned_url("get_caller_identity", HttpMethod="GET")
        with urllib.request.urlopen(url) as answer:
            self.assertIn(b"<Account>123456789012</Account>", answer.read())

    def test_an_operation_that_is_not_there_is_counted_and_listed(self):
        import urllib.request
        code = self.code_of(self.server.client("ecs").list_attributes, cluster=CLUSTER, targetType="container-instance")
        self.assertEqual(code, "UnknownOperationException")
        metrics = urllib.request.urlopen(self.server.url + "/metrics").read().decode()
        self.assertIn('culprit_unknown_operations_total{operation="ecs:ListAttributes"} 1', metrics)

    def test_investigate_over_the_wire_finds_what_it_finds_in_the_capsule(self):
        work = pathlib.Path(self.folder.name)
        iso = ("--from", self.start.isoformat(), "--to", self.end.isoformat())
        culprit.run("investigate", "--input", self.capsule, *iso, "--out", work / "capsule", check=0)
        env = {k: v.strip("'") for k, v in self.server.environment.items()}
        culprit.run("investigate", *iso, "--endpoint-url", env.pop("AWS_ENDPOINT_URL"), "--region", "us-east-1",
                    "--out", work / "wire", check=0, **env)
        ours, theirs = culprit.findings(work / "wire"), culprit.findings(work / "capsule")
        causes = lambda f: [(h["cause"], h["role"]) for h in f["hypotheses"]]
        self.assertEqual(causes(ours), causes(theirs))
        self.assertEqual(ours["severity"], theirs["severity"])
        self.assertEqual([r["text"] for r in ours["severity_reasons"]], [r["text"] for r in theirs["severity_reasons"]])
        self.assertEqual(timeline(ours), timeline(theirs))
        for table, columns in (("statements", ("fingerprint", "calls", "timeouts", "in_list_max")),
                               ("endpoints", ("endpoint", "requests", "errors", "timeouts")),
                               ("patterns", ("id", "count"))):
            pick = lambda f: [[row[c] for c in columns] for row in f[table]]
            self.assertEqual(pick(ours), pick(theirs), table)


@unittest.skipUnless(boto3, "boto3 is not installed")
class AsOf(unittest.TestCase):
    def test_at_a_moment_nothing_later_is_seen(self):
        with tempfile.TemporaryDirectory() as folder:
            capsule = serving.sealed(folder)
            with serving.Serve("--capsule", capsule, "--at", "2026-11-24T06:16:00Z") as server:
                logs = server.client("logs")
                pages = logs.get_paginator("filter_log_events").paginate(logGroupName=DB_LOG)
                last = max(e["timestamp"] for page in pages for e in page["events"])
                at = int(recording.parse_utc("2026-11-24T06:16:00Z").timestamp() * 1000)
                self.assertLessEqual(last, at)
                self.assertGreater(last, at - 60_000)
                points = server.client("cloudwatch").get_metric_statistics(
                    **RDS_CPU, StartTime="2026-11-24T06:10:00Z", EndTime="2026-11-24T06:30:00Z", Period=60,
                    Statistics=["Average"])["Datapoints"]
                self.assertEqual(max(p["Timestamp"].minute for p in points), 16)


if __name__ == "__main__":
    unittest.main()
