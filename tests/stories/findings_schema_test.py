"""findings.json follows its published schema, and the schema is strict enough to notice when it does not."""

import copy
import json
import os
import pathlib
import unittest

import jsonschema

ROOT = pathlib.Path(os.environ.get("CULPRIT_ROOT", pathlib.Path(__file__).resolve().parents[2]))
SAMPLES = ["incident", "quiet", "cannot-tell"]


def sample(name):
    return json.loads((ROOT / "tests/golden/report" / f"{name}.json").read_text(encoding="utf-8"))


class FindingsSchema(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        schema = json.loads((ROOT / "schemas/findings.schema.json").read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        cls.validator = jsonschema.Draft202012Validator(schema)

    def test_every_sample_is_valid(self):
        for name in SAMPLES:
            with self.subTest(name):
                self.assertEqual([e.message for e in self.validator.iter_errors(sample(name))], [])

    def test_hypotheses_come_best_first_and_name_evidence_that_exists(self):
        findings = sample("incident")
        confidences = [h["confidence"] for h in findings["hypotheses"]]
        self.assertEqual(confidences, sorted(confidences, reverse=True))
        ids = {e["id"] for e in findings["evidence"]}
        for hypothesis in findings["hypotheses"]:
            self.assertLessEqual(set(hypothesis["evidence"]), ids)

    def test_what_is_not_findings_is_refused(self):
        def unknown_field(f):
            f["metrics"][0]["colour"] = "red"

        def claim_without_evidence(f):
            f["severity_reasons"][0]["evidence"] = []

        def confidence_above_one(f):
            f["hypotheses"][0]["confidence"] = 1.2

        def local_time(f):
            f["window"]["start"] = "2025-08-21T17:00:00-06:00"

        def missing_severity(f):
            del f["severity"]

        def unknown_status(f):
            f["metrics"][0]["status"] = "fine"

        for mutate in (unknown_field, claim_without_evidence, confidence_above_one, local_time, missing_severity,
                       unknown_status):
            with self.subTest(mutate.__name__):
                findings = copy.deepcopy(sample("incident"))
                mutate(findings)
                self.assertFalse(self.validator.is_valid(findings))


if __name__ == "__main__":
    unittest.main()
