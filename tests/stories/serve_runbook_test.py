"""The runbook's commands, word for word, by the stock aws CLI against a replayed capsule. Only the placeholders of
times are filled in, with those of the bundled incident."""

import json
import re
import tempfile
import unittest

import recording
import serving

CLUSTER = "chatscomm-ecs-cluster-prod"
WEB, WORKER = "chatscomm-chatwoot-prod-web-service", "chatscomm-chatwoot-prod-worker"
WEB_LOG, WORKER_LOG = "/aws/ecs/chatscomm-chatwoot-prod-web", "/aws/ecs/chatscomm-chatwoot-prod-worker"
DB_LOG = "/aws/rds/instance/chatscomm-db-prod/postgresql"
AI_LOG = "/aws/ecs/chatscomm-ai-backend-prod"


def messages(log_group):
    """(epoch ms, line) of every line of a group in the recording."""
    for group, _, path in recording.log_files(recording.INCIDENT):
        if group == log_group:
            yield from recording.lines(path)


@unittest.skipUnless(serving.CLIS, "the aws CLI is not installed")
class Runbook(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.server = serving.Serve("--capsule", serving.sealed(cls.folder.name)).__enter__()
        window = recording.truth(recording.INCIDENT)["window"]
        start, end = recording.parse_utc(window["start"]), recording.parse_utc(window["end"])
        cls.start_s, cls.end_s = int(start.timestamp()), int(end.timestamp())
        cls.start_ms, cls.end_ms = cls.start_s * 1000, cls.end_s * 1000
        cls.iso = f"--start-time {start.isoformat()} --end-time {end.isoformat()}"

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()
        cls.folder.cleanup()

    def lines_with(self, group, text):
        return sum(1 for stamp, line in messages(group)
                   if text in line and self.start_ms <= stamp <= self.end_ms)

    # A. Assess

    def test_A1_services_and_their_events(self):
        for cli in serving.CLIS:
            answer = self.server.aws_json(
                f"aws ecs describe-services --cluster {CLUSTER} --services {WEB} {WORKER}", cli)
            self.assertEqual([s["serviceName"] for s in answer["services"]], [WEB, WORKER])
            web = answer["services"][0]
            self.assertEqual((web["desiredCount"], web["runningCount"]), (3, 3))
            self.assertEqual(web["deployments"][0]["rolloutState"], "COMPLETED")
            self.assertEqual(answer["failures"], [])

    def test_A1_as_a_table(self):
        for cli in serving.CLIS:
            table = self.server.aws(
                f"aws ecs describe-services --cluster {CLUSTER} --services {WEB} "
                "--query 'services[*].{Name:serviceName,Desired:desiredCount,Running:runningCount,Status:status}' "
                "--output table", cli).stdout
            self.assertIn(WEB, table)
            self.assertIn("ACTIVE", table)
            self.assertIn("| Desired", table)

    def test_A2_tasks_running_and_stopped(self):
        for cli in serving.CLIS:
            running = self.server.aws_json(f"aws ecs list-tasks --cluster {CLUSTER} --service-name {WEB}", cli)
            self.assertEqual(len(running["taskArns"]), 3)
            stopped = self.server.aws_json(
                f"aws ecs list-tasks --cluster {CLUSTER} --service-name {WEB} --desired-status STOPPED", cli)
            self.assertEqual(stopped["taskArns"], [])

    def test_A3_task_details(self):
        for cli in serving.CLIS:
            table = self.server.aws(
                f"aws ecs describe-tasks --cluster {CLUSTER} --tasks $(aws ecs list-tasks --cluster {CLUSTER} "
                f"--service-name {WEB} --query 'taskArns[]' --output text) --query "
                "'tasks[*].[taskArn,lastStatus,desiredStatus,healthStatus,startedAt,stoppedReason,cpu,memory]' "
                "--output json", cli).stdout
            tasks = json.loads(table)
            self.assertEqual(len(tasks), 3)
            self.assertEqual({t[1] for t in tasks}, {"RUNNING"})
            self.assertTrue(all(t[4] for t in tasks))

    def test_A4_database_and_its_events(self):
        for cli in serving.CLIS:
            table = self.server.aws(
                "aws rds describe-db-instances --query 'DBInstances[*].[DBInstanceIdentifier,DBInstanceStatus,Engine,"
                "DBInstanceClass,AllocatedStorage]' --output table", cli).stdout
            for word in ("chatscomm-db-prod", "available", "postgres", "db.t3.small", "20"):
                self.assertIn(word, table)
            events = self.server.aws_json(
                "aws rds describe-events --source-identifier chatscomm-db-prod --source-type db-instance "
                "--duration 1440", cli)
            self.assertEqual([e["Message"] for e in events["Events"]], ["DB instance started"])

    # B. Metrics

    def metric(self, cli, namespace, name, dimensions, period=60, iso=None):
        return self.server.aws_json(
            f"aws cloudwatch get-metric-statistics --namespace {namespace} --metric-name {name} "
            f"--dimensions {dimensions} {iso or self.iso} --period {period} --statistics Average Maximum", cli)

    def recorded(self, namespace, name, statistic, service=None):
        rows = [r for r in recording.metric_rows(recording.INCIDENT)
                if r["namespace"] == namespace and r["metric"] == name and r["statistic"] == statistic
                and (service is None or service in r["dimensions"])]
        return [float(r["value"]) for r in rows
                if self.start_s <= recording.parse_utc(r["timestamp"]).timestamp() < self.end_s]

    def test_B1_to_B5_every_metric_as_recorded(self):
        ecs = f"Name=ClusterName,Value={CLUSTER} Name=ServiceName,Value={WEB}"
        rds = "Name=DBInstanceIdentifier,Value=chatscomm-db-prod"
        for cli in serving.CLIS:
            for namespace, name, dimensions, service in (
                    ("AWS/ECS", "CPUUtilization", ecs, WEB), ("AWS/ECS", "MemoryUtilization", ecs, WEB),
                    ("AWS/RDS", "CPUUtilization", rds, None), ("AWS/RDS", "DatabaseConnections", rds, None),
                    ("AWS/RDS", "ReadLatency", rds, None), ("AWS/RDS", "WriteLatency", rds, None)):
                points = sorted(self.metric(cli, namespace, name, dimensions)["Datapoints"],
                                key=lambda p: p["Timestamp"])
                for statistic in ("Average", "Maximum"):
                    self.assertEqual([p[statistic] for p in points],
                                     self.recorded(namespace, name, statistic, service), (name, statistic))

    def test_B2_a_longer_view_at_300_seconds(self):
        start = self.start_s - 1800
        for cli in serving.CLIS:
            points = self.metric(cli, "AWS/ECS", "MemoryUtilization",
                                 f"Name=ServiceName,Value={WEB} Name=ClusterName,Value={CLUSTER}", 300,
                                 f"--start-time {start} --end-time {self.end_s}")["Datapoints"]
            self.assertEqual(len(points), 9)
            self.assertTrue(all(p["Unit"] == "Percent" and p["Average"] <= p["Maximum"] for p in points))

    def test_B7_the_metrics_table(self):
        for cli in serving.CLIS:
            table = self.server.aws(
                "aws cloudwatch get-metric-statistics --namespace AWS/RDS --metric-name CPUUtilization --dimensions "
                f"Name=DBInstanceIdentifier,Value=chatscomm-db-prod {self.iso} --period 60 --statistics Average "
                "Maximum --query 'sort_by(Datapoints,&Timestamp)[*].[Timestamp,Average,Maximum]' --output table",
                cli).stdout
            # CLI 1 prints the moments as they come over the wire, CLI 2 in ISO 8601.
            self.assertEqual(len(re.findall(r"(?m)^\|  (?:2026-11-24T06:|17955\d)", table)), 11)

    # C. Logs

    def test_C1_log_groups(self):
        for cli in serving.CLIS:
            names = self.server.aws("aws logs describe-log-groups --query 'logGroups[*].logGroupName' --output text",
                                    cli).stdout.split()
            self.assertEqual(names, [AI_LOG, WEB_LOG, WORKER_LOG, DB_LOG])

    def filter(self, cli, group, pattern, more=""):
        return self.server.aws_json(
            f"aws logs filter-log-events --log-group-name {group} --start-time {self.start_ms} --end-time "
            f"{self.end_ms} --filter-pattern '{pattern}' {more}", cli)["events"]

    def test_C2_to_C6_each_pattern_finds_what_the_files_hold(self):
        for cli in serving.CLIS:
            for group, pattern in ((WEB_LOG, "ERROR"), (WEB_LOG, "timeout"), (WEB_LOG, "ActiveStorage"),
                                   (DB_LOG, "ERROR"), (DB_LOG, "timeout"), (DB_LOG, "duration"), (WORKER_LOG, "ERROR"),
                                   (AI_LOG, "ERROR"), (WEB_LOG, "resize_to_fill")):
                found = self.filter(cli, group, pattern)
                self.assertTrue(all(pattern in e["message"] for e in found))
                times = [e["timestamp"] for e in found]
                self.assertEqual(times, sorted(times))
                if group in (DB_LOG, WORKER_LOG):
                    self.assertEqual(len(found), self.lines_with(group, pattern), (group, pattern))

    def test_C2_at_most_fifty_shown(self):
        for cli in serving.CLIS:
            answer = self.server.aws_json(
                f"aws logs filter-log-events --log-group-name {DB_LOG} --start-time {self.start_ms} --end-time "
                f"{self.end_ms} --filter-pattern timeout --max-items 50", cli)
            self.assertEqual(len(answer["events"]), 50)
            rest = self.server.aws_json(
                f"aws logs filter-log-events --log-group-name {DB_LOG} --start-time {self.start_ms} --end-time "
                f"{self.end_ms} --filter-pattern timeout --starting-token {answer['NextToken']}", cli)
            everything = self.filter(cli, DB_LOG, "timeout")
            self.assertEqual(answer["events"] + rest["events"], everything)

    def test_C2_as_a_table(self):
        for cli in serving.CLIS:
            table = self.server.aws(
                f"aws logs filter-log-events --log-group-name {DB_LOG} --start-time {self.start_ms} --end-time "
                f"{self.end_ms} --filter-pattern ERROR --max-items 5 --query 'events[*].[timestamp,message]' "
                "--output table", cli).stdout
            self.assertEqual(table.count("canceling statement due to statement timeout"), 5)

    def test_C3_two_patterns_are_refused_as_the_service_refuses_them(self):
        for cli in serving.CLIS:
            for pattern in ("IN (", "duration.*ms"):
                done = self.server.aws(
                    f"aws logs filter-log-events --log-group-name {DB_LOG} --filter-pattern '{pattern}'", cli,
                    check=False)
                self.assertNotEqual(done.returncode, 0)
                self.assertIn("InvalidParameterException", done.stderr)
                self.assertIn("Invalid character(s) in term", done.stderr)

    def test_C3_the_forms_that_are_meant(self):
        for cli in serving.CLIS:
            for pattern, needed in (('"IN ("', "IN ("), ("%duration.*ms%", "duration")):
                found = self.filter(cli, DB_LOG, pattern, "--max-items 20")
                self.assertEqual(len(found), 20)
                self.assertTrue(all(needed in e["message"] for e in found))

    def test_streams_and_their_events(self):
        for cli in serving.CLIS:
            streams = self.server.aws_json(f"aws logs describe-log-streams --log-group-name {WEB_LOG}", cli)
            self.assertEqual(len(streams["logStreams"]), 3)
            name = streams["logStreams"][0]["logStreamName"]
            events = self.server.aws_json(
                f"aws logs get-log-events --log-group-name {WEB_LOG} --log-stream-name {name} --limit 10", cli)
            self.assertEqual(len(events["events"]), 10)

    def test_who_asks(self):
        for cli in serving.CLIS:
            identity = self.server.aws_json("aws sts get-caller-identity", cli)
            self.assertEqual(identity["Account"], "123456789012")

    def test_what_is_not_there(self):
        for cli in serving.CLIS:
            for command, code in (
                    (f"aws ecs describe-services --cluster nowhere --services {WEB}", "ClusterNotFoundException"),
                    ("aws rds describe-db-instances --db-instance-identifier none", "DBInstanceNotFound"),
                    ("aws logs filter-log-events --log-group-name /none", "ResourceNotFoundException"),
                    ("aws logs create-log-group --log-group-name /new", "AccessDeniedException"),
                    ("aws logs describe-destinations", "UnknownOperationException")):
                done = self.server.aws(command, cli, check=False)
                self.assertIn(code, done.stderr, command)


if __name__ == "__main__":
    unittest.main()
