"""`culprit alarms` against moto, a CloudWatch that nobody here wrote, and the stock AWS CLI."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import yaml

import culprit
import moto_account
import serving

KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_DEFAULT_REGION": moto_account.REGION}
GROUPS = ["/aws/ecs/chatscomm-chatwoot-prod-web", "/aws/ecs/chatscomm-chatwoot-prod-worker",
          "/aws/rds/instance/chatscomm-db-prod/postgresql", "/aws/ecs/chatscomm-ai-backend-prod"]
RUNBOOK = {"ECS-HighCPU-chatwoot-prod", "RDS-HighConnections-chatwoot-prod", "Log-StatementTimeouts-chatwoot-prod",
           "Log-RackTimeouts-chatwoot-prod", "Log-ActiveStorageFailures-chatwoot-prod", "Log-MemoryAllocation-chatwoot-prod"}


@unittest.skipIf(moto_account.missing(), moto_account.missing())
class Alarms(unittest.TestCase):
    def setUp(self):
        self.moto = moto_account.Moto()
        self.moto.__enter__()
        self.addCleanup(self.moto.__exit__)
        for group in GROUPS:
            self.moto.client("logs").create_log_group(logGroupName=group)
        self.cloudwatch = self.moto.client("cloudwatch")
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        # moto has no PutCompositeAlarm, so objectives stay out of these stories.
        self.system = self.write_system(lambda system: system.pop("objectives"))

    def write_system(self, change):
        """The built-in system in full, changed."""
        system = yaml.safe_load(culprit.run("system", "show", "chatwoot", check=0).out)
        change(system)
        file = pathlib.Path(self.folder.name) / "system.yaml"
        file.write_text(yaml.safe_dump(system))
        return file

    def alarms(self, verb, *arguments, check=None):
        return culprit.run("alarms", verb, "--endpoint-url", self.moto.url, "--region", moto_account.REGION, "--system",
                           self.system, *arguments, check=check, **KEYS)

    def described(self):
        """Every alarm that the account has, by name."""
        out = {}
        for page in self.cloudwatch.get_paginator("describe_alarms").paginate(AlarmTypes=["MetricAlarm", "CompositeAlarm"]):
            for alarm in page["MetricAlarms"] + page["CompositeAlarms"]:
                out[alarm["AlarmName"]] = alarm
        return out

    def plan(self):
        return json.loads(self.alarms("plan", "--format", "json", check=0).out)

    def theirs(self, name, **more):
        self.cloudwatch.put_metric_alarm(**{
            "AlarmName": name, "Namespace": "AWS/ECS", "MetricName": "CPUUtilization", "Statistic": "Average",
            "Period": 300, "EvaluationPeriods": 2, "Threshold": 70, "ComparisonOperator": "GreaterThanThreshold", **more})

    def test_plan_apply_plan_again_and_drift(self):
        plan = self.plan()
        self.assertEqual((plan["update"], plan["delete"], plan["same"], plan["blocked"]), (0, 0, 0, 0))
        self.assertEqual(self.described(), {})
        self.assertEqual(self.alarms("drift").returncode, 2)

        self.alarms("apply", "--yes", check=0)
        there = self.described()
        self.assertEqual(len(there), sum(item["kind"] != "metric-filter" for item in plan["items"]))
        self.assertLessEqual(RUNBOOK, set(there))
        cpu = there["ECS-HighCPU-chatwoot-prod"]
        self.assertEqual({d["Name"]: d["Value"] for d in cpu["Dimensions"]},
                         {"ClusterName": "chatscomm-ecs-cluster-prod", "ServiceName": "chatscomm-chatwoot-prod-web-service"})
        self.assertEqual((cpu["Statistic"], cpu["Period"], cpu["Threshold"], cpu["EvaluationPeriods"]), ("Average", 300, 70, 2))
        filters = self.moto.client("logs").describe_metric_filters(logGroupName=GROUPS[2])["metricFilters"]
        self.assertEqual(filters[0]["filterPattern"], '"canceling statement due to statement timeout"')

        again = self.plan()
        self.assertEqual((again["create"], again["update"], again["delete"], again["blocked"]), (0, 0, 0, 0),
                         [i for i in again["items"] if i["action"] != "same"])
        self.assertEqual(self.alarms("drift", check=0).returncode, 0)
        self.assertIn("Nothing to change", self.alarms("apply", "--yes", check=0).out)

        self.theirs("ECS-HighCPU-chatwoot-prod", Threshold=95, Dimensions=cpu["Dimensions"],
                    AlarmDescription=cpu["AlarmDescription"], DatapointsToAlarm=2)
        drift = self.alarms("drift", check=2)
        self.assertIn("~ Threshold: 95 -> 70", drift.out)
        self.alarms("apply", "--yes", check=0)
        self.assertEqual(self.described()["ECS-HighCPU-chatwoot-prod"]["Threshold"], 70)
        self.alarms("drift", check=0)

    def test_nothing_is_changed_without_a_yes(self):
        done = self.alarms("apply")
        self.assertEqual(done.returncode, 1)
        self.assertIn("Nothing was changed", done.err)
        self.assertEqual(self.described(), {})

    def test_a_name_that_is_taken_is_left_alone_unless_adopted(self):
        self.theirs("ECS-HighCPU-chatwoot-prod")  # as the runbook makes it, without dimensions
        before = self.described()["ECS-HighCPU-chatwoot-prod"]
        done = self.alarms("apply", "--yes")
        self.assertEqual(done.returncode, 1)
        self.assertIn("is there and is not Culprit's", done.out)
        self.assertIn("1 of the alarms were left alone", done.err)
        after = self.described()
        self.assertEqual(after["ECS-HighCPU-chatwoot-prod"], before)
        self.assertIn("RDS-HighConnections-chatwoot-prod", after)
        self.alarms("apply", "--yes", "--adopt", "ECS-HighCPU-chatwoot-prod", check=0)
        self.assertEqual(len(self.described()["ECS-HighCPU-chatwoot-prod"]["Dimensions"]), 2)
        self.alarms("drift", check=0)

    def test_only_what_is_ours_goes_when_it_leaves_the_system_file(self):
        self.alarms("apply", "--yes", check=0)
        self.theirs("Theirs")
        def change(system):
            system.pop("objectives")
            system["alarms"] = [a for a in system["alarms"] if a["id"] != "ecs-high-cpu-worker"]
        self.write_system(change)
        self.assertIn("- alarm ECS-HighCPU-chatwoot-prod-worker will be deleted", self.alarms("plan", check=0).out)
        self.alarms("apply", "--yes", check=0)
        left = self.described()
        self.assertIn("Theirs", left)
        self.assertNotIn("ECS-HighCPU-chatwoot-prod-worker", left)
        self.assertIn("ECS-HighCPU-chatwoot-prod", left)

    def test_five_hundred_alarms_of_others(self):
        for i in range(500):
            self.theirs(f"Theirs-{i:03}")
        plan = self.plan()
        self.assertEqual((plan["delete"], plan["blocked"], plan["update"]), (0, 0, 0))
        self.alarms("apply", "--yes", check=0)
        self.assertEqual(sum(name.startswith("Theirs-") for name in self.described()), 500)
        self.alarms("drift", check=0)
        done = self.alarms("lint", "--live")
        self.assertEqual(done.returncode, 1)
        self.assertIn("missing-dimensions Theirs-499", done.out)
        self.assertIn("duplicate Theirs-499", done.out)

    @unittest.skipUnless(shutil.which("aws"), "needs the AWS CLI")
    def test_the_exported_script_makes_exactly_the_planned_alarms(self):
        script = culprit.run("alarms", "export", "--as", "cli", "--system", self.system, check=0).out
        environment = culprit.clean_environment(AWS_ENDPOINT_URL=self.moto.url, **KEYS)
        self.theirs("RDS-HighConnections-chatwoot-prod")
        refused = subprocess.run(["sh", "-s"], input=script.encode(), env=environment, capture_output=True, timeout=600)
        self.assertEqual(refused.returncode, 1, refused.stderr)
        self.assertIn(b"RDS-HighConnections-chatwoot-prod", refused.stderr)
        self.assertEqual(set(self.described()), {"RDS-HighConnections-chatwoot-prod"})
        self.cloudwatch.delete_alarms(AlarmNames=["RDS-HighConnections-chatwoot-prod"])

        done = subprocess.run(["sh", "-s"], input=script.encode(), env=environment, capture_output=True, timeout=600)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        plan = self.plan()
        self.assertEqual((plan["create"], plan["update"], plan["delete"], plan["blocked"]), (0, 0, 0, 0),
                         [i for i in plan["items"] if i["action"] != "same"])
        described = subprocess.run(["aws", "cloudwatch", "describe-alarms", "--output", "json"], env=environment,
                                   capture_output=True, timeout=120)
        names = {a["AlarmName"] for a in json.loads(described.stdout)["MetricAlarms"]}
        self.assertLessEqual(RUNBOOK, names)


class OwnServer(unittest.TestCase):
    """The same alarms on `culprit serve`, which evaluates them: composite alarms follow their children."""

    def test_a_composite_alarm_fires_only_when_both_windows_burn(self):
        with tempfile.TemporaryDirectory() as folder, serving.Serve("--store", pathlib.Path(folder) / "store") as serve:
            keys = {k: v.strip("'") for k, v in serve.environment.items()}
            for group in GROUPS:
                serve.client("logs").create_log_group(logGroupName=group)
            alarms = lambda *verb: culprit.run("alarms", *verb, "--endpoint-url", serve.url, check=0, **keys)
            alarms("apply", "--yes")
            alarms("drift")
            cloudwatch = serve.client("cloudwatch")
            name = "SLO-WebAvailability-chatwoot-prod-page-14.4x"
            composite = lambda: cloudwatch.describe_alarms(AlarmNames=[name], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"][0]
            children = re.findall(r'"([^"]+)"', composite()["AlarmRule"])
            self.assertEqual(len(children), 2)
            self.assertNotEqual(composite()["StateValue"], "ALARM")
            cloudwatch.set_alarm_state(AlarmName=children[0], StateValue="ALARM", StateReason="burns")
            self.assertNotEqual(composite()["StateValue"], "ALARM")
            cloudwatch.set_alarm_state(AlarmName=children[1], StateValue="ALARM", StateReason="burns")
            self.assertEqual(composite()["StateValue"], "ALARM")
            cloudwatch.set_alarm_state(AlarmName=children[0], StateValue="OK", StateReason="burns no more")
            self.assertEqual(composite()["StateValue"], "OK")
            history = cloudwatch.describe_alarm_history(AlarmName=name, HistoryItemType="StateUpdate")["AlarmHistoryItems"]
            self.assertGreaterEqual(len(history), 2)


class Export(unittest.TestCase):
    def test_cloudformation_is_valid(self):
        text = culprit.run("alarms", "export", "--as", "cloudformation", check=0).out
        template = json.loads(text)
        kinds = {r["Type"] for r in template["Resources"].values()}
        self.assertEqual(kinds, {"AWS::Logs::MetricFilter", "AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"})
        if not shutil.which("cfn-lint"):
            self.skipTest("cfn-lint is not there: only the JSON was checked")
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "alarms.json"
            file.write_text(text)
            done = subprocess.run(["cfn-lint", str(file)], capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_terraform_is_formatted_hcl(self):
        text = culprit.run("alarms", "export", "--as", "terraform", check=0).out
        self.assertIn('resource "aws_cloudwatch_metric_alarm" "ecs_highcpu_chatwoot_prod" {', text)
        if not shutil.which("terraform"):
            self.skipTest("terraform is not there: the HCL was not parsed")
        # `terraform fmt` parses, and gives back what it was given when that is formatted already. Attributes are
        # checked against the provider's schema only by `validate`, which needs the provider.
        done = subprocess.run(["terraform", "fmt", "-"], input=text, capture_output=True, text=True, timeout=120,
                              env={**os.environ, "CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, text)


if __name__ == "__main__":
    unittest.main()
