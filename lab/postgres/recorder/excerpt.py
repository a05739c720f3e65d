"""Cuts raw logs to the recorded window and packs them, the same bytes for the same input."""

import calendar
import gzip
import os
import re
import time

from . import names

_RAILS = re.compile(r"^[A-Z], \[(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)")
_POSTGRES = re.compile(r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)() UTC:")
_JSON = re.compile(r'^\{"(?:ts|timestamp)": ?"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)Z"')


def moment(line):
    """Epoch seconds of a line that begins an event, None of a continuation line."""
    for pattern in (_RAILS, _POSTGRES, _JSON):
        found = pattern.match(line)
        if found:
            whole = time.strptime(found[1].replace("T", " "), "%Y-%m-%d %H:%M:%S")
            return calendar.timegm(whole) + float(found[2] or 0)
    return None


def window(path, start, end):
    """The lines of events in [start, end), continuation lines with their event."""
    inside = False
    kept = []
    with open(path, encoding="utf-8", errors="surrogateescape") as lines:
        for line in lines:
            at = moment(line)
            if at is not None:
                inside = start <= at < end
            if inside:
                kept.append(line)
    return kept


def pack(lines, path):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    data = "".join(lines).encode("utf-8", errors="surrogateescape")
    with open(path, "wb") as raw:
        with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=raw, mtime=0) as out:
            out.write(data)


def stream_of(service, task_id):
    """The stream the awslogs driver would write to: prefix/container/task id."""
    prefix = {"chatwoot": "web", "sidekiq": "worker"}.get(service.container, "ai")
    return f"{prefix}/{service.container}/{task_id}"


def file_of(log_group, stream):
    """logs/<group>/<stream>.log.gz; a slash inside a stream's name is written %2F."""
    return os.path.join("logs", log_group.lstrip("/"), stream.replace("/", "%2F") + ".log.gz")


def sources(raw, facts):
    """[(log group, stream, raw file)] of everything that was written."""
    found = []
    for task in facts["tasks"]:
        service = next(s for s in names.SERVICES if s.service == task["service"])
        found.append((service.log_group, stream_of(service, task["task_id"]),
                      os.path.join(raw, f"{service.family}.{task['task_id']}.log")))
    found.append((names.DB_LOG_GROUP, f"{names.DB_INSTANCE}.0", os.path.join(raw, "postgresql.log")))
    return found
