"""Bad input to the real program: a clear message and its exit code, or a report that shows the gap; never half a result."""

import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import unittest

import culprit
import recording
from aws_fake import IDENTITY, KEYS, FakeAws, error, readable_aws

LINE = b"2025-08-21T23:0%d:00Z ERROR something %s\n"
WINDOW = ("--from", "2025-08-21T23:00Z", "--to", "2025-08-21T23:10Z")
LIVE = {**KEYS, "AWS_REGION": "us-east-1", "NO_PROXY": "*"}
FAILURE_SIGNS = ("terminate called", "Traceback", "std::", "runtime error", "AddressSanitizer", "what():")


class BadInput(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="culprit-story-")
        self.addCleanup(holder.cleanup)
        self.dir = pathlib.Path(holder.name)
        self.out = self.dir / "out"

    def file(self, name, content):
        path = self.dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def run_culprit(self, *arguments, timeout=120, **environment):
        return culprit.run(*arguments, cwd=self.dir, timeout=timeout, **environment)

    def investigate(self, *arguments, out=None, **environment):
        return self.run_culprit("investigate", "-q", "--out", out or self.out, *arguments, **environment)

    def live(self, url, *arguments, **environment):
        return self.investigate("--from", "-10m", "--endpoint-url", url, *arguments, **{**LIVE, **environment})

    def assert_fails(self, done, code, *says):
        self.assertEqual(done.returncode, code, done.err)
        self.assertEqual(done.out, "")
        for sign in FAILURE_SIGNS:
            self.assertNotIn(sign, done.err)
        for text in says:
            self.assertIn(text, done.err)
        self.assertLess(len(done.err), 4000)
        self.assertEqual(len(re.findall("^culprit: ", done.err, re.M)), 1, done.err)  # one message
        self.assertIn("\n  ", done.err)  # which says what to do
        self.assert_nothing_left()

    def assert_nothing_left(self):
        self.assertFalse(self.out.exists())
        self.assertEqual([p.name for p in self.dir.iterdir() if ".partial-" in p.name], [])

    def assert_reported(self, done):
        self.assertIn(done.returncode, (0, 11), done.err)
        self.assertEqual({p.name for p in self.out.iterdir()},
                         {"report.md", "report.html", "findings.json", "incident.culprit"})
        for name in ("report.md", "report.html"):
            (self.out / name).read_text(encoding="utf-8")
        self.assertEqual(list(self.dir.glob("*.partial-*")), [])
        return culprit.findings(self.out)

    def assert_gap(self, findings, **expected):
        found = [g for g in findings["gaps"] if all(g[k] == v for k, v in expected.items())]
        self.assertTrue(found, findings["gaps"][:20])
        return found[0]


class CommandLine(BadInput):
    def setUp(self):
        super().setUp()
        self.log = self.file("app.log", b"".join(LINE % (i, b"happened") for i in range(9)))

    def test_an_unknown_command_is_2_and_the_right_one_is_suggested(self):
        for arguments, told in ((("investgate", "--from", "-30m"), "'culprit investgate'"),
                                (("logs", "serch", "x"), "'culprit logs serch'")):
            done = culprit.run(*arguments)
            self.assertEqual((done.returncode, done.out), (2, ""))
            self.assertIn(f"there is no command {told}", done.err)
            self.assertIn("Did you mean '" + ("investigate" if arguments[0] == "investgate" else "search"), done.err)
            self.assertIn("--help", done.err)

    def test_the_version_is_told(self):
        done = culprit.run("--version")
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.out, r"\Aculprit \d+\.\d+\.\d+\n\Z")

    def test_a_wrong_zone_is_2_and_the_right_one_is_suggested(self):
        done = self.investigate("--input", self.log, "--from", "2025-08-21 17:00", "--to", "17:10",
                                "--tz", "America/Costa_Rika")
        self.assert_fails(done, 2, "--tz", "America/Costa_Rika", "Did you mean America/Costa_Rica?")

    def test_a_reversed_window_is_2(self):
        done = self.investigate("--input", self.log, "--from", "2025-08-21T23:10Z", "--to", "2025-08-21T23:00Z")
        self.assert_fails(done, 2, "ends before it starts", "2025-08-21T23:10:00Z", "2025-08-21T23:00:00Z")

    def test_a_window_in_the_future_is_2_for_files_and_for_live_aws(self):
        window = ("--from", "2199-01-01T00:00Z", "--to", "2199-01-01T00:10Z")
        self.assert_fails(self.investigate("--input", self.log, *window), 2, "--from", "in the future", "now it is")
        with FakeAws({"GetCallerIdentity": IDENTITY}) as aws:
            done = self.investigate("--endpoint-url", aws.url, *window, **LIVE)
            self.assert_fails(done, 2, "--from", "in the future")
            self.assertEqual(aws.asked, [])

    def test_an_unknown_system_is_4_and_the_known_ones_are_named(self):
        done = self.investigate("--input", self.log, "--system", "chatwood")
        self.assert_fails(done, 4, "chatwood", "chatwoot")
        self.assert_fails(self.investigate("--input", self.log, "--system", "zzzzzz"), 4, "zzzzzz", "chatwoot", "rails")

    def test_a_malformed_system_file_is_3_at_its_line_and_column(self):
        yaml = self.file("mine.yaml", "name: mine\ncomponents: [web,\n")
        done = self.investigate("--input", self.log, "--system", yaml)
        self.assert_fails(done, 3, "not valid YAML")
        self.assertRegex(done.err, r"mine\.yaml:\d+:\d+: ")

    def test_a_wrong_format_is_2(self):
        done = self.investigate("--input", self.log, "--format", "pdf")
        self.assertEqual((done.returncode, done.out), (2, ""))
        for text in ("--format", "pdf", "text", "json", "--help"):
            self.assertIn(text, done.err)
        self.assert_nothing_left()

    def test_a_wrong_expectation_is_2(self):
        done = self.investigate("--input", self.log, "--expect", "cause:memory")
        self.assert_fails(done, 2, "--expect", "'cause:memory'", "cause=")

    def test_a_wrong_log_limit_is_2_whatever_the_input(self):
        for size in ("many", "-5MB", "0", "10XB", "nan", "inf"):
            with self.subTest(size=size):
                more = (f"--max-log-bytes={size}", *WINDOW)
                self.assert_fails(self.investigate("--input", self.log, *more), 2, "--max-log-bytes", size, "512MB")
                self.assert_fails(self.investigate(*more, **LIVE), 2, "--max-log-bytes", size)

    def test_a_taken_out_folder_is_2_and_stays_as_it_is(self):
        taken = self.dir / "taken"
        self.file("taken/precious.txt", "mine")
        done = self.investigate("--input", self.log, out=taken)
        self.assert_fails(done, 2, str(taken), "--force")
        self.assertEqual([(p.name, p.read_text()) for p in taken.iterdir()], [("precious.txt", "mine")])
        done = self.investigate("--input", self.log, out=self.file("a-file", "mine"))
        self.assert_fails(done, 2, "a-file")
        self.assertEqual((self.dir / "a-file").read_text(), "mine")

    def test_a_taken_out_folder_is_noticed_before_aws_is_asked(self):
        self.file("taken/precious.txt", "mine")
        with FakeAws({"GetCallerIdentity": IDENTITY}) as aws:
            self.assert_fails(self.live(aws.url, out=self.dir / "taken"), 2, "taken", "--force")
            self.assertEqual(aws.asked, [])

    def test_a_missing_input_is_4(self):
        self.assert_fails(self.investigate("--input", self.dir / "nowhere"), 4, "nowhere", "no such file or folder")


class Files(BadInput):
    def test_a_folder_with_nothing_usable_is_3(self):
        (self.dir / "in").mkdir()
        self.assert_fails(self.investigate("--input", self.dir / "in"), 3, "no files")
        self.file("in/picture.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
        self.file("in/poem.txt", "roses are red\nviolets are blue\n")
        self.assert_fails(self.investigate("--input", self.dir / "in"), 3, "picture.png", "poem.txt", "roses are red")

    def test_a_binary_file_alone_is_3_and_beside_a_log_a_gap(self):
        self.file("in/blob.log", bytes(range(256)) * 400)
        self.assert_fails(self.investigate("--input", self.dir / "in/blob.log"), 3, "blob.log", "binary")
        self.file("in/app.log", b"".join(LINE % (i, b"happened") for i in range(9)))
        findings = self.assert_reported(self.investigate("--input", self.dir / "in", *WINDOW))
        gap = self.assert_gap(findings, subject="blob.log")
        self.assertIn("binary", gap["detail"])

    def test_an_empty_log_alone_is_3_and_beside_another_a_gap(self):
        self.file("in/silent.log", "")
        self.assert_fails(self.investigate("--input", self.dir / "in/silent.log"), 3, "silent.log", "empty")
        self.file("in/app.log", b"".join(LINE % (i, b"happened") for i in range(9)))
        findings = self.assert_reported(self.investigate("--input", self.dir / "in", *WINDOW))
        self.assert_gap(findings, subject="silent.log", reason="empty")

    def test_a_line_of_50_megabytes_is_cut_and_the_cut_is_shown(self):
        self.file("in/long.log", (LINE % (1, b"a" * (50 << 20))) + (LINE % (2, b"after it")))
        findings = self.assert_reported(self.investigate("--input", self.dir / "in", *WINDOW))
        gap = self.assert_gap(findings, subject="long.log", reason="cut")
        self.assertIn("too long", gap["detail"])
        self.assertLess((self.out / "report.md").stat().st_size, 5_000_000)

    def test_a_log_limit_is_spent_on_the_window_and_the_cut_is_shown(self):
        line = b"2025-08-21T%02d:%02d:%02dZ ERROR something happened\n"
        whole_hour = [line % (22, m, s) for m in range(60) for s in range(60)]
        window = [line % (23, m, s) for m in range(10) for s in range(60)]
        for name in ("ai.log", "web.log"):
            self.file(f"in/{name}", b"".join(whole_hour + window))
        findings = self.assert_reported(self.investigate(
            "--input", self.dir / "in", "--max-log-bytes", str(3 * sum(map(len, window))), *WINDOW))
        counts = {p["id"]: p["count"] for p in findings["patterns"]}
        self.assertEqual((counts["web.error"], counts["ai.error"]), (600, 600))  # the window is whole
        for component in ("web", "ai"):
            gap = self.assert_gap(findings, reason="cut", component=component)
            self.assertIn("--max-log-bytes", gap["detail"])
            self.assertLess(gap["window"]["start"], findings["window"]["start"])

    def test_saved_events_left_out_beside_a_raw_log_are_a_gap(self):
        self.file("in/web.log", b"".join(LINE % (i, b"happened") for i in range(9)))
        self.file("in/filter-log-events-web-ERROR.json", json.dumps({"events": [
            {"logStreamName": "other", "timestamp": 1755817500000, "ingestionTime": 1755817500000, "message": "ERROR x",
             "eventId": "1"}]}))
        findings = self.assert_reported(self.investigate("--input", self.dir / "in", *WINDOW))
        gap = self.assert_gap(findings, subject="filter-log-events-web-ERROR.json", component="web")
        self.assertIn("1 events not read again", gap["detail"])

    def test_invalid_utf_8_in_a_log_gives_valid_reports(self):
        bad = b"statement timeout \xff\xfe \xc3( \xed\xa0\x80 \xf0\x28\x8c\xbc \x00 \x1b[31m"
        self.file("in/bad.log", b"".join(
            b"2025-08-21 23:0%d:00 UTC:10.0.0.1(5000):chatwoot@chatwoot:[77]:ERROR:  canceling statement due to %s\n"
            % (i, bad) for i in range(9)))
        for form in ("text", "md", "html", "json"):
            shutil.rmtree(self.out, ignore_errors=True)
            done = self.investigate("--input", self.dir / "in", "--format", form, *WINDOW)
            findings = self.assert_reported(done)  # decoding its output as UTF-8 is part of running it
            if form == "json":
                self.assertEqual(json.loads(done.out)["verdict"], findings["verdict"])
            if form == "text":
                self.assertNotIn("\x1b", done.out)


class Capsule(BadInput):
    @classmethod
    def setUpClass(cls):
        cls.holder = tempfile.TemporaryDirectory(prefix="culprit-story-")
        cls.addClassCleanup(cls.holder.cleanup)
        folder = pathlib.Path(cls.holder.name)
        (folder / "app.log").write_bytes(b"".join(LINE % (i, b"happened") for i in range(9)))
        culprit.run("collect", "-q", "--input", folder / "app.log", *WINDOW, "-o", folder / "good.culprit", check=0)
        cls.good = (folder / "good.culprit").read_bytes()

    def assert_refused(self, capsule, part):
        self.assert_fails(self.run_culprit("report", capsule), 8, capsule.name, part, "culprit verify")
        self.assert_fails(self.investigate("--input", capsule), 8, capsule.name, part, "culprit verify")
        verified = self.run_culprit("verify", capsule)
        self.assertEqual(verified.returncode, 8)
        self.assertIn(f"DAMAGED {part}", verified.out)

    def test_a_truncated_capsule_is_8_and_names_the_part(self):
        at = self.good.index(b"SQLite format 3") + 5000
        self.assert_refused(self.file("short.culprit", self.good[:at]), "catalogue.sqlite")

    def test_a_changed_capsule_is_8_and_names_the_part(self):
        at = self.good.index(b"system.yaml\0") + 512 + 40  # its tar header is 512 bytes
        changed = self.good[:at] + bytes([self.good[at] ^ 1]) + self.good[at + 1:]
        self.assert_refused(self.file("changed.culprit", changed), "system.yaml")

    def test_a_capsule_of_no_bytes_or_of_others_bytes_is_refused(self):
        for content in (b"", self.good[:100], os.urandom(4096)):
            capsule = self.file("odd.culprit", content)
            for done in (self.run_culprit("report", capsule), self.run_culprit("verify", capsule)):
                self.assertIn(done.returncode, (3, 8), done.err)
                self.assertIn("odd.culprit", done.err + done.out)
                self.assertNotIn("terminate called", done.err)


class LiveAws(BadInput):
    def test_no_credentials_is_5(self):
        done = self.investigate("--from", "-10m", "--system", "rails", AWS_REGION="us-east-1")
        self.assertEqual((done.returncode, done.out), (5, ""), done.err)
        self.assert_nothing_left()
        done = self.investigate("--from", "-10m", AWS_REGION="us-east-1")
        self.assert_fails(done, 5, "chatscomm", "aws configure")

    def test_an_expired_token_is_5_and_nothing_is_left(self):
        too_old = error("ExpiredTokenException", 400)
        xml = (403, "<ErrorResponse><Error><Code>ExpiredToken</Code><Message>too old</Message></Error></ErrorResponse>")
        answers = {"GetCallerIdentity": xml, "DescribeClusters": too_old, "DescribeServices": too_old}
        with FakeAws(answers) as aws:
            done = self.live(aws.url)
        self.assert_fails(done, 5, "credentials", "aws sso login")

    def test_a_denied_api_is_a_gap_with_its_action_in_a_report(self):
        with FakeAws(readable_aws()) as aws:
            done = self.live(aws.url)
        gap = self.assert_gap(self.assert_reported(done), action="rds:DescribeDBInstances", reason="denied")
        self.assertIn("rds:DescribeDBInstances", (self.out / "report.md").read_text(encoding="utf-8"))
        self.assertTrue(gap["detail"])

    def test_an_empty_log_group_is_a_gap_in_a_report(self):
        with FakeAws(readable_aws(events=0)) as aws:
            findings = self.assert_reported(self.live(aws.url))
        self.assert_gap(findings, reason="empty", component="web")

    def test_an_unreachable_endpoint_is_7_and_nothing_is_left(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        done = self.live(f"http://127.0.0.1:{port}")
        self.assert_fails(done, 7, f"http://127.0.0.1:{port}", "--endpoint-url")

    # A throttling storm, at default settings: aws_storm_test.py. A token that expires midway: aws_expiry_test.py.


class FullDisk(BadInput):
    def small_disk(self, size):
        if os.geteuid() != 0:
            self.skipTest("mounting a small tmpfs needs root")
        disk = self.dir / "disk"
        disk.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "culprit-story", disk],
                                 capture_output=True, text=True)
        if mounted.returncode != 0:
            self.skipTest(f"no tmpfs can be mounted here: {mounted.stderr.strip()}")
        self.addCleanup(subprocess.run, ["umount", disk], check=True)
        return disk

    def test_a_full_disk_is_9_and_leaves_nothing_behind(self):
        disk = self.small_disk("1m")
        done = self.investigate("--input", recording.QUIET, out=disk / "out")
        self.assert_fails(done, 9, str(disk), "No space left", "--out")
        self.assertEqual(list(disk.iterdir()), [])

    def test_a_disk_that_fills_while_sealing_leaves_nothing_behind(self):
        culprit.run("collect", "-q", "--input", recording.QUIET, "-o", self.dir / "whole.culprit", check=0)
        # Room for the store, which is about as large as its capsule, but not for both.
        disk = self.small_disk(int((self.dir / "whole.culprit").stat().st_size * 1.6))
        done = self.investigate("--input", recording.QUIET, out=disk / "out")
        self.assert_fails(done, 9, str(disk), "No space left")
        self.assertEqual(list(disk.iterdir()), [])

    def test_an_output_that_takes_no_more_is_9_not_a_crash(self):
        log = self.file("app.log", b"".join(LINE % (i, b"happened") for i in range(9)))
        culprit.run("collect", "-q", "--input", log, *WINDOW, "-o", self.dir / "a.culprit", check=0)
        for arguments in (["report", "a.culprit"], ["report", "a.culprit", "--format", "json"], ["verify", "a.culprit"]):
            with self.subTest(arguments=arguments), open("/dev/full", "wb") as full:
                done = subprocess.run([culprit.PROGRAM, *arguments], cwd=self.dir, stdout=full, stderr=subprocess.PIPE,
                                      env=culprit.clean_environment(), timeout=60)
                self.assertEqual(done.returncode, 9, done.stderr)
                self.assertIn(b"standard output", done.stderr)


if __name__ == "__main__":
    unittest.main()
