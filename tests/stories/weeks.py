"""Weeks of a service's metrics and logs with known growth and known steps, from a seed."""

import datetime
import json
import pathlib
import random

UTC = datetime.timezone.utc
WEB = "/aws/ecs/chatscomm-chatwoot-prod-web"
DB = "/aws/rds/instance/chatscomm-db-prod/postgresql"
GIB = 1024 ** 3

# What is put in, a day: connections grow, storage goes, CPU makes one step, the rest does neither.
CONNECTIONS_A_DAY = 0.8
STORAGE_A_DAY = -0.4 * GIB
CPU_STEP = 14.0
STEP_DAY = 21  # the first day of the last of four weeks


class Weeks:
    """Days of Costa Rica (UTC-6, all year) from Monday 2025-07-21 on, a datapoint every five minutes."""

    def __init__(self, folder, seed, days=28, logs=True, step=True):
        self.folder, self.days, self.random = pathlib.Path(folder), days, random.Random(seed)
        self.start = datetime.datetime(2025, 7, 21, 6, tzinfo=UTC)
        self.step = step
        self.metrics()
        self.states()
        if logs:
            self.web_log()
            self.database_log()

    def day(self, number):
        return self.start + datetime.timedelta(days=number)

    def load(self, day, hour):
        """How busy the service is: office hours, half of it on weekends."""
        busy = 1.0 if 8 <= hour < 18 else 0.35
        return busy * (0.5 if day % 7 >= 5 else 1.0)

    def metrics(self):
        rds, web = "DBInstanceIdentifier=chatscomm-db-prod", (
            "ClusterName=chatscomm-ecs-cluster-prod;ServiceName=chatscomm-chatwoot-prod-web-service")
        noise = self.random.gauss
        series = {
            ("AWS/RDS", "DatabaseConnections", rds, "Count"):
                lambda d, t, busy: 22 + CONNECTIONS_A_DAY * t + 10 * busy + noise(0, 1.5),
            ("AWS/RDS", "CPUUtilization", rds, "Percent"):
                lambda d, t, busy: 12 + 10 * busy + (CPU_STEP if self.step and d >= STEP_DAY else 0) + noise(0, 1.5),
            ("AWS/RDS", "FreeStorageSpace", rds, "Bytes"):
                lambda d, t, busy: 46 * GIB + STORAGE_A_DAY * t + noise(0, 0.05 * GIB),
            ("AWS/RDS", "FreeableMemory", rds, "Bytes"):
                lambda d, t, busy: 0.9 * GIB - 0.1 * GIB * busy + noise(0, 0.03 * GIB),
            ("AWS/ECS", "CPUUtilization", web, "Percent"): lambda d, t, busy: 8 + 14 * busy + noise(0, 1.5),
            ("AWS/ECS", "MemoryUtilization", web, "Percent"): lambda d, t, busy: 44 + 4 * busy + noise(0, 1),
        }
        early = max(4, self.days - 10)
        bad_day = self.random.randrange(3, early)  # one of them, which is no trend
        missing = {self.random.randrange(1, early)} - {bad_day}
        (self.folder / "metrics").mkdir(parents=True)
        with open(self.folder / "metrics/weeks.csv", "w", encoding="utf-8") as out:
            out.write("timestamp,namespace,metric,dimensions,statistic,unit,period_s,value\n")
            for (space, name, dimensions, unit), value in series.items():
                for day in range(self.days):
                    if day in missing and name == "DatabaseConnections":
                        continue
                    for slot in range(288):
                        at = self.day(day) + datetime.timedelta(minutes=5 * slot)
                        v = value(day, day + slot / 288, self.load(day, slot / 12))
                        if day == bad_day and name == "CPUUtilization" and 120 <= slot < 168:
                            v += 40
                        out.write(f"{at:%Y-%m-%dT%H:%M:%SZ},{space},{name},{dimensions},Average,{unit},300,{v:.4f}\n")

    def states(self):
        (self.folder / "aws").mkdir()
        at = f"{self.day(self.days - 1):%Y-%m-%dT%H:%M:%SZ}"
        (self.folder / f"aws/describe-db-instances-{at}.json").write_text(json.dumps({"DBInstances": [
            {"DBInstanceIdentifier": "chatscomm-db-prod", "DBInstanceClass": "db.m6g.large", "Engine": "postgres",
             "DBInstanceStatus": "available", "AllocatedStorage": 60, "EngineVersion": "15.8"}]}))
        (self.folder / f"aws/describe-services-{at}.json").write_text(json.dumps({"services": [
            {"serviceName": "chatscomm-chatwoot-prod-web-service", "status": "ACTIVE", "desiredCount": 2,
             "runningCount": 2, "pendingCount": 0, "deployments": [], "events": []}]}))

    def web_log(self):
        """Requests; in the last week one endpoint is slower, some fail, and a message comes that never came."""
        pages = {"Api::V1::Accounts::ConversationsController#index": ("/api/v1/accounts/1/conversations", 180),
                 "Api::V1::Accounts::ContactsController#create": ("/api/v1/accounts/1/contacts", 40),
                 "Api::V1::Accounts::NotificationsController#unread_count": ("/api/v1/accounts/1/unread", 5)}
        path = self.folder / ("logs" + WEB)
        path.mkdir(parents=True)
        with open(path / "web.log", "w", encoding="utf-8") as out:
            for day in range(self.days):
                last_week = day >= self.days - 7
                for n in range(240):
                    at = self.day(day) + datetime.timedelta(seconds=360 * n + self.random.random() * 300)
                    stamp, uuid = f"{at:%Y-%m-%dT%H:%M:%S.%f}", f"{self.random.getrandbits(128):032x}"
                    uuid = "-".join((uuid[:8], uuid[8:12], uuid[12:16], uuid[16:20], uuid[20:]))
                    action, (url, usual) = self.random.choice(list(pages.items()))
                    took = usual * self.random.lognormvariate(0, 0.3)
                    if last_week and action.endswith("#index"):
                        took *= 4
                    fails = last_week and action.endswith("#create") and self.random.random() < 0.2
                    controller = f"I, [{stamp} #1]  INFO -- : [{uuid}] "
                    out.write(f'{controller}Started GET "{url}" for 203.0.113.9 at {at:%Y-%m-%d %H:%M:%S} +0000\n'
                              f"{controller}Processing by {action} as JSON\n")
                    if fails and n % 2 == 0:
                        out.write(f"W, [{stamp} #1]  WARN -- : [{uuid}] could not obtain a database connection within "
                                  f"{self.random.uniform(5, 6):.3f} seconds for user{n}@example.com\n")
                    status = "500 Internal Server Error" if fails else "200 OK"
                    out.write(f"{controller}Completed {status} in {took:.0f}ms (ActiveRecord: {took / 2:.1f}ms | "
                              "Allocations: 4061)\n")

    def database_log(self):
        """A slow search all the time; an index that goes where the CPU steps; one burst of time-outs, for an hour."""
        path = self.folder / ("logs" + DB)
        path.mkdir(parents=True)
        search = ('SELECT "messages".* FROM "messages" WHERE "messages"."account_id" = $1 AND (messages.content ILIKE $2) '
                  'ORDER BY "messages"."created_at" DESC LIMIT $3')
        listing = 'SELECT "conversations".* FROM "conversations" WHERE "conversations"."status" = $1'
        lines = []
        for day in range(self.days):
            for n in range(48):
                at = self.day(day) + datetime.timedelta(seconds=1800 * n + self.random.random() * 900)
                lines.append((at, f"LOG:  duration: {self.random.uniform(1100, 1900):.3f} ms  execute <unnamed>: {search}"))
        if self.step:
            drop = self.day(STEP_DAY) + datetime.timedelta(minutes=2)
            lines.append((drop, "LOG:  statement: DROP INDEX index_messages_on_conversation_id"))
        burst = self.day(self.days - 3) + datetime.timedelta(hours=10)
        for n in range(600):
            at = burst + datetime.timedelta(seconds=6 * n)
            lines.append((at, "ERROR:  canceling statement due to statement timeout"))
            lines.append((at, f"STATEMENT:  {listing}"))
        with open(path / "chatscomm-db-prod.0.log", "w", encoding="utf-8") as out:
            for at, text in sorted(lines, key=lambda line: line[0]):
                out.write(f"{at:%Y-%m-%d %H:%M:%S} UTC:10.0.12.40(42590):chatwoot@chatwoot_production:[13334]:{text}\n")
