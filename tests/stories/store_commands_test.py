"""`culprit store`: what a store holds, whether it is whole, and what becomes of it when it is not."""

import copy
import json
import pathlib
import tempfile
import unittest

import jsonschema

import culprit


def lines(count, day=21, text="INFO request {} of account {} done in {} ms"):
    return "".join(f"2025-08-{day:02d}T{i // 3600 % 24:02d}:{i // 60 % 60:02d}:{i % 60:02d}Z "
                   + text.format(i, i * 7919 % 10007, i * 31 % 997) + "\n" for i in range(count))


class StoreCommands(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        schema = json.loads((culprit.ROOT / "schemas/store.schema.json").read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        cls.validator = jsonschema.Draft202012Validator(schema)

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="culprit-story-")
        self.addCleanup(holder.cleanup)
        self.dir = pathlib.Path(holder.name)
        self.store = self.dir / "store"

    def ingest(self, text, group="/app/web", name="app.log"):
        (self.dir / name).write_text(text)
        culprit.run("ingest", "-q", self.dir / name, "--store", self.store, "--group", group, check=0)

    def ask(self, verb, *arguments, code=0):
        """The JSON answer, which follows the schema."""
        done = culprit.run("store", verb, self.store, *arguments, "--format", "json", check=code)
        report = json.loads(done.out)
        self.assertEqual([e.message for e in self.validator.iter_errors(report)], [])
        self.assertEqual(report["command"], verb)
        return report

    def segment(self):
        """The largest segment."""
        return max((self.store / "segments").glob("*.seg"), key=lambda p: p.stat().st_size)

    def flip(self, path, part):
        data = bytearray(path.read_bytes())
        at = int(len(data) * part)
        data[at] ^= 0x10
        path.write_bytes(data)
        return at

    def test_info_counts_what_came_in_parts(self):
        self.ingest(lines(100))
        self.ingest(lines(50, day=22))
        self.ingest(lines(7), group="/app/worker")
        info = self.ask("info")
        self.assertEqual(info["events"], 157)
        self.assertEqual([(g["name"], g["events"]) for g in info["groups"]], [("/app/web", 150), ("/app/worker", 7)])
        self.assertEqual(info["groups"][0]["first"], "2025-08-21T00:00:00Z")
        self.assertEqual(info["groups"][0]["last"], "2025-08-22T00:00:49Z")
        self.assertEqual(info["message_bytes"], sum(len(line) for text in (lines(100), lines(50, 22), lines(7))
                                                    for line in text.splitlines()))
        text = culprit.run("store", "info", self.store, check=0).out
        self.assertIn("/app/worker", text)
        self.assertIn("157", text)
        culprit.run("store", "info", self.dir / "nowhere", check=4)

    def test_a_whole_store_checks_and_needs_no_repair(self):
        self.ingest(lines(1000))
        self.assertEqual(self.ask("check"), {"command": "check", "store": str(self.store), "whole": True, "damage": []})
        self.assertIn("whole", culprit.run("store", "check", self.store, check=0).out)
        repaired = self.ask("repair")
        self.assertEqual((repaired["damage"], repaired["events_lost"]), ([], 0))
        self.assertEqual(self.ask("info")["events"], 1000)

    def test_a_flipped_byte_is_found_and_the_rest_is_saved(self):
        self.ingest(lines(20_000))
        self.ingest(lines(500), group="/app/worker")
        damaged = self.segment()
        self.flip(damaged, 0.5)
        report = self.ask("check", code=8)
        self.assertFalse(report["whole"])
        self.assertEqual([pathlib.Path(d["file"]).name for d in report["damage"]], [damaged.name])
        self.assertRegex(report["damage"][0]["what"], r"byte")
        text = culprit.run("store", "check", self.store, check=8)
        self.assertIn(f"segments/{damaged.name}", text.out)
        self.assertIn("store repair", text.err)
        original = damaged.read_bytes()
        repaired = self.ask("repair")
        self.assertEqual(repaired["events_saved"] + repaired["events_lost"], 20_000)
        self.assertGreater(repaired["events_lost"], 0)
        self.assertIn(original, [p.read_bytes() for p in pathlib.Path(repaired["aside"]).rglob("*") if p.is_file()])
        self.assertTrue(self.ask("check")["whole"])
        info = self.ask("info")
        self.assertEqual(info["events"], 500 + repaired["events_saved"])
        self.assertGreater(info["gaps"], 0)

    def test_every_tenth_of_a_segment_is_under_a_checksum(self):
        self.ingest(lines(2000))
        path = self.segment()
        whole = path.read_bytes()
        for tenth in range(10):
            with self.subTest(tenth=tenth):
                self.flip(path, (tenth + 0.5) / 10)
                self.assertFalse(self.ask("check", code=8)["whole"])
                path.write_bytes(whole)
        self.assertTrue(self.ask("check")["whole"])

    def test_compact_merges_without_losing_an_event(self):
        for part in range(6):
            self.ingest(lines(200, day=10 + part))
        before = self.ask("info")
        report = self.ask("compact")
        after = self.ask("info")
        self.assertGreaterEqual(report["segments_before"], 6)
        self.assertLess(report["segments_after"], report["segments_before"])
        self.assertEqual(after["segments"], report["segments_after"])
        self.assertEqual((before["events"], before["groups"]), (after["events"], after["groups"]))
        self.assertTrue(self.ask("check")["whole"])

    def test_retention_by_age_and_by_size(self):
        self.ingest(lines(300))
        self.ingest(lines(300).replace("2025-08-21", "2090-08-21"))
        report = self.ask("compact", "--keep-age", "14d")
        self.assertEqual(report["events_retired"], 300)
        info = self.ask("info")
        self.assertEqual(info["events"], 300)
        self.assertGreater(info["gaps"], 0)
        report = self.ask("compact", "--keep-bytes", "1")
        self.assertEqual(report["events_retired"], 300)
        self.assertEqual(self.ask("info")["events"], 0)
        for wrong in (("--keep-age", "soon"), ("--keep-bytes", "much"), ("--keep-age", "-1d")):
            culprit.run("store", "compact", self.store, *wrong, check=2)

    def test_export_writes_the_lines(self):
        text = lines(50)
        self.ingest(text)
        out = self.dir / "plain"
        report = self.ask("export", "-o", out)
        self.assertEqual(report["files"], sum(p.is_file() for p in out.rglob("*")))
        log = next(p for p in (out / "logs").rglob("*.log") if p.is_file())
        self.assertEqual([line.split(" ", 1)[1] for line in log.read_text().splitlines()], text.splitlines())
        culprit.run("store", "export", self.store, "-o", out, check=2)
        culprit.run("store", "export", self.dir / "nowhere", "-o", self.dir / "other", check=4)
        self.assertFalse((self.dir / "other").exists())

    def test_what_is_no_answer_is_refused_by_the_schema(self):
        self.ingest(lines(5))
        info, check = self.ask("info"), self.ask("check")
        for answer, change in ((info, {"events": -1}), (info, {"colour": "red"}), (info, {"command": "check"}),
                               (info, {"groups": [{}]}), (check, {"whole": False}),
                               (check, {"damage": [{"file": "x", "what": "y", "events_at_risk": 0}]})):
            changed = {**copy.deepcopy(answer), **change}
            self.assertFalse(self.validator.is_valid(changed), changed)


if __name__ == "__main__":
    unittest.main()
