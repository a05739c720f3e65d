"""Ctrl-C: whatever a command was writing is gone or told, and the exit code is 130."""

import os
import pathlib
import signal
import subprocess
import tempfile
import time
import unittest

import culprit

WAIT_S = 120
LINES = 400_000


class Interrupt(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.holder = tempfile.TemporaryDirectory(prefix="culprit-story-")
        cls.addClassCleanup(cls.holder.cleanup)
        cls.shared = pathlib.Path(cls.holder.name)
        cls.log = cls.shared / "app.log"
        with open(cls.log, "w", encoding="utf-8") as out:
            for i in range(LINES):
                out.write(f"2025-08-21T23:{i // 6000 % 60:02d}:{i // 100 % 60:02d}Z INFO request {i} of {i * 7919 % 10007} "
                          f"took {i * 31 % 977} ms\n")
        cls.store = cls.shared / "store"
        culprit.run("ingest", cls.log, "--store", cls.store, "-q", check=0)

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="culprit-story-")
        self.addCleanup(holder.cleanup)
        self.dir = pathlib.Path(holder.name)
        self.temporary = self.dir / "tmp"
        self.temporary.mkdir()
        self.work = self.dir / "work"
        self.work.mkdir()

    def interrupted(self, *arguments, began, signal_number=signal.SIGINT):
        """The process, interrupted as soon as began() is true."""
        with subprocess.Popen([culprit.PROGRAM, *map(str, arguments)], cwd=self.work, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env=culprit.clean_environment(TMPDIR=str(self.temporary))) as process:
            deadline = time.monotonic() + WAIT_S
            while not began():
                self.assertIsNone(process.poll(), "it ended before it could be interrupted")
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.0005)
            process.send_signal(signal_number)
            _, errors = process.communicate(timeout=WAIT_S)
            self.assertEqual(process.returncode, 130, errors)
            return errors.decode()

    def assert_nothing_left(self):
        self.assertEqual(list(self.temporary.iterdir()), [])
        self.assertEqual(list(self.work.iterdir()), [])

    def test_investigate_leaves_no_partial_folder(self):
        errors = self.interrupted("investigate", "--input", self.log, "-q", "--from", "2025-08-21 23:00", "--to", "23:50",
                                  "--tz", "UTC", began=lambda: any(self.work.iterdir()))
        self.assertIn("interrupted", errors)
        self.assert_nothing_left()

    def test_an_ingest_that_made_its_store_takes_it_away(self):
        self.interrupted("ingest", self.log, "--store", "new", "-q", began=lambda: (self.work / "new/FORMAT").exists(),
                         signal_number=signal.SIGTERM)
        self.assert_nothing_left()

    def test_an_ingest_into_a_store_adds_nothing_and_says_so(self):
        (self.work / "few.log").write_text("2025-08-21T23:00:00Z INFO first\n", encoding="utf-8")
        culprit.run("ingest", "few.log", "--store", "old", "-q", cwd=self.work, check=0)
        before = (self.work / "old/WRITER").stat().st_mtime_ns
        errors = self.interrupted("ingest", self.log, "--store", "old", "-q",
                                  began=lambda: (self.work / "old/WRITER").stat().st_mtime_ns != before)
        self.assertIn("nothing was added to old", errors)
        found = culprit.run("logs", "search", "", "-F", "--store", "old", cwd=self.work, check=0)
        self.assertEqual(len(found.out.splitlines()), 1)
        culprit.run("ingest", "few.log", "--store", "old", "-q", cwd=self.work, check=0)  # and it goes on
        self.assertEqual([p.name for p in (self.work / "old/segments").iterdir() if p.suffix != ".seg"], [])

    def test_export_takes_its_directory_away(self):
        self.interrupted("store", "export", self.store, "-o", "plain", began=lambda: (self.work / "plain").exists())
        self.assert_nothing_left()

    def test_collect_leaves_neither_a_capsule_nor_temporary_files(self):
        self.interrupted("collect", "--input", self.log, "-o", "it.culprit", "-q",
                         began=lambda: any(self.temporary.iterdir()))
        self.assert_nothing_left()


class KilledWhileBeingCreated(unittest.TestCase):
    def test_the_next_ingest_uses_the_directory(self):
        with tempfile.TemporaryDirectory(prefix="culprit-story-") as directory:
            work = pathlib.Path(directory)
            (work / "app.log").write_text("2025-08-21T23:00:00Z INFO one line\n", encoding="utf-8")
            store = work / "store"
            hit = 0
            for attempt in range(40):
                with subprocess.Popen([culprit.PROGRAM, "ingest", "app.log", "--store", "store", "-q"], cwd=work,
                                      env=culprit.clean_environment()) as process:
                    deadline = time.monotonic() + WAIT_S
                    while not store.exists() and time.monotonic() < deadline:
                        pass
                    time.sleep(attempt * 0.0002)
                    os.kill(process.pid, signal.SIGKILL)
                    process.wait()
                unfinished = store.exists() and not (store / "FORMAT").exists()
                hit += unfinished
                culprit.run("ingest", "app.log", "--store", "store", "-q", cwd=work, check=0)
                found = culprit.run("logs", "search", "one", "--store", "store", cwd=work, check=0)
                self.assertIn(len(found.out.splitlines()), (1, 2))
                subprocess.run(["rm", "-r", store], check=True)
            self.assertGreater(hit, 0, "no kill hit the creation")


if __name__ == "__main__":
    unittest.main()
