"""Severity P0 to P3 (H5) and whom to call at each (H6), on a quiet hour into which failures are put."""

import gzip
import json
import pathlib
import shutil
import tempfile
import unittest

import culprit
import recording

CALLED = {"P0": {"On-call", "DevOps", "Database", "Infrastructure"}, "P1": {"On-call", "DevOps", "Database"}, "P2": {"On-call"},
          "P3": set()}


def with_failures(folder, share):
    """The quiet hour in which this share of the window's requests is answered with 500."""
    shutil.copytree(recording.QUIET, folder)
    window = recording.truth(recording.QUIET)["window"]
    start, end = (str(w)[:19].encode() for w in (window["start"], window["end"]))
    due = 0.0
    for path in (folder / "logs").rglob("*web*/*.log.gz"):
        lines = gzip.decompress(path.read_bytes()).split(b"\n")
        for i, line in enumerate(lines):
            if b" Completed 200 OK in " in line and start <= line[4:23] < end:
                due += share
                if due >= 1:
                    due -= 1
                    lines[i] = line.replace(b" Completed 200 OK in ", b" Completed 500 Internal Server Error in ")
        path.write_bytes(gzip.compress(b"\n".join(lines), 1))


class Severity(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.path = pathlib.Path(folder.name)
        cls.window = recording.truth(recording.QUIET)["window"]

    def judged(self, name, source, *more, window=None):
        out, window = self.path / ("out-" + name), window or self.window
        culprit.run("investigate", "--input", source, "--from", window["start"], "--to", window["end"], "--out", out, *more,
                    check=0)
        return culprit.findings(out)

    def check(self, found, severity, says):
        self.assertEqual((found["verdict"], found["severity"]), ("incident", severity))
        self.assertIn(says, " ".join(r["text"] for r in found["severity_reasons"]))
        self.assertEqual({c["role"] for c in found["contacts"] if c["now"]}, CALLED[severity])

    def test_levels_follow_the_share_of_requests_that_fail(self):
        for severity, share, says in (("P0", 0.7, "ore than half of all requests fail"),
                                      ("P1", 0.15, "ore than 5 % of the requests fail"),
                                      ("P2", 0.025, "ore than 1 % of the requests fail")):
            with self.subTest(severity):
                with_failures(self.path / severity, share)
                found = self.judged(severity, self.path / severity)
                self.check(found, severity, says)
                opened = culprit.run("incident", "open", "--capsule", self.path / f"out-{severity}" / "incident.culprit",
                                     "--book", self.path / ("book-" + severity), check=0).out
                self.assertIn("opened as " + severity, opened)
                self.assertEqual({line.split("call ")[1].split(":")[0] for line in opened.splitlines() if "call " in line},
                                 CALLED[severity])

    def test_a_database_that_is_not_there_is_p0(self):
        shutil.copytree(recording.QUIET, self.path / "down")
        [path] = (self.path / "down/aws").glob("describe-db-instances*.json")
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace('"available"', '"storage-full"'), encoding="utf-8")
        self.check(self.judged("down", self.path / "down"), "P0", "database is not available")

    def test_an_incident_that_no_rule_calls_worse_is_p3(self):
        system = self.path / "cosmetic.yaml"
        system.write_text("system: cosmetic\nuse: chatwoot\nseverity:\n  - level: P0\n    says: never\n    all:\n"
                          "      - {signal: db.cpu, aggregate: max, above: 101}\n", encoding="utf-8")
        found = self.judged("cosmetic", recording.INCIDENT, "--system", system,
                            window=recording.truth(recording.INCIDENT)["window"])
        self.assertEqual((found["verdict"], found["severity"]), ("incident", "P3"))
        self.assertEqual({c["role"] for c in found["contacts"] if c["now"]}, CALLED["P3"])

    def test_the_quiet_hour_has_none(self):
        found = self.judged("quiet", recording.QUIET)
        self.assertEqual((found["verdict"], found["severity"]), ("no-incident", None))
        self.assertFalse(any(c["now"] for c in found["contacts"]))


if __name__ == "__main__":
    unittest.main()
