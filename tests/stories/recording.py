"""Reads a recorded incident (examples/incidents/…) the way the stories need it."""

import csv
import datetime
import gzip
import json
import os
import pathlib
import re
import urllib.parse

import yaml

ROOT = pathlib.Path(os.environ.get("CULPRIT_ROOT", pathlib.Path(__file__).resolve().parents[2]))
INCIDENT = ROOT / "examples/incidents/statement-timeouts"
QUIET = ROOT / "examples/incidents/quiet-hour"

_POSTGRES = re.compile(r"^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC:")
_RUBY = re.compile(r"^[A-Z], \[(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d\.\d+)")
_JSON = re.compile(r'"(?:ts|time|timestamp)":\s*"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d(?:\.\d+)?)')


def parse_utc(text):
    return datetime.datetime.fromisoformat(str(text).replace("Z", "+00:00"))


def truth(folder):
    return yaml.safe_load((folder / "truth.yaml").read_text(encoding="utf-8"))


def log_files(folder):
    """(log group, stream, path) of every log file of the recording."""
    for path in sorted((folder / "logs").rglob("*.log.gz")):
        group = "/" + str(path.parent.relative_to(folder / "logs"))
        yield group, urllib.parse.unquote(path.name[: -len(".log.gz")]), path


def lines(path):
    """(epoch milliseconds, line) as awslogs ships them: each line an event, except tab-led continuations."""
    stamp, held = 0, None
    with gzip.open(path, "rt", encoding="utf-8", newline="\n") as file:
        for line in file:
            line = line.rstrip("\n")
            if line.startswith("\t") and held:
                held = (held[0], held[1] + "\n" + line)
                continue
            for pattern in (_POSTGRES, _RUBY, _JSON):
                if match := pattern.search(line):
                    at = parse_utc(f"{match[1]}T{match[2][:15]}+00:00")
                    stamp = int(at.timestamp() * 1000)
                    break
            if held:
                yield held
            held = (stamp, line)
    if held:
        yield held


def metric_rows(folder):
    for path in sorted((folder / "metrics").glob("*.csv")):
        with open(path, encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)


def answer(folder, name):
    return json.loads((folder / "aws" / name).read_text(encoding="utf-8"))
