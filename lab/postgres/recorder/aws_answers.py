"""What `aws … --output json` would have answered at the end of the recording, about the
processes that really ran: their ids, addresses, start times and sizes."""

import datetime
import hashlib
import json
import os

from . import excerpt, names, server

_TASK_DEFINITION_REVISION = 87


def _iso(seconds):
    """The AWS CLI's spelling of a time stamp."""
    moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return moment.isoformat(timespec="milliseconds" if seconds % 1 else "seconds")


def _ecs_arn(kind, rest):
    return f"arn:aws:ecs:{names.REGION}:{names.ACCOUNT_ID}:{kind}/{rest}"


def _task_arn(task_id):
    return _ecs_arn("task", f"{names.CLUSTER}/{task_id}")


def _steady_id(*parts):
    """An id in UUID's shape that is the same whenever the folder is assembled."""
    hexadecimal = hashlib.md5("/".join(map(str, parts)).encode()).hexdigest()
    return "-".join([hexadecimal[:8], hexadecimal[8:12], hexadecimal[12:16], hexadecimal[16:20], hexadecimal[20:]])


class Answers:
    def __init__(self, facts, sizes):
        """`sizes` is {log group: uncompressed bytes}."""
        self.facts = facts
        self.sizes = sizes

    def all(self):
        answers = {"describe-services.json": self.services(), "describe-tasks.json": self.tasks(),
                   "describe-db-instances.json": self.db_instances(), "describe-events.json": self.db_events(),
                   "describe-log-groups.json": self.log_groups()}
        for service in names.SERVICES:
            arns = [_task_arn(t["task_id"]) for t in self._tasks_of(service)]
            answers[f"list-tasks-{service.service}-running.json"] = {"taskArns": arns}
            answers[f"list-tasks-{service.service}-stopped.json"] = {"taskArns": []}
        return answers

    def _tasks_of(self, service):
        return [t for t in self.facts["tasks"] if t["service"] == service.service]

    def services(self):
        return {"services": [self._service(s) for s in names.SERVICES], "failures": []}

    def _service(self, service):
        tasks = self._tasks_of(service)
        began = min(t["started_at"] for t in tasks)
        definition = _ecs_arn("task-definition", f"{service.family}:{_TASK_DEFINITION_REVISION}")
        events = [(began + 2, f"(service {service.service}) has reached a steady state."),
                  (began + 2, f"(service {service.service}) (deployment ecs-svc/{self._deployment(service)}) deployment completed."),
                  (began, f"(service {service.service}) has started {len(tasks)} tasks: "
                   + " ".join(f"(task {t['task_id']})" for t in tasks) + ".")]
        return {
            "serviceArn": _ecs_arn("service", f"{names.CLUSTER}/{service.service}"),
            "serviceName": service.service,
            "clusterArn": _ecs_arn("cluster", names.CLUSTER),
            "loadBalancers": [], "serviceRegistries": [],
            "status": "ACTIVE", "desiredCount": len(tasks), "runningCount": len(tasks), "pendingCount": 0,
            "launchType": "FARGATE", "platformVersion": "LATEST", "platformFamily": "Linux",
            "taskDefinition": definition,
            "deploymentConfiguration": {
                "deploymentCircuitBreaker": {"enable": True, "rollback": True},
                "maximumPercent": 200, "minimumHealthyPercent": 100},
            "deployments": [{
                "id": f"ecs-svc/{self._deployment(service)}", "status": "PRIMARY", "taskDefinition": definition,
                "desiredCount": len(tasks), "pendingCount": 0, "runningCount": len(tasks), "failedTasks": 0,
                "createdAt": _iso(began), "updatedAt": _iso(began + 2), "launchType": "FARGATE",
                "platformVersion": "1.4.0", "platformFamily": "Linux",
                "rolloutState": "COMPLETED", "rolloutStateReason": f"ECS deployment ecs-svc/{self._deployment(service)} completed."}],
            "roleArn": f"arn:aws:iam::{names.ACCOUNT_ID}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
            "events": [{"id": _steady_id(service.service, at, text), "createdAt": _iso(at), "message": text} for at, text in events],
            "createdAt": _iso(began), "placementConstraints": [], "placementStrategy": [],
            "schedulingStrategy": "REPLICA", "deploymentController": {"type": "ECS"},
            "createdBy": f"arn:aws:iam::{names.ACCOUNT_ID}:role/deploy",
            "enableECSManagedTags": True, "propagateTags": "NONE", "enableExecuteCommand": False,
        }

    def _deployment(self, service):
        digits = hashlib.sha256(self._tasks_of(service)[0]["task_id"].encode()).hexdigest()
        return str(int(digits, 16))[:19]

    def tasks(self):
        return {"tasks": [self._task(s, t) for s in names.SERVICES for t in self._tasks_of(s)], "failures": []}

    def _task(self, service, task):
        at = task["started_at"]
        task_id = task["task_id"]
        return {
            "attachments": [{"id": _steady_id("eni", task_id), "type": "ElasticNetworkInterface", "status": "ATTACHED",
                             "details": [{"name": "privateIPv4Address", "value": task["host"]}]}],
            "attributes": [{"name": "ecs.cpu-architecture", "value": "x86_64"}],
            "availabilityZone": names.REGION + ("a" if ".11." in task["host"] else "b"),
            "clusterArn": _ecs_arn("cluster", names.CLUSTER),
            "connectivity": "CONNECTED", "connectivityAt": _iso(at),
            "containers": [{
                "containerArn": _ecs_arn("container", f"{names.CLUSTER}/{task_id}/{_steady_id('container', task_id)}"),
                "taskArn": _task_arn(task_id), "name": service.container,
                "image": f"{names.ACCOUNT_ID}.dkr.ecr.{names.REGION}.amazonaws.com/{service.family}:lab",
                "runtimeId": f"{task_id}-{task['pid']:010d}", "lastStatus": "RUNNING", "networkBindings": [],
                "networkInterfaces": [{"attachmentId": _steady_id("eni", task_id), "privateIpv4Address": task["host"]}],
                "healthStatus": "UNKNOWN", "cpu": "0"}],
            "cpu": str(service.cpu_units), "createdAt": _iso(at), "desiredStatus": "RUNNING",
            "enableExecuteCommand": False, "group": f"service:{service.service}", "healthStatus": "UNKNOWN",
            "lastStatus": "RUNNING", "launchType": "FARGATE", "memory": str(service.memory_mib),
            "overrides": {"containerOverrides": [{"name": service.container}], "inferenceAcceleratorOverrides": []},
            "platformVersion": "1.4.0", "platformFamily": "Linux", "startedAt": _iso(at),
            "startedBy": f"ecs-svc/{self._deployment(service)}", "tags": [],
            "taskArn": _task_arn(task_id),
            "taskDefinitionArn": _ecs_arn("task-definition", f"{service.family}:{_TASK_DEFINITION_REVISION}"),
            "version": 3, "ephemeralStorage": {"sizeInGiB": 20}}

    def _db_arn(self):
        return f"arn:aws:rds:{names.REGION}:{names.ACCOUNT_ID}:db:{names.DB_INSTANCE}"

    def db_instances(self):
        began = self.facts["db_started_at"]
        return {"DBInstances": [{
            "DBInstanceIdentifier": names.DB_INSTANCE, "DBInstanceClass": "db.t3.small", "Engine": "postgres",
            "DBInstanceStatus": "available", "MasterUsername": "rdsadmin", "DBName": names.DATABASE,
            "Endpoint": {"Address": f"{names.DB_INSTANCE}.c0000000labx.{names.REGION}.rds.amazonaws.com", "Port": 5432,
                         "HostedZoneId": "Z2R2ITUGPM61AM"},
            "AllocatedStorage": server.STORAGE_BYTES >> 30, "InstanceCreateTime": _iso(began),
            "PreferredBackupWindow": "08:00-08:30", "BackupRetentionPeriod": 7, "DBSecurityGroups": [],
            "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-00000000000000001", "Status": "active"}],
            "DBParameterGroups": [{"DBParameterGroupName": "chatscomm-postgres15", "ParameterApplyStatus": "in-sync"}],
            "AvailabilityZone": names.REGION + "a", "PreferredMaintenanceWindow": "sun:09:00-sun:09:30",
            "PendingModifiedValues": {}, "MultiAZ": False, "EngineVersion": self.facts.get("engine_version", "15"),
            "AutoMinorVersionUpgrade": True, "ReadReplicaDBInstanceIdentifiers": [], "LicenseModel": "postgresql-license",
            "OptionGroupMemberships": [{"OptionGroupName": "default:postgres-15", "Status": "in-sync"}],
            "PubliclyAccessible": False, "StorageType": "gp3", "DbInstancePort": 0, "StorageEncrypted": True,
            "DbiResourceId": "db-LABLABLABLABLABLABLABLABLA", "CACertificateIdentifier": "rds-ca-rsa2048-g1",
            "DomainMemberships": [], "CopyTagsToSnapshot": True, "MonitoringInterval": 0,
            "DBInstanceArn": self._db_arn(), "IAMDatabaseAuthenticationEnabled": False,
            "PerformanceInsightsEnabled": True, "EnabledCloudwatchLogsExports": ["postgresql"],
            "DeletionProtection": True, "AssociatedRoles": [], "TagList": [],
            "CustomerOwnedIpEnabled": False, "BackupTarget": "region", "NetworkType": "IPV4"}]}

    def db_events(self):
        """RDS would have told of the instance's start only; the load writes no event."""
        began = self.facts["db_started_at"]
        return {"Events": [{"SourceIdentifier": names.DB_INSTANCE, "SourceType": "db-instance",
                            "Message": "DB instance started", "EventCategories": ["notification"],
                            "Date": _iso(began), "SourceArn": self._db_arn()}]}

    def log_groups(self):
        created = int(self.facts["db_started_at"] * 1000)
        groups = sorted(self.sizes)
        arn = f"arn:aws:logs:{names.REGION}:{names.ACCOUNT_ID}:log-group:"
        return {"logGroups": [{
            "logGroupName": group, "creationTime": created, "retentionInDays": 30, "metricFilterCount": 0,
            "arn": f"{arn}{group}:*", "storedBytes": self.sizes[group], "logGroupClass": "STANDARD",
            "logGroupArn": f"{arn}{group}"} for group in groups]}


def write(facts, sizes, folder):
    os.makedirs(folder, exist_ok=True)
    for name, answer in Answers(facts, sizes).all().items():
        with open(os.path.join(folder, name), "w") as out:
            json.dump(answer, out, indent=4)
            out.write("\n")
