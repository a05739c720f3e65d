"""The ranking, recomputed by hand from the numbers that `culprit explain` shows."""

import math
import pathlib
import re
import shutil
import tempfile
import unittest

import culprit
import recording

TERM = re.compile(r"^  ([+-]\d+\.\d\d)  (.*)$", re.M)

SCALE = re.compile(r"confidence = 1 / \(1 \+ e\^-\(([\d.]+) x sum ([+-][\d.]+)\)\)")


class ExplainedRanking(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="culprit-story-"))
        cls.addClassCleanup(shutil.rmtree, folder)
        culprit.run("investigate", "--input", recording.INCIDENT, "--out", folder / "out", "-q")
        cls.capsule = folder / "out/incident.culprit"
        cls.hypotheses = culprit.findings(folder / "out")["hypotheses"]

    def shown(self, cause):
        out = culprit.run("explain", self.capsule, cause, check=0).out
        return [(float(value), text) for value, text in TERM.findall(out)], out

    def test_each_confidence_follows_from_the_terms_shown(self):
        self.assertGreaterEqual(len(self.hypotheses), 2)
        for h in self.hypotheses:
            terms, out = self.shown(h["cause"])
            parts = [value for value, text in terms if not text.startswith("sum;")]
            slope, offset = map(float, SCALE.search(out).groups())
            confidence = 1 / (1 + math.exp(-(slope * sum(parts) + offset)))
            self.assertAlmostEqual(confidence, h["confidence"], delta=0.006, msg=out)
            total = next(value for value, text in terms if text.startswith("sum;"))
            self.assertAlmostEqual(total, sum(parts), delta=0.006 * len(parts))

    def test_the_order_is_that_of_the_sums(self):
        sums = [sum(value for value, text in self.shown(h["cause"])[0] if not text.startswith("sum;"))
                for h in self.hypotheses]
        self.assertEqual(sums, sorted(sums, reverse=True))

    def test_each_piece_of_evidence_named_can_be_shown(self):
        _, out = self.shown(self.hypotheses[0]["cause"])
        named = re.findall(r"\bE\d+\b", out)
        self.assertTrue(named)
        for one in named:
            culprit.run("explain", self.capsule, one, check=0)


if __name__ == "__main__":
    unittest.main()
