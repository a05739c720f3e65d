"""`culprit rca`: causes from a metrics table and a graph of calls."""

import json
import pathlib
import random
import tempfile
import unittest

import jsonschema

import culprit

START_s = 1_700_000_040
ROWS, FIRST, LAST = 240, 200, 210


def table(slow=True):
    """front calls cart calls store; store is slow in rows FIRST to LAST, and the others wait for it."""
    rng = random.Random(1)
    rows = ["time,front.latency_ms,front.requests,cart.latency_ms,cart.requests,store.latency_ms,store.requests,store.cpu"]
    for row in range(ROWS):
        wait = 300 if slow and FIRST <= row < LAST else 0
        cells = [START_s + 60 * row]
        for usual in (200, 80, 20):
            cells += [f"{usual * rng.gauss(1, .03) + wait:.2f}", round(100 * rng.gauss(1, .02))]
        rows.append(",".join(map(str, cells + [round(20 * rng.gauss(1, .05) + wait / 5, 1)])))
    return "\n".join(rows) + "\n"


class OfATable(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.path = pathlib.Path(cls.folder.name)
        (cls.path / "slow.csv").write_text(table())
        (cls.path / "quiet.csv").write_text(table(slow=False))
        (cls.path / "calls.csv").write_text("caller,callee\nfront,cart\ncart,store\n")
        cls.schema = json.loads((culprit.ROOT / "schemas/causes.schema.json").read_text())
        jsonschema.Draft202012Validator.check_schema(cls.schema)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def ask(self, name, *more, check=0):
        window = ("--from", str(START_s + 60 * FIRST), "--to", str(START_s + 60 * LAST))
        return culprit.run("rca", self.path / name, "--graph", self.path / "calls.csv", *window, *more, check=check)

    def answer(self, name, *more, check=0):
        found = json.loads(self.ask(name, "--output", "json", *more, check=check).out)
        jsonschema.validate(found, self.schema)
        return found

    def test_the_cause_is_first_and_its_score_can_be_computed_from_what_is_shown(self):
        found = self.answer("slow.csv")
        self.assertEqual(found["verdict"], "incident")
        first = found["causes"][0]
        self.assertEqual(first["component"], "store")
        self.assertEqual(first["calls"], ["front", "cart", "store"])
        for cause in found["causes"]:
            self.assertAlmostEqual(cause["score"], sum(e["weight"] * e["share"] for e in cause["evidence"]))
            for e in cause["evidence"]:
                self.assertAlmostEqual(e["times_noise"], max(0, e["strength"] / e["noise"]))
        total = sum(c["score"] for c in found["causes"]) + 0.5
        self.assertAlmostEqual(first["confidence"], first["score"] / total)

    def test_the_text_gives_reasons(self):
        text = self.ask("slow.csv").out
        for part in ("verdict  incident", "store", "waiting", "own-load", "moved", "onset", "front -> cart -> store"):
            self.assertIn(part, text)

    def test_a_quiet_window_has_no_cause(self):
        found = self.answer("quiet.csv")
        self.assertEqual((found["verdict"], found["causes"]), ("no-incident", []))

    def test_a_known_incident_is_ranked_all_the_same(self):
        self.assertEqual(len(self.answer("quiet.csv", "--incident")["causes"]), 3)

    def test_a_window_outside_the_data_cannot_be_judged(self):
        found = culprit.run("rca", self.path / "slow.csv", "--from", "2020-01-01 00:00", "--to", "00:10", "--tz", "UTC", check=11)
        self.assertIn("cannot-tell: there is no data in the window", found.out)

    def test_wrong_questions_end_with_what_to_do(self):
        path = str(self.path / "slow.csv")
        for arguments, code, words in [
            ((path,), 2, "which window is it about?"),
            ((path, "--from", "1700000040", "--to", "+10m", "--target", "nobody"), 4, "no component 'nobody'"),
            ((str(self.path / "none.csv"), "--from", "1700000040", "--to", "+10m"), 4, "none.csv"),
            ((str(self.path / "calls.csv"), "--from", "1700000040", "--to", "+10m"), 3, "no row has a time"),
            ((path, "--format", "nezha", "--graph", "x"), 2, "--graph"),
            ((path, "--from", "1700000040", "--to", "+10m", "--baseline-file", "x"), 2, "--baseline-file"),
        ]:
            with self.subTest(arguments):
                found = culprit.run("rca", *arguments, check=code)
                self.assertIn(words, found.err)


if __name__ == "__main__":
    unittest.main()
