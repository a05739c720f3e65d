"""Logs Insights against `culprit serve`: boto3 and the stock AWS CLI, on a replayed incident and on a live store."""

import collections
import datetime
import pathlib
import re
import tempfile
import time
import unittest

import culprit
import recording
import serving

try:
    import boto3
    import botocore.exceptions
except ImportError:
    boto3 = None

DB_LOG = "/aws/rds/instance/chatscomm-db-prod/postgresql"
WEB_LOG = "/aws/ecs/chatscomm-chatwoot-prod-web"


def ended(logs, query):
    for _ in range(600):
        answer = logs.get_query_results(queryId=query)
        if answer["status"] not in ("Scheduled", "Running"):
            return answer
        time.sleep(0.05)
    raise AssertionError("the query did not end")


def rows(answer):
    return [{field["field"]: field["value"] for field in row} for row in answer["results"]]


class Insights:
    """What both servers share."""

    def ask(self, query, **more):
        parameters = {"startTime": self.start, "endTime": self.end, "queryString": query, **more}
        return ended(self.logs, self.logs.start_query(**parameters)["queryId"])

    def code_of(self, call, **parameters):
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            call(**parameters)
        return caught.exception.response


@unittest.skipUnless(boto3, "boto3 is not installed")
class Replay(Insights, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.server = serving.Serve("--capsule", serving.sealed(cls.folder.name)).__enter__()
        cls.logs = cls.server.client("logs")
        window = recording.truth(recording.INCIDENT)["window"]
        cls.start = int(recording.parse_utc(window["start"]).timestamp()) - 3600
        cls.end = int(recording.parse_utc(window["end"]).timestamp()) + 3600
        # Every event of the capsule, as another operation tells them.
        cls.events = {group: [event for page in cls.logs.get_paginator("filter_log_events").paginate(logGroupName=group)
                              for event in page["events"]] for group in (DB_LOG, WEB_LOG)}

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()
        cls.folder.cleanup()

    def test_statement_timeouts_by_minute_are_those_of_the_log(self):
        counted = collections.Counter(event["timestamp"] // 60000 for event in self.events[DB_LOG]
                                      if "statement timeout" in event["message"])
        self.assertGreater(sum(counted.values()), 10)
        answer = self.ask("filter @message like /statement timeout/ | stats count(*) as n by bin(1m)",
                          logGroupName=DB_LOG)
        self.assertEqual(answer["status"], "Complete")
        parse = lambda text: datetime.datetime.strptime(text + "+0000", "%Y-%m-%d %H:%M:%S.%f%z").timestamp()
        self.assertEqual({int(parse(row["bin(1m)"]) // 60): int(row["n"]) for row in rows(answer)}, counted)
        statistics = answer["statistics"]
        self.assertEqual(statistics["recordsMatched"], sum(counted.values()))
        self.assertEqual(statistics["recordsScanned"], len(self.events[DB_LOG]))
        self.assertEqual(statistics["bytesScanned"], sum(len(e["message"].encode()) for e in self.events[DB_LOG]))

    def test_newest_first_with_pointers_that_lead_to_the_event(self):
        answer = self.ask("fields @timestamp, @message | limit 5", logGroupName=WEB_LOG)
        found = rows(answer)
        newest = sorted((event["timestamp"] for event in self.events[WEB_LOG]), reverse=True)[:5]
        self.assertEqual(len(found), 5)
        for row, stamp in zip(found, newest):
            record = self.logs.get_log_record(logRecordPointer=row["@ptr"])["logRecord"]
            self.assertEqual(record["@message"], row["@message"])
            self.assertEqual(int(record["@timestamp"]), stamp)
            self.assertTrue(record["@log"].endswith(":" + WEB_LOG))

    def test_percentiles_of_what_a_line_tells(self):
        durations = sorted(float(match.group(1)) for event in self.events[DB_LOG]
                           if (match := re.search(r"duration: ([\d.]+) ms", event["message"])))
        answer = self.ask("parse @message /duration: (?<ms>[\\d.]+) ms/ | filter ispresent(ms) | "
                          "stats count(*) as n, max(ms) as slowest, pct(ms, 50) as middle", logGroupName=DB_LOG)
        row = rows(answer)[0]
        self.assertEqual(int(row["n"]), len(durations))
        self.assertAlmostEqual(float(row["slowest"]), durations[-1], places=3)
        exact = durations[-(-len(durations) // 2) - 1]
        self.assertLess(abs(float(row["middle"]) - exact), 0.011 * exact + 0.001)

    def test_several_groups_by_names_and_by_arns(self):
        total = sum(map(len, self.events.values()))
        arns = [g["logGroupArn"] for g in self.logs.describe_log_groups()["logGroups"]
                if g["logGroupName"] in self.events]
        for named in ({"logGroupNames": list(self.events)}, {"logGroupIdentifiers": arns}):
            by_group = rows(self.ask("stats count(*) as n by @log", **named))
            self.assertEqual(sum(int(row["n"]) for row in by_group), total)
            self.assertEqual(len(by_group), 2)
        chosen = self.ask('SOURCE logGroups(namePrefix: ["/aws/rds"]) | stats count(*) as n')
        self.assertEqual(int(rows(chosen)[0]["n"]), len(self.events[DB_LOG]))

    def test_patterns_of_messages(self):
        found = rows(self.ask("pattern @message | limit 5", logGroupName=DB_LOG))
        self.assertEqual(set(found[0]), {"@pattern", "@ratio", "@sampleCount", "@severityLabel"})
        self.assertIn("<*>", found[0]["@pattern"])

    def test_a_query_that_cannot_be_read_says_where(self):
        fault = self.code_of(self.logs.start_query, logGroupName=DB_LOG, startTime=self.start, endTime=self.end,
                             queryString="fields @message | filter a == 1")
        self.assertEqual(fault["Error"]["Code"], "MalformedQueryException")
        self.assertIn("unexpected symbol found =", fault["Error"]["Message"])
        self.assertEqual(fault["queryCompileError"]["location"]["startCharOffset"], 28)

    def test_what_is_wrong_with_the_request(self):
        ask = {"startTime": self.start, "endTime": self.end, "queryString": "fields @message"}
        code = lambda **more: self.code_of(self.logs.start_query, **{**ask, **more})["Error"]["Code"]
        self.assertEqual(code(logGroupName="/none"), "ResourceNotFoundException")
        self.assertEqual(code(), "InvalidParameterException")
        self.assertEqual(code(logGroupName=DB_LOG, logGroupNames=[WEB_LOG]), "InvalidParameterException")
        self.assertEqual(code(logGroupName=DB_LOG, startTime=self.end, endTime=self.start), "InvalidParameterException")
        self.assertEqual(code(logGroupName=DB_LOG, limit=100001), "InvalidParameterException")
        self.assertEqual(self.code_of(self.logs.get_query_results, queryId="none")["Error"]["Code"],
                         "ResourceNotFoundException")

    def test_the_stock_command_line(self):
        for cli in serving.CLIS:
            started = self.server.aws_json(f"aws logs start-query --log-group-name {DB_LOG} --start-time {self.start} "
                                           f"--end-time {self.end} --query-string 'stats count(*) as n'", cli)
            ended(self.logs, started["queryId"])
            answer = self.server.aws_json(f"aws logs get-query-results --query-id {started['queryId']}", cli)
            self.assertEqual(answer["status"], "Complete", cli)
            self.assertEqual(answer["results"], [[{"field": "n", "value": str(len(self.events[DB_LOG]))}]], cli)
            table = self.server.aws(f"aws logs describe-queries --log-group-name {DB_LOG} "
                                    "--query 'queries[0].[status,queryString]' --output text", cli).stdout
            self.assertEqual(table.split("\t")[0], "Complete")

    def test_a_replay_keeps_no_saved_queries(self):
        fault = self.code_of(self.logs.put_query_definition, name="mine", queryString="fields a")
        self.assertEqual(fault["Error"]["Code"], "AccessDeniedException")


@unittest.skipUnless(boto3, "boto3 is not installed")
class Live(Insights, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.store = pathlib.Path(cls.folder.name) / "store"
        cls.server = serving.Serve("--store", cls.store).__enter__()
        cls.logs = cls.server.client("logs")
        cls.logs.create_log_group(logGroupName="/app")
        cls.logs.create_log_stream(logGroupName="/app", logStreamName="one")
        now = int(time.time() * 1000)
        cls.start, cls.end = now // 1000 - 600, now // 1000 + 60
        cls.logs.put_log_events(logGroupName="/app", logStreamName="one", logEvents=[
            {"timestamp": now - 1000 * (20 - i),
             "message": '{"level":"%s","user":{"id":%d},"ms":%d}' % ("error" if i % 5 == 0 else "info", i % 3, i)}
            for i in range(20)])

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()
        cls.folder.cleanup()

    def test_fields_of_json_messages(self):
        answer = self.ask("filter level = 'error' | stats count(*) as n, max(ms) as slowest by user.id | sort n desc",
                          logGroupName="/app")
        self.assertEqual(rows(answer), [{"user.id": "0", "n": "2", "slowest": "15"},
                                        {"user.id": "1", "n": "1", "slowest": "10"},
                                        {"user.id": "2", "n": "1", "slowest": "5"}])
        self.assertEqual(answer["statistics"]["recordsMatched"], 4)

    def test_milliseconds_are_taken_too(self):
        answer = self.ask("stats count(*) as n", logGroupName="/app", startTime=self.start * 1000,
                          endTime=self.end * 1000)
        self.assertEqual(rows(answer), [{"n": "20"}])

    def test_pages_of_results(self):
        query = self.logs.start_query(logGroupName="/app", startTime=self.start, endTime=self.end,
                                      queryString="fields ms | sort ms asc")["queryId"]
        ended(self.logs, query)
        seen, token = [], {}
        while True:
            page = self.logs.get_query_results(queryId=query, maxItems=7, **token)
            seen += [int(row["ms"]) for row in rows(page)]
            if "nextToken" not in page:
                break
            token = {"nextToken": page["nextToken"]}
        self.assertEqual(seen, list(range(20)))

    def test_limits_of_request_and_query(self):
        self.assertEqual(len(rows(self.ask("fields ms", logGroupName="/app", limit=3))), 3)
        self.assertEqual(len(rows(self.ask("fields ms | limit 4", logGroupName="/app"))), 4)

    def test_an_ended_query_cannot_be_stopped(self):
        query = self.logs.start_query(logGroupName="/app", startTime=self.start, endTime=self.end,
                                      queryString="fields ms")["queryId"]
        ended(self.logs, query)
        self.assertFalse(self.logs.stop_query(queryId=query)["success"])

    def test_saved_queries(self):
        put = lambda **more: self.logs.put_query_definition(**more)["queryDefinitionId"]
        first = put(name="slow/web", queryString="fields ms | sort ms desc", logGroupNames=["/app"])
        second = put(name="errors", queryString="filter level = 'error'")
        listed = self.logs.describe_query_definitions(queryDefinitionNamePrefix="slow")["queryDefinitions"]
        self.assertEqual([(d["queryDefinitionId"], d["queryString"], d["logGroupNames"]) for d in listed],
                         [(first, "fields ms | sort ms desc", ["/app"])])
        put(name="slow/web", queryString="fields ms", queryDefinitionId=first)
        self.assertTrue(self.logs.delete_query_definition(queryDefinitionId=second)["success"])
        listed = self.logs.describe_query_definitions()["queryDefinitions"]
        self.assertEqual([d["queryString"] for d in listed], ["fields ms"])
        self.assertEqual(self.code_of(self.logs.delete_query_definition, queryDefinitionId=second)["Error"]["Code"],
                         "ResourceNotFoundException")

    def test_fields_of_a_group(self):
        fields = self.logs.get_log_group_fields(logGroupName="/app")["logGroupFields"]
        self.assertEqual({f["name"]: f["percent"] for f in fields},
                         dict.fromkeys(["@timestamp", "@message", "@logStream", "@log", "@ingestionTime", "level", "ms",
                                        "user.id"], 100))


if __name__ == "__main__":
    unittest.main()
