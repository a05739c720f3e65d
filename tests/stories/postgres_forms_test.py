"""A PostgreSQL log as csvlog or jsonlog gives the findings that its stderr form gives."""

import csv
import gzip
import json
import pathlib
import re
import shutil
import tempfile
import unittest

import culprit
import recording

PREFIX = re.compile(r"^(\S+ \S+ \S+):([^:]*):([^@:]*)@([^:]*):\[(\d+)\]:([A-Z0-9]+):  (.*)$")
SECTIONS = {"DETAIL": "detail", "HINT": "hint", "CONTEXT": "context", "STATEMENT": "statement"}


def records(text):
    """The entries of a stderr log with RDS's prefix."""
    out, field = [], "message"
    for line in text.splitlines():
        match = PREFIX.match(line)
        if not match:
            out[-1][field] += "\n" + line.removeprefix("\t")
            continue
        time, remote, user, database, pid, level, body = match.groups()
        if level in SECTIONS:
            field = SECTIONS[level]
            out[-1][field] = body
        else:
            field = "message"
            out.append(dict(time=time, remote=remote, user=user, database=database, pid=pid, level=level, message=body))
    return out


def remote_parts(remote):
    host, _, port = remote.rstrip(")").partition("(")
    return host, port


def write_csv(entries, path):
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_MINIMAL, lineterminator="\n")
        for number, e in enumerate(entries, 1):
            host, port = remote_parts(e["remote"])
            writer.writerow([e["time"], e["user"], e["database"], e["pid"], f"{host}:{port}" if port else host,
                             "65.c8", number, "SELECT", e["time"], "3/1", 0, e["level"], "00000", e["message"],
                             e.get("detail", ""), e.get("hint", ""), "", "", e.get("context", ""),
                             e.get("statement", ""), "", "", "puma", "client backend", "", 0])


def write_json(entries, path):
    with gzip.open(path, "wt", encoding="utf-8") as file:
        for number, e in enumerate(entries, 1):
            host, port = remote_parts(e["remote"])
            record = {"timestamp": e["time"], "user": e["user"], "dbname": e["database"], "pid": int(e["pid"]),
                      "remote_host": host, "remote_port": port, "session_id": "65.c8", "line_num": number,
                      "error_severity": e["level"], "message": e["message"]}
            record |= {key: e[key] for key in SECTIONS.values() if key in e}
            file.write(json.dumps(record | {"backend_type": "client backend"}) + "\n")


def what_counts(findings):
    """Everything that the database's log tells, less the numbers of events."""
    def plain(value):
        if isinstance(value, dict):
            return {k: plain(v) for k, v in value.items()
                    if k not in ("evidence", "event", "event_number", "culprit_command", "command", "id")}
        return [plain(v) for v in value] if isinstance(value, list) else value
    return {"statements": plain(findings["statements"]),
            "causes": [(h["cause"], h["role"]) for h in findings["hypotheses"]],
            "severity": findings["severity"], "onset": findings["onset"], "recovery": findings["recovery"],
            "verdict": findings["verdict"]}


class PostgresForms(unittest.TestCase):
    def findings_of(self, write):
        with tempfile.TemporaryDirectory() as directory:
            folder = pathlib.Path(directory) / "incident"
            shutil.copytree(recording.INCIDENT, folder)
            log = next(folder.glob("logs/aws/rds/**/*.log.gz"))
            if write:
                write(records(gzip.decompress(log.read_bytes()).decode()), log)
            window = recording.truth(recording.INCIDENT)["window"]
            out = pathlib.Path(directory) / "out"
            done = culprit.run("investigate", "--input", folder, "--from", window["start"], "--to", window["end"],
                               "--out", out)
            self.assertEqual(done.returncode, 0, done.err)
            return culprit.findings(out)

    def test_csvlog_and_jsonlog_give_the_same_findings(self):
        expected = what_counts(self.findings_of(None))
        self.assertTrue(expected["statements"])
        for write in (write_csv, write_json):
            with self.subTest(write.__name__):
                self.assertEqual(what_counts(self.findings_of(write)), expected)


if __name__ == "__main__":
    unittest.main()
