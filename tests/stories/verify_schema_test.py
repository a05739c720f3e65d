"""`culprit verify --format json` follows its published schema, whatever the capsule's state."""

import copy
import json
import pathlib
import subprocess
import tempfile
import unittest

import jsonschema

import culprit

WINDOW = ("--from", "2025-08-21T23:00Z", "--to", "2025-08-21T23:10Z")


class VerifySchema(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        schema = json.loads((culprit.ROOT / "schemas/verify.schema.json").read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        cls.validator = jsonschema.Draft202012Validator(schema)
        holder = tempfile.TemporaryDirectory(prefix="culprit-story-")
        cls.addClassCleanup(holder.cleanup)
        cls.dir = pathlib.Path(holder.name)
        (cls.dir / "app.log").write_bytes(b"".join(b"2025-08-21T23:0%d:00Z ERROR it happened\n" % i for i in range(9)))
        for name in ("key", "other"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "on call", "-f", cls.dir / name], check=True)
        for name, more in (("plain", ()), ("signed", ("--sign", cls.dir / "key"))):
            culprit.run("collect", "-q", "--input", cls.dir / "app.log", *WINDOW, "-o", cls.dir / f"{name}.culprit", *more,
                        check=0)

    def verify(self, capsule, *arguments, code=0):
        done = culprit.run("verify", "--format", "json", self.dir / capsule, *arguments, check=code)
        report = json.loads(done.out)
        self.assertEqual([e.message for e in self.validator.iter_errors(report)], [])
        self.assertEqual(report["intact"], code == 0)
        return report

    def damaged(self, name, change):
        data = bytearray((self.dir / "plain.culprit").read_bytes())
        (self.dir / name).write_bytes(change(data))
        return name

    def test_an_intact_capsule(self):
        report = self.verify("plain.culprit")
        self.assertEqual(report["signature"], {"state": "none"})
        self.assertIn("system.yaml", [p["name"] for p in report["parts"]])
        self.assertEqual(report["summary"]["events"], "9")

    def test_signatures_in_each_state(self):
        self.assertEqual(self.verify("signed.culprit")["signature"]["state"], "unchecked")
        valid = self.verify("signed.culprit", "--key", self.dir / "key.pub")["signature"]
        self.assertEqual(valid["state"], "valid")
        self.assertTrue(valid["signer"].startswith("SHA256:"))
        wrong = self.verify("signed.culprit", "--key", self.dir / "other.pub", code=8)
        self.assertEqual(wrong["signature"]["state"], "invalid")
        self.verify("plain.culprit", "--key", self.dir / "key.pub", code=8)

    def test_damage_of_each_kind(self):
        def flip(data):
            data[data.index(b"system.yaml\0") + 512 + 40] ^= 1
            return data

        flipped = self.verify(self.damaged("flipped.culprit", flip), code=8)
        self.assertEqual([d["part"] for d in flipped["damage"]], ["system.yaml"])
        self.verify(self.damaged("short.culprit", lambda data: data[:len(data) // 2]), code=8)
        self.verify(self.damaged("manifest.culprit", lambda data: data[:600] + bytes(40) + data[640:]), code=8)

    def test_what_is_no_report_is_refused(self):
        good = self.verify("plain.culprit")

        def set_(path, value):
            def change(report):
                for key in path[:-1]:
                    report = report[key]
                report[path[-1]] = value
            return change

        for change in (set_(["parts", 0, "sha256"], "abc"), set_(["parts", 0, "size"], -1), set_(["intact"], "yes"),
                       set_(["damage"], [{"part": "x", "detail": "y"}]), set_(["signature", "state"], "perhaps"),
                       set_(["signature", "state"], "valid"), set_(["colour"], "red"), set_(["parts"], []),
                       lambda report: report.pop("tool")):
            report = copy.deepcopy(good)
            change(report)
            self.assertFalse(self.validator.is_valid(report), report)


if __name__ == "__main__":
    unittest.main()
