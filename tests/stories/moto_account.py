"""A moto_server on loopback, and a recording loaded into it with boto3."""

import collections
import datetime
import socket
import subprocess
import sys
import time

import recording

REGION = "us-east-1"
KEYS = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "secret"}


def missing():
    """Why moto cannot be used here, or None."""
    try:
        import boto3  # noqa: F401
        import moto.server  # noqa: F401
    except ImportError as error:
        return f"moto and boto3 are needed: {error}"
    return None


class Moto:
    """Starts moto_server on a free port; use as a context."""

    def __enter__(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.url = f"http://127.0.0.1:{port}"
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                return self
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.1)
        self.__exit__()
        raise RuntimeError("moto_server did not start")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def client(self, service):
        import boto3
        import botocore.config
        # moto cannot read the gzip that boto3 sends for large bodies.
        config = botocore.config.Config(disable_request_compression=True)
        return boto3.client(service, endpoint_url=self.url, region_name=REGION, config=config, **KEYS)


def load(moto, folder, shift):
    """The recording's logs, metrics, ECS services and tasks and RDS instance, `shift` later. moto, like
    CloudWatch, refuses events older than two weeks, so an old recording is moved near today."""
    load_logs(moto, folder, shift)
    load_metrics(moto, folder, shift)
    load_ecs(moto, folder)
    load_rds(moto, folder)


def load_logs(moto, folder, shift):
    client = moto.client("logs")
    shift_ms = int(shift.total_seconds() * 1000)
    made = set()
    for group, stream, path in recording.log_files(folder):
        if group not in made:
            client.create_log_group(logGroupName=group)
            made.add(group)
        client.create_log_stream(logGroupName=group, logStreamName=stream)
        batch, size = [], 0
        events = sorted(recording.lines(path), key=lambda e: e[0])
        for stamp, line in events:
            cost = len(line.encode()) + 26
            if len(batch) == 10_000 or size + cost > 1_000_000:
                client.put_log_events(logGroupName=group, logStreamName=stream, logEvents=batch)
                batch, size = [], 0
            batch.append({"timestamp": stamp + shift_ms, "message": line})
            size += cost
        if batch:
            client.put_log_events(logGroupName=group, logStreamName=stream, logEvents=batch)


def load_metrics(moto, folder, shift):
    client = moto.client("cloudwatch")
    points = collections.defaultdict(dict)
    for row in recording.metric_rows(folder):
        key = (row["timestamp"], row["namespace"], row["metric"], row["dimensions"], row["unit"])
        points[key][row["statistic"]] = float(row["value"])
    data = collections.defaultdict(list)
    for (stamp, namespace, metric, dimensions, unit), s in points.items():
        if "Average" not in s:
            continue
        low, high = s.get("Minimum", s["Average"]), s.get("Maximum", s["Average"])
        data[namespace].append({
            "MetricName": metric,
            "Dimensions": [dict(zip(("Name", "Value"), d.split("="))) for d in dimensions.split(";")],
            "Timestamp": recording.parse_utc(stamp) + shift,
            "StatisticValues": {"SampleCount": 2, "Sum": 2 * s["Average"], "Minimum": low, "Maximum": high},
            "Unit": unit or "None",
        })
    for namespace, all_points in data.items():
        for i in range(0, len(all_points), 500):
            client.put_metric_data(Namespace=namespace, MetricData=all_points[i:i + 500])


def load_ecs(moto, folder):
    client = moto.client("ecs")
    subnet = moto.client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    network = {"awsvpcConfiguration": {"subnets": [subnet], "securityGroups": ["sg-12345678"]}}
    for service in recording.answer(folder, "describe-services.json")["services"]:
        cluster = service["clusterArn"].split("/")[-1]
        name, count = service["serviceName"], service["desiredCount"]
        client.create_cluster(clusterName=cluster)
        client.register_task_definition(
            family=name, requiresCompatibilities=["FARGATE"], networkMode="awsvpc", cpu="1024", memory="2048",
            containerDefinitions=[{"name": "app", "image": "app", "memory": 2048, "cpu": 1024}])
        client.create_service(cluster=cluster, serviceName=name, taskDefinition=name, desiredCount=count,
                              launchType="FARGATE")
        client.run_task(cluster=cluster, taskDefinition=name, launchType="FARGATE", count=max(1, count),
                        group=f"service:{name}", startedBy=name, networkConfiguration=network)


def load_rds(moto, folder):
    client = moto.client("rds")
    for instance in recording.answer(folder, "describe-db-instances.json")["DBInstances"]:
        client.create_db_instance(
            DBInstanceIdentifier=instance["DBInstanceIdentifier"], Engine="postgres",
            DBInstanceClass=instance["DBInstanceClass"], AllocatedStorage=instance["AllocatedStorage"],
            MasterUsername="chatwoot", MasterUserPassword="not-a-real-one")


def shift_near_now(moment):
    """Whole days that bring the moment to yesterday or today, so that the local clock stays the same."""
    now = datetime.datetime.now(datetime.timezone.utc)
    return datetime.timedelta(days=max(0, (now - moment).days))
