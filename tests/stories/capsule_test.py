"""A capsule's life at the command line: sealed, signed, mailed, changed, caught, unpacked, read without Culprit."""

import csv
import json
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import tempfile
import unittest

CULPRIT = os.environ["CULPRIT"]
ROOT = pathlib.Path(os.environ["CULPRIT_ROOT"])


def culprit(*arguments):
    return subprocess.run([CULPRIT, *map(str, arguments)], capture_output=True, text=True, timeout=120)


def make_store(path):
    """A store without log events, from docs/capsule.md alone: so that the description stays true."""
    tables = re.search(r"```sql\n(.*?)```", (ROOT / "docs/capsule.md").read_text(), re.S).group(1)
    (path / "segments").mkdir(parents=True)
    db = sqlite3.connect(path / "catalogue.sqlite")
    db.executescript(tables)
    db.execute("INSERT INTO series VALUES(1,'AWS/RDS','CPUUtilization',"
               "'[[\"DBInstanceIdentifier\",\"db\"],[\"x\",\"a,b\"]]','Average',60,'Percent')")
    db.executemany("INSERT INTO point VALUES(1,?,?)", [(1755817200000, 12.5), (1755817260500, 99.25)])
    db.execute("INSERT INTO gap VALUES(1,'denied','/aws/ai','ai','No right.','logs:FilterLogEvents',1755817200000,1755817800000)")
    db.execute("INSERT INTO journal VALUES(1,1755820800000,'logs:FilterLogEvents','aws logs ...','AccessDenied',0,12,1)")
    db.execute("INSERT INTO note VALUES('window.start','2025-08-21T23:00:00Z')")
    db.commit()
    db.close()
    (path / "FORMAT").write_text("culprit-store 2\n")
    (path / "system.yaml").write_text("name: example\n")


class CapsuleStory(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="culprit-story-"))
        self.addCleanup(shutil.rmtree, self.dir)
        self.store, self.capsule = self.dir / "store", self.dir / "incident.culprit"
        make_store(self.store)

    def seal(self, *arguments):
        done = culprit("seal", self.store, "-o", self.capsule, *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def make_key(self, name, *arguments):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "on call", "-f", self.dir / name,
                        *arguments], check=True)
        return self.dir / name

    def flip(self, offset):
        with open(self.capsule, "r+b") as file:
            file.seek(offset)
            byte = file.read(1)[0]
            file.seek(offset)
            file.write(bytes([byte ^ 1]))

    def test_sealed_is_intact_and_the_same_twice(self):
        self.seal()
        first = self.capsule.read_bytes()
        self.seal()
        self.assertEqual(self.capsule.read_bytes(), first)
        done = culprit("verify", self.capsule)
        self.assertEqual(done.returncode, 0, done.stderr)
        for expected in ("catalogue.sqlite", "FORMAT", "system.yaml", "Signature: none", "intact, 3 parts",
                         "window.start: 2025-08-21T23:00:00Z"):
            self.assertIn(expected, done.stdout)

    def test_a_flipped_byte_in_each_part_is_found_and_named(self):
        key = self.make_key("key")
        self.seal("--sign", key)
        at, data = 0, self.capsule.read_bytes()
        names = []
        while data[at]:
            name = data[at:at + 100].rstrip(b"\0").decode()
            size = int(data[at + 124:at + 135], 8)
            for offset in (at + 300, at + 512 + size // 2):  # in the header, in the content
                self.flip(offset)
                done = culprit("verify", self.capsule, "--format", "json")
                self.flip(offset)
                self.assertEqual(done.returncode, 8, name)
                report = json.loads(done.stdout)
                self.assertFalse(report["intact"])
                self.assertEqual({d["part"] for d in report["damage"]}, {name})
            names.append(name)
            at += 512 + (size + 511) // 512 * 512
        self.assertEqual(names, ["manifest.json", "manifest.sha256", "signature.json", "FORMAT", "catalogue.sqlite",
                                 "system.yaml"])
        self.flip(len(data) - 1)
        done = culprit("verify", self.capsule)
        self.assertEqual(done.returncode, 8)
        self.assertIn("DAMAGED container", done.stdout)

    def test_signature_with_an_ssh_key(self):
        key = self.make_key("key")
        self.seal("--sign", key)
        fingerprint = subprocess.run(["ssh-keygen", "-l", "-f", f"{key}.pub"], capture_output=True, text=True,
                                     check=True).stdout.split()[1]
        done = culprit("verify", self.capsule, "--key", f"{key}.pub")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn(f"Signature: valid, by {fingerprint}", done.stdout)
        self.assertIn("give --key", culprit("verify", self.capsule).stdout)
        other = self.make_key("other")
        wrong = culprit("verify", self.capsule, "--key", f"{other}.pub")
        self.assertEqual(wrong.returncode, 8)
        self.assertIn("not by the key given", wrong.stdout)
        self.seal()
        unsigned = culprit("verify", self.capsule, "--key", f"{key}.pub")
        self.assertEqual(unsigned.returncode, 8)
        self.assertIn("not signed", unsigned.stdout)

    def test_signature_with_pem_keys_and_by_hand_with_openssl(self):
        secret, public = self.dir / "secret.pem", self.dir / "public.pem"
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", secret], check=True)
        subprocess.run(["openssl", "pkey", "-in", secret, "-pubout", "-out", public], check=True)
        self.seal("--sign", secret)
        self.assertEqual(culprit("verify", self.capsule, "--key", public).returncode, 0)
        commands = re.search(r"by hand:\n\n```\n(.*?)```", (ROOT / "docs/capsule.md").read_text(), re.S).group(1)
        done = subprocess.run(["sh", "-e", "-c", commands], cwd=self.dir, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("Signature Verified Successfully", done.stdout)

    def test_keys_that_cannot_sign_are_refused_with_a_hint(self):
        encrypted = self.dir / "encrypted"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-f", encrypted], check=True)
        ecdsa = self.dir / "ecdsa"
        subprocess.run(["ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", ecdsa], check=True)
        key = self.make_key("key")
        for wrong, expected in ((encrypted, "encrypted"), (ecdsa, "ssh-keygen -t ed25519"), (f"{key}.pub", "public key"),
                                (self.store / "FORMAT", "not a private key")):
            done = culprit("seal", self.store, "-o", self.capsule, "--sign", wrong)
            self.assertEqual(done.returncode, 3, wrong)
            self.assertIn(expected, done.stderr)
        self.assertEqual(culprit("seal", self.store, "-o", self.capsule, "--sign", self.dir / "absent").returncode, 4)
        self.assertFalse(self.capsule.exists())

    def test_unpacked_plain_can_be_read_by_anything(self):
        self.seal()
        out = self.dir / "out"
        done = culprit("unpack", self.capsule, "-o", out, "--plain")
        self.assertEqual(done.returncode, 0, done.stderr)
        [metric] = (out / "metrics").glob("*.csv")
        with open(metric, newline="") as file:
            rows = list(csv.reader(file))
        self.assertEqual(rows, [
            ["timestamp", "namespace", "metric", "dimensions", "statistic", "unit", "period_s", "value"],
            ["2025-08-21T23:00:00Z", "AWS/RDS", "CPUUtilization", "DBInstanceIdentifier=db;x=a,b", "Average", "Percent",
             "60", "12.5"],
            ["2025-08-21T23:01:00.500Z", "AWS/RDS", "CPUUtilization", "DBInstanceIdentifier=db;x=a,b", "Average",
             "Percent", "60", "99.25"]])
        [entry] = map(json.loads, (out / "journal.jsonl").read_text().splitlines())
        self.assertEqual(entry["outcome"], "AccessDenied")
        [gap] = json.loads((out / "gaps.json").read_text())
        self.assertEqual(gap["action"], "logs:FilterLogEvents")
        self.assertEqual(gap["window"], {"start": "2025-08-21T23:00:00Z", "end": "2025-08-21T23:10:00Z"})
        self.assertEqual((out / "system.yaml").read_text(), "name: example\n")
        # Unpacked it is a store again, and sealed again it is the same capsule.
        self.assertEqual(culprit("seal", out, "-o", self.dir / "again").returncode, 0)
        self.assertEqual((self.dir / "again").read_bytes(), self.capsule.read_bytes())
        self.assertEqual(culprit("unpack", self.capsule, "-o", out).returncode, 2)

    def test_truncated_and_foreign_files_end_in_clear_words(self):
        self.seal()
        data = self.capsule.read_bytes()
        self.capsule.write_bytes(data[:len(data) // 2])
        done = culprit("unpack", self.capsule, "-o", self.dir / "out")
        self.assertEqual(done.returncode, 8)
        self.assertIn("the file ends at byte", done.stderr)
        self.assertFalse((self.dir / "out").exists())
        self.capsule.write_bytes(b"PK\x03\x04 something else")
        done = culprit("verify", self.capsule)
        self.assertEqual(done.returncode, 3)
        self.assertIn("not a capsule", done.stderr)
        self.assertEqual(culprit("verify", self.dir / "absent").returncode, 4)
        self.assertEqual(culprit("seal", self.dir / "absent", "-o", self.capsule).returncode, 4)
        self.assertEqual(culprit("verify").returncode, 2)

    def test_help_shows_examples(self):
        for command in ("seal", "verify", "unpack"):
            done = culprit(command, "--help")
            self.assertEqual(done.returncode, 0)
            self.assertIn("Examples:", done.stdout)


if __name__ == "__main__":
    unittest.main()
