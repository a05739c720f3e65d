"""`culprit doctor` against moto, an AWS that nobody here wrote."""

import json
import os
import shutil
import socket
import subprocess
import time
import unittest

import boto3

from aws_fake import KEYS, doctor

CLUSTER = "chatscomm-ecs-cluster-prod"
GROUP = "/aws/ecs/chatscomm-chatwoot-prod-web"


def start_moto():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen([shutil.which("moto_server"), "-H", "127.0.0.1", "-p", str(port)], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return server, f"http://127.0.0.1:{port}"
        time.sleep(0.1)
    server.kill()
    raise RuntimeError("moto_server did not start")


@unittest.skipUnless(shutil.which("moto_server"), "needs moto_server (pip install 'moto[server]')")
class DoctorOnMoto(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server, cls.url = start_moto()
        cls.addClassCleanup(cls.server.wait)
        cls.addClassCleanup(cls.server.terminate)

        def client(name):
            return boto3.client(name, endpoint_url=cls.url, region_name="us-east-1", aws_access_key_id="A", aws_secret_access_key="s")

        client("logs").create_log_group(logGroupName=GROUP)
        client("ecs").create_cluster(clusterName=CLUSTER)
        task = client("ecs").register_task_definition(family="web", containerDefinitions=[{"name": "w", "image": "i", "memory": 64}])
        client("ecs").create_service(cluster=CLUSTER, serviceName="chatscomm-chatwoot-prod-web-service", desiredCount=1,
                                     taskDefinition=task["taskDefinition"]["taskDefinitionArn"])
        client("cloudwatch").put_metric_data(Namespace="AWS/RDS", MetricData=[
            {"MetricName": "CPUUtilization", "Value": 42, "Unit": "Percent", "Timestamp": time.time() - 600,
             "Dimensions": [{"Name": "DBInstanceIdentifier", "Value": "chatscomm-db-prod"}]}])
        client("rds").create_db_instance(DBInstanceIdentifier="chatscomm-db-prod", Engine="postgres", DBInstanceClass="db.m5.large",
                                         AllocatedStorage=20, MasterUsername="u", MasterUserPassword="password-of-moto")

    def test_tells_what_is_there_from_what_is_not(self):
        done = doctor("--system", "chatwoot", "--format", "json", "--endpoint-url", self.url, **KEYS)
        self.assertEqual(done.returncode, 1, done.stderr)
        lines = {line["check"]: line for line in json.loads(done.stdout)["checks"]}
        for check in ("credentials", "endpoint", "identity", "clock", "permission logs:FilterLogEvents",
                      "permission cloudwatch:GetMetricData", "permission rds:DescribeEvents",
                      "ECS service chatscomm-chatwoot-prod-web-service", "DB instance chatscomm-db-prod", f"log group {GROUP}",
                      "metric AWS/RDS CPUUtilization DBInstanceIdentifier=chatscomm-db-prod"):
            self.assertEqual(lines[check]["status"], "ok", lines[check])
        self.assertIn("account 123456789012", lines["identity"]["detail"])
        for check in ("ECS service chatscomm-chatwoot-prod-worker", "log group /aws/ecs/chatscomm-chatwoot-prod-worker",
                      "metric AWS/RDS ReadLatency DBInstanceIdentifier=chatscomm-db-prod"):
            self.assertEqual(lines[check]["status"], "failed", lines[check])

    def test_text_is_marked_line_by_line(self):
        done = doctor("--endpoint-url", self.url, **KEYS)
        self.assertIn("✓ region: us-east-1", done.stdout)
        self.assertIn(f"✓ log group {GROUP}", done.stdout)
        self.assertNotIn("\x1b", done.stdout)


if __name__ == "__main__":
    unittest.main()
