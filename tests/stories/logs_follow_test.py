"""`culprit logs tail --follow` beside a writer, and `--fields` of logs search and tail."""

import json
import pathlib
import signal
import subprocess
import tempfile
import threading
import time
import unittest

import culprit

WAIT_S = 120


class Running:
    """A culprit that goes on; its lines as they come."""

    def __init__(self, *arguments, cwd):
        self.process = subprocess.Popen([culprit.PROGRAM, *map(str, arguments)], cwd=cwd, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, env=culprit.clean_environment())
        self.lines = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line.decode().rstrip("\n"))

    def wait_for(self, wanted, what):
        deadline = time.monotonic() + WAIT_S
        while not wanted(self.lines):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"{what}: {self.lines[-5:]}, exit code {self.process.poll()}, "
                                     f"{self.process.stderr.read() if self.process.poll() is not None else ''}")
            time.sleep(0.02)

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(WAIT_S)
        self.reader.join(WAIT_S)
        errors = self.process.stderr.read().decode()
        self.process.stdout.close()
        self.process.stderr.close()
        return code, errors


class Story(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="culprit-story-")
        self.addCleanup(holder.cleanup)
        self.dir = pathlib.Path(holder.name)
        self.log = self.dir / "app.log"

    def append(self, first, count):
        with open(self.log, "a", encoding="utf-8") as out:
            for i in range(first, first + count):
                out.write(f"2025-08-21T23:00:{i % 60:02d}Z {'ERROR' if i % 3 == 0 else 'INFO'} request {i} done\n")


class Follow(Story):
    def start(self, *arguments):
        running = Running(*arguments, cwd=self.dir)
        self.addCleanup(lambda: running.process.poll() is None and running.process.kill())
        return running

    def test_new_events_come_once_and_in_order_while_another_process_writes(self):
        self.append(0, 5)
        writer = self.start("ingest", "--follow", self.log, "--store", "store", "--group", "app", "-q")
        deadline = time.monotonic() + WAIT_S
        while "request 4 " not in culprit.run("logs", "tail", "--store", "store", cwd=self.dir).out:
            self.assertLess(time.monotonic(), deadline)
        follower = self.start("logs", "tail", "--follow", "-n", "3", "--store", "store", "--format", "json")
        errors_only = self.start("logs", "tail", "ERROR", "-f", "--store", "store", "--format", "json")
        follower.wait_for(lambda lines: len(lines) >= 3, "the last three")
        errors_only.wait_for(lambda lines: len(lines) >= 2, "the last errors")
        for first in range(5, 305, 30):
            self.append(first, 30)
            time.sleep(0.05)

        def numbers(lines):
            return [int(json.loads(line)["message"].split("request ")[1].split()[0]) for line in list(lines)]

        follower.wait_for(lambda lines: numbers(lines)[-1:] == [304], "all that was added")
        errors_only.wait_for(lambda lines: numbers(lines)[-1:] == [303], "all errors that were added")
        self.assertEqual(follower.stop(), (130, ""))
        self.assertEqual(errors_only.stop(), (130, ""))
        self.assertEqual(numbers(follower.lines), list(range(2, 305)))
        self.assertEqual(numbers(errors_only.lines), list(range(0, 305, 3)))
        self.assertEqual(writer.stop()[0], 0)

    def test_what_cannot_be_followed_is_said(self):
        self.append(0, 5)
        culprit.run("collect", "-q", "--input", self.log, "-o", "a.culprit", cwd=self.dir, check=0)
        refused = culprit.run("logs", "tail", "--follow", "--store", "a.culprit", cwd=self.dir, check=2)
        self.assertIn("a capsule does not grow", refused.err)
        refused = culprit.run("logs", "tail", "--follow", "--from", "-1h", "--to", "now", "--store", "a.culprit",
                              cwd=self.dir, check=2)
        self.assertIn("--to", refused.err)
        culprit.run("logs", "tail", "--follow", "--store", "none", cwd=self.dir, check=4)


class Fields(Story):
    def ingest(self, text, group):
        self.log.write_text(text, encoding="utf-8")
        culprit.run("ingest", self.log, "--store", "store", "--group", group, "-q", cwd=self.dir, check=0)

    def search(self, *arguments, code=0):
        return culprit.run("logs", "search", *arguments, "--store", "store", cwd=self.dir, check=code).out

    def test_members_of_json_messages(self):
        self.ingest('{"time":"2025-08-21T23:00:00Z","level":"INFO","ctx":{"class":"A","args":[1,{"id":7}]},"took":1.50}\n'
                    '{"time":"2025-08-21T23:00:01Z","level":"ERROR","ctx":{"class":"B C"},"note":"a\\tb"}\n', "json")
        table = self.search("", "-F", "--fields", "@timestamp,level,ctx.class,ctx.args.1.id,took", "--tz", "UTC")
        self.assertEqual(table.splitlines(), [
            "@timestamp\tlevel\tctx.class\tctx.args.1.id\ttook",
            "2025-08-21 23:00\tINFO\tA\t7\t1.50",
            "2025-08-21 23:00:01\tERROR\tB C\t\t"])
        rows = [json.loads(line) for line in self.search('{ $.level = "ERROR" }', "--fields", "level,note,took,@log",
                                                         "--format", "json").splitlines()]
        self.assertEqual([row["fields"] for row in rows], [{"level": "ERROR", "note": "a\tb", "took": None, "@log": "json"}])
        self.assertEqual(rows[0]["number"], 2)

    def test_names_of_a_space_delimited_pattern(self):
        self.ingest('127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534\n'
                    '127.0.0.1 - ann [10/Oct/2000:13:35:22 -0700] "GET /about.html HTTP/1.0" 500 5324\n', "access")
        table = self.search("[ip, id, user, at, request, status=5*, bytes]", "--fields", "user,status,request")
        self.assertEqual(table.splitlines(), ["user\tstatus\trequest", "ann\t500\tGET /about.html HTTP/1.0"])

    def test_what_postgresql_lines_and_pairs_tell(self):
        self.ingest("2025-08-21 23:03:11 UTC:10.0.1.5(43210):u@db:[12]:LOG:  duration: 1523.221 ms  statement: SELECT 1\n"
                    "2025-08-21 23:03:12 UTC:10.0.1.5(43210):u@db:[12]:ERROR:  canceling statement due to statement timeout\n",
                    "postgresql")
        table = self.search("", "-F", "--fields", "level,database,duration")
        self.assertEqual(table.splitlines(), ["level\tdatabase\tduration", "LOG\tdb\t1523.221", "ERROR\tdb\t"])

    def test_a_tail_has_fields_too(self):
        self.ingest("2025-08-21T23:00:00Z method=GET status=200\n2025-08-21T23:00:01Z method=POST status=500\n", "pairs")
        tail = culprit.run("logs", "tail", "--fields", "method,status", "--store", "store", cwd=self.dir, check=0).out
        self.assertEqual(tail.splitlines(), ["method\tstatus", "GET\t200", "POST\t500"])


if __name__ == "__main__":
    unittest.main()
