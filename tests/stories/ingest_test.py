"""`culprit ingest`: what is given is in the store, once, however it comes and whatever happens meanwhile."""

import gzip
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

import jsonschema

import culprit

EXAMPLE = culprit.ROOT / "examples/incidents/statement-timeouts/logs"
WAIT_S = 120


def lines(first, count, second=0):
    return "".join(f"2025-08-21T23:{(second + i) // 60 % 60:02d}:{(second + i) % 60:02d}Z INFO request {first + i} done\n"
                   for i in range(count))


def messages(store):
    """Every message, by group, read with the program's own export."""
    out = pathlib.Path(tempfile.mkdtemp(prefix="culprit-plain-")) / "out"
    try:
        culprit.run("store", "export", store, "-o", out, check=0)
        found = {}
        for path in sorted(p for p in (out / "logs").rglob("*.log") if p.is_file()):
            text = path.read_text(errors="surrogateescape")
            found.setdefault(path.parent.name, []).extend(line.split(" ", 1)[1] for line in text.splitlines()
                                                          if line[:1].isdigit() and " " in line)
        return found
    finally:
        shutil.rmtree(out.parent, ignore_errors=True)


def numbers(store):
    """The request numbers of lines(), in the order of the store."""
    return [int(m.split("request ")[1].split()[0]) for group in messages(store).values() for m in group
            if "request " in m]


class Folder(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="culprit-story-")
        self.addCleanup(holder.cleanup)
        self.dir = pathlib.Path(holder.name)
        self.store = self.dir / "store"

    def ingest(self, *arguments, **options):
        options.setdefault("check", 0)
        return culprit.run("ingest", *arguments, "--store", self.store, **options)


class Load(Folder):
    def test_the_example_in_two_parts_is_the_example(self):
        schema = json.loads((culprit.ROOT / "schemas/ingest.schema.json").read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        logs = sorted(p for p in EXAMPLE.rglob("*") if p.is_file())
        self.assertGreater(len(logs), 1)
        whole = json.loads(culprit.run("ingest", EXAMPLE, "--store", self.dir / "whole", "--format", "json", check=0).out)
        jsonschema.validate(whole, schema)
        self.assertTrue(whole["created"])
        kept = 0
        for part in (logs[:1], logs[1:]):
            report = json.loads(self.ingest(*part, "--format", "json").out)
            jsonschema.validate(report, schema)
            self.assertEqual(report["created"], kept == 0)
            kept += report["kept"]
        self.assertGreater(whole["kept"], 1000)
        self.assertEqual(kept, whole["kept"])
        parts = messages(self.store)
        self.assertEqual(sorted(m for g in parts.values() for m in g),
                         sorted(m for g in messages(self.dir / "whole").values() for m in g))

    def test_standard_input_and_packed_files(self):
        data = lines(0, 50).encode()
        self.ingest("-", "--group", "/k8s/web", input=data)
        (self.dir / "b.log.gz").write_bytes(gzip.compress(lines(50, 30).encode()))
        (self.dir / "c.log").write_text(lines(80, 20))
        subprocess.run(["zstd", "-q", "--rm", self.dir / "c.log"], check=True)
        done = self.ingest(self.dir / "b.log.gz", self.dir / "c.log.zst", "--group", "/k8s/web")
        self.assertIn("50 events", done.out)
        self.assertEqual(list(messages(self.store)), ["k8s_web"])
        self.assertEqual(sorted(numbers(self.store)), list(range(100)))

    def test_time_stamps_without_a_zone_are_in_the_one_given(self):
        (self.dir / "a.log").write_text("2025-08-21 17:00:00 INFO here\n2025-08-21 17:00:01Z INFO there\n")
        done = self.ingest(self.dir / "a.log", "--tz", "America/Costa_Rica", "--format", "json")
        self.assertIn("America/Costa_Rica", json.loads(done.out)["files"][0]["format"])
        out = self.dir / "plain"
        culprit.run("store", "export", self.store, "-o", out, check=0)
        text = next(p for p in (out / "logs").rglob("*.log") if p.is_file()).read_text()
        self.assertEqual([line.split(" ")[0][:19] for line in text.splitlines()], ["2025-08-21T23:00:00", "2025-08-21T17:00:01"])

    def test_a_load_that_failed_has_added_nothing(self):
        (self.dir / "a.log").write_text(lines(0, 5))
        (self.dir / "noise").write_bytes(bytes(range(256)) * 4)
        self.ingest(self.dir / "a.log")
        self.ingest(self.dir / "noise", check=3)
        self.ingest(self.dir / "a.log", self.dir / "missing", check=4)
        self.ingest(self.dir / "a.log", "--tz", "Mars/Olympus", check=2)
        self.assertEqual(numbers(self.store), list(range(5)))
        culprit.run("ingest", self.dir / "noise", "--store", self.dir / "new", check=3)
        self.assertFalse((self.dir / "new").exists())

    def test_what_is_no_store_is_left_alone(self):
        (self.dir / "a.log").write_text(lines(0, 5))
        home = self.dir / "home"
        home.mkdir()
        (home / "letter.txt").write_text("dear")
        done = culprit.run("ingest", self.dir / "a.log", "--store", home, check=2)
        self.assertIn("not empty", done.err)
        self.assertEqual([p.name for p in home.iterdir()], ["letter.txt"])

    def test_the_store_of_the_environment_and_the_default(self):
        (self.dir / "a.log").write_text(lines(0, 5))
        culprit.run("ingest", "a.log", cwd=self.dir, check=0)
        self.assertEqual(numbers(self.dir / "culprit-store"), list(range(5)))
        culprit.run("ingest", "a.log", cwd=self.dir, check=0, CULPRIT_STORE=str(self.store))
        self.assertEqual(numbers(self.store), list(range(5)))


class Follow(Folder):
    def setUp(self):
        super().setUp()
        self.logs = self.dir / "logs"
        self.logs.mkdir()
        self.log = self.logs / "app.log"

    def follow(self, *paths):
        process = subprocess.Popen([culprit.PROGRAM, "ingest", "--follow", *map(str, paths or [self.logs]), "--store",
                                    str(self.store)], env=culprit.clean_environment(),
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(self.end, process)
        return process

    def end(self, process, how=signal.SIGKILL):
        if process.poll() is None:
            process.send_signal(how)
        out, err = process.communicate(timeout=WAIT_S)
        for stream in (process.stdout, process.stderr):
            stream.close()
        return process.returncode, out.decode(), err.decode()

    def append(self, text, path=None):
        with open(path or self.log, "a", encoding="utf-8") as f:
            f.write(text)

    def wait_for(self, *wanted):
        """Until the store has these request numbers, each once."""
        deadline = time.monotonic() + WAIT_S
        found = None
        while time.monotonic() < deadline:
            if (self.store / "FORMAT").exists():
                try:
                    found = sorted(numbers(self.store))
                except (AssertionError, FileNotFoundError):
                    found = None
                if found is not None and len(found) >= len(wanted):
                    break
            time.sleep(0.2)
        self.assertEqual(found, sorted(wanted))

    def test_appended_lines_and_a_clean_end(self):
        self.append(lines(0, 10))
        process = self.follow()
        self.wait_for(*range(10))
        self.append(lines(10, 10))
        self.wait_for(*range(20))
        self.append("2025-08-21T23:00:59Z INFO request 20 half a li")
        code, out, err = self.end(process, signal.SIGTERM)
        self.assertEqual(code, 0, err)
        self.assertIn("20 events", out)
        self.append("ne\n")
        process = self.follow()
        self.wait_for(*range(21))
        code, out, _ = self.end(process, signal.SIGINT)
        self.assertEqual(code, 0)
        self.assertIn("1 events", out)

    def test_an_event_of_several_lines_is_one(self):
        self.append("2025-08-21T23:00:00Z ERROR request 0 failed\n")
        process = self.follow()
        self.wait_for(0)
        self.append("2025-08-21T23:00:01Z ERROR request 1 failed\n\tat one\n\tat two\n")
        self.wait_for(0, 1)
        self.assertEqual(self.end(process, signal.SIGTERM)[0], 0)
        info = json.loads(culprit.run("store", "info", self.store, "--format", "json", check=0).out)
        self.assertEqual(info["events"], 2)

    def test_rotation_by_rename_by_truncation_and_new_files(self):
        self.append(lines(0, 10))
        process = self.follow()
        self.wait_for(*range(10))
        os.rename(self.log, self.logs / "app.log.1")
        self.append(lines(10, 5), self.logs / "app.log.1")  # the writer has not noticed yet
        self.append(lines(15, 5))
        self.wait_for(*range(20))
        self.append(lines(20, 5), self.logs / "other.log")
        self.wait_for(*range(25))
        shutil.copyfile(self.log, self.logs / "app.log-copy")
        os.truncate(self.log, 0)
        self.append(lines(25, 3))
        self.wait_for(*range(28))
        self.append(lines(28, 20))
        self.wait_for(*range(48))
        self.assertEqual(self.end(process, signal.SIGTERM)[0], 0)
        self.wait_for(*range(48))

    def test_a_file_by_its_name_is_followed_through_rotation(self):
        self.append(lines(0, 3))
        process = self.follow(self.log)
        self.wait_for(*range(3))
        self.append(lines(90, 3), self.logs / "other.log")
        os.rename(self.log, self.logs / "app.log.1")
        self.append(lines(3, 3))
        self.wait_for(*range(6))
        self.assertEqual(self.end(process, signal.SIGTERM)[0], 0)

    def test_killed_at_any_moment_nothing_is_lost_and_nothing_twice(self):
        written = 0
        for round_ in range(8):
            process = self.follow()
            for _ in range(20):
                self.append(lines(written, 50))
                written += 50
                time.sleep(0.02 + round_ * 0.01)
            self.end(process, signal.SIGKILL)
        process = self.follow()
        self.wait_for(*range(written))
        self.assertEqual(self.end(process, signal.SIGTERM)[0], 0)
        self.wait_for(*range(written))

    def test_rotated_while_nobody_followed(self):
        self.append(lines(0, 20))
        process = self.follow(self.log)
        self.wait_for(*range(20))
        self.end(process, signal.SIGTERM)
        self.append(lines(20, 5))
        os.rename(self.log, self.logs / "app.log.1")
        self.append(lines(25, 5))
        process = self.follow(self.log)
        self.wait_for(*range(30))
        self.end(process, signal.SIGTERM)
        os.remove(self.logs / "app.log.1")
        os.remove(self.log)
        self.append(lines(30, 5))
        process = self.follow(self.log)
        self.wait_for(*range(35))
        code, _, err = self.end(process, signal.SIGTERM)
        self.assertEqual(code, 0)
        self.assertIn("rotated away", err)

    def test_a_second_writer_is_refused_and_told_who_writes(self):
        self.append(lines(0, 10))
        process = self.follow()
        self.wait_for(*range(10))
        done = self.ingest(self.log, check=9)
        self.assertIn(f"process {process.pid}", done.err)
        self.assertEqual(self.end(process, signal.SIGTERM)[0], 0)
        self.ingest(self.log)

    def test_what_cannot_be_followed_is_said(self):
        (self.logs / "old.log.gz").write_bytes(gzip.compress(lines(50, 5).encode()))
        self.append(lines(0, 3))
        process = self.follow()
        self.wait_for(*range(3))
        code, _, err = self.end(process, signal.SIGTERM)
        self.assertEqual(code, 0)
        self.assertIn("old.log.gz: not followed: packed", err)
        done = culprit.run("ingest", "--follow", "-", "--store", self.store, check=2, input=b"")
        self.assertIn("followed", done.err)
        culprit.run("ingest", "--follow", self.dir / "nothing", "--store", self.store, check=4)


if __name__ == "__main__":
    unittest.main()
