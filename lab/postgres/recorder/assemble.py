"""Makes the recording folder from raw material: logs, metrics, AWS's answers, truth, README.

Reads nothing but the raw folder, so the same raw material always gives the same bytes."""

import json
import os

from . import aws_answers, excerpt, metric_files, readme, story, truth


def recording(raw, out):
    with open(os.path.join(raw, "facts.json")) as source:
        facts = json.load(source)
    with open(os.path.join(raw, "metrics.json")) as source:
        series = json.load(source)
    start, end = facts["start"], facts["end"]

    logs = []
    sizes = {}
    for group, stream, path in excerpt.sources(raw, facts):
        lines = excerpt.window(path, start, end)
        excerpt.pack(lines, os.path.join(out, excerpt.file_of(group, stream)))
        logs.append((group, lines))
        sizes[group] = sizes.get(group, 0) + sum(len(line.encode(errors="surrogateescape")) for line in lines)

    metric_files.write(series, start, end, os.path.join(out, "metrics"))
    aws_answers.write(facts, sizes, os.path.join(out, "aws"))

    happened = story.read(logs, harm_from=facts.get("index_dropped_at", 0))
    told = truth.Truth(facts, happened)
    inside = story.read(logs, told.window)
    told.endpoints, told.jobs = inside.endpoints, inside.jobs
    with open(os.path.join(out, "truth.yaml"), "w") as target:
        target.write(told.as_yaml())
    with open(os.path.join(out, "README.md"), "w") as target:
        target.write(readme.text(facts, told, happened, series))
