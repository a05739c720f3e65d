"""A capsule to hand on: nothing personal in it, and the same verdict."""

import gzip
import json
import pathlib
import shutil
import tempfile
import unittest

import culprit
import recording

# What is planted: the line that brings it, and the bytes that must not come through.
PLANTED = [
    ("mail to ann.lee@example.com bounced", "ann.lee"),
    ("again: Ann.Lee@example.com", "Ann.Lee"),
    ("client 203.0.113.77 went away", "203.0.113.77"),
    ("Authorization: Bearer Zx9Qw8Er7Ty6Ui5O", "Zx9Qw8Er7Ty6Ui5O"),
    ("retry with Zx9Qw8Er7Ty6Ui5O", "Zx9Qw8Er7Ty6Ui5O"),
    ("using AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE"),
    ("connect postgres://app:Pa55word!x@db/app", "Pa55word"),
    ("password=Tr0ub4dor-And-3", "Tr0ub4dor"),
    ("Cookie: _session=abc987zyxwvu", "abc987zyxwvu"),
    ("called +506 8888-1234", "8888-1234"),
    ('Parameters: {"name"=>"Wilhelmina Quux", "content"=>"my cat is ill"}', "Wilhelmina"),
    ('Parameters: {"content"=>"my dog is ill"}', "my dog is ill"),
    ("role arn:aws:iam::210987654321:role/x", "210987654321"),
    ("SELECT 1 FROM contacts WHERE name = 'Rumpelstiltskin' AND id = 987654321", "Rumpelstiltskin"),
    ("SELECT 1 FROM contacts WHERE name = 'x' AND id = 987654321", "987654321"),
]


def planted_input(folder):
    """The bundled incident with one more line for each secret."""
    copy = folder / "input"
    shutil.copytree(recording.INCIDENT, copy)
    web = next(path for group, _, path in recording.log_files(copy) if group.endswith("-web"))
    text = gzip.decompress(web.read_bytes()).decode()
    first = next(line for line in text.splitlines() if line.startswith("I, ["))
    stamp = first[: first.index(" -- : ") + len(" -- : ")]
    text = "".join(f"{stamp}[00000000-0000-4000-8000-{n:012}] {line}\n" for n, (line, _) in enumerate(PLANTED)) + text
    web.write_bytes(gzip.compress(text.encode(), mtime=0))
    return copy


def verdict(findings):
    return {
        "severity": findings["severity"],
        "hypotheses": [(h["cause"], round(h["confidence"], 3)) for h in findings["hypotheses"]],
        "statements": [(s["fingerprint"], s["calls"]) for s in findings["statements"]],
    }


class RedactedCapsule(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="culprit-story-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        culprit.run("investigate", "--input", planted_input(cls.folder), "--out", cls.folder / "found", "-q")
        cls.capsule, cls.redacted = cls.folder / "found/incident.culprit", cls.folder / "redacted.culprit"
        cls.done = culprit.run("redact", cls.capsule, cls.redacted, "-q", check=0)

    def test_says_what_was_replaced(self):
        for word in ("e-mail", "IP address", "token", "SQL literals"):
            self.assertIn(word, self.done.out)

    def test_no_planted_secret_survives_in_any_part(self):
        for name, capsule in (("before", self.capsule), ("after", self.redacted)):
            culprit.run("unpack", capsule, "-o", self.folder / name, "--plain", check=0)
        text = {name: b"".join(p.read_bytes() for p in sorted((self.folder / name).rglob("*")) if p.is_file())
                for name in ("before", "after")}
        for _, secret in PLANTED:
            self.assertIn(secret.encode(), text["before"])
            self.assertNotIn(secret.encode(), text["after"], secret)

    def test_gives_the_same_verdict(self):
        seen = []
        for capsule in (self.capsule, self.redacted):
            out = culprit.run("report", capsule, "--format", "json").out
            seen.append(verdict(json.loads(out)))
        self.assertEqual(seen[0], seen[1])
        self.assertEqual(seen[0]["hypotheses"][0][0], "statement-timeouts")

    def test_its_report_says_what_was_replaced(self):
        for capsule, times in ((self.capsule, 0), (self.redacted, 1)):
            gaps = json.loads(culprit.run("report", capsule, "--format", "json").out)["gaps"]
            told = [g for g in gaps if g["subject"] == "personal data and secrets"]
            self.assertEqual(len(told), times, gaps)
        self.assertIn("e-mail", told[0]["detail"])
        self.assertIn("personal data and secrets", culprit.run("report", self.redacted, "--format", "md").out)

    def test_the_commands_to_run_are_those_of_the_original(self):
        commands = []
        for capsule in (self.capsule, self.redacted):
            out = culprit.run("report", capsule, "--format", "md").out
            commands.append([line for line in out.splitlines() if "--filter-pattern" in line])
        self.assertTrue(commands[0])
        self.assertEqual(commands[0], commands[1])

    def test_refuses_to_overwrite(self):
        done = culprit.run("redact", self.capsule, self.redacted, check=2)
        self.assertIn("exists already", done.err)


if __name__ == "__main__":
    unittest.main()
