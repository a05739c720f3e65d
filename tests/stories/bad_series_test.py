"""Recordings that are wrong in the ways seen in practice, and changes that must not matter: the cause stays the
first, or a note says what is wrong."""

import csv
import pathlib
import random
import shutil
import tempfile
import unittest

import culprit
import recording

DATABASE_METRICS = "metrics/AWS-RDS.csv"
CPU = ("CPUUtilization", "DBInstanceIdentifier=chatscomm-db-prod")


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_rows(path, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def is_cpu(row):
    return (row["metric"], row["dimensions"]) == CPU


def not_numbers(rows):
    for i, row in enumerate(rows):
        if i % 7 == 0:
            row["value"] = ("NaN", "inf", "-inf", "")[i // 7 % 4]
    return rows


def repeated(rows):
    return rows + rows[::3]


def unsorted(rows):
    random.Random(7).shuffle(rows)
    return rows


def gaps(rows):
    return [row for row in rows if not "06:00" <= row["timestamp"][11:16] < "06:08"]


def one_sample(rows):
    seen = set()
    return [r for r in rows if not is_cpu(r) or r["statistic"] not in seen and not seen.add(r["statistic"])]


def constant(rows):
    for row in rows:
        if row["metric"] == "DatabaseConnections":
            row["value"] = "12"
    return rows


def in_milliseconds(rows):
    for row in rows:
        if row["unit"] == "Seconds":
            row.update(unit="Milliseconds", value=repr(float(row["value"]) * 1000))
    return rows


def unrelated_noise(rows):
    source = random.Random(11)
    like = [r for r in rows if is_cpu(r)]
    return rows + [{**r, "namespace": "Custom/Elsewhere", "metric": "Noise", "value": repr(source.gauss(50, 30))}
                   for r in like]


def unrelated_constant(rows):
    return rows + [{**r, "namespace": "Custom/Elsewhere", "metric": "Flat", "value": "7"} for r in rows if is_cpu(r)]


def later_by_an_hour(rows):
    for row in rows:
        row["timestamp"] = row["timestamp"].replace("T06:", "T07:").replace("T05:", "T06:")
    return rows


# name, what is done to the metrics of the database, a gap's words or None
WRONG = [
    ("values that are no numbers", not_numbers, "not a number"),
    ("repeated rows", repeated, None),
    ("unsorted rows", unsorted, None),
    ("a gap in the baseline", gaps, None),
    ("a series of one sample", one_sample, None),
    ("a constant series", constant, None),
    ("a clock that is an hour late", later_by_an_hour, None),
]
SAME = [
    ("another order of rows", unsorted),
    ("seconds written as milliseconds", in_milliseconds),
    ("an unrelated series of noise", unrelated_noise),
    ("an unrelated constant series", unrelated_constant),
]


class Changed(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="culprit-story-")
        self.addCleanup(holder.cleanup)
        self.dir = pathlib.Path(holder.name)
        self.runs = 0

    def investigate(self, folder, start, end, *more):
        self.runs += 1
        out = self.dir / f"out-{self.runs}"
        culprit.run("investigate", "-q", "--input", folder, "--from", start, "--to", end, "--out", out, *more, check=0)
        return culprit.findings(out)

    def changed(self, folder, change):
        self.runs += 1
        copy = self.dir / f"in-{self.runs}"
        shutil.copytree(folder, copy)
        write_rows(copy / DATABASE_METRICS, change(rows_of(copy / DATABASE_METRICS)))
        return copy

    def incident(self, folder, *more):
        window = recording.truth(recording.INCIDENT)["window"]
        return self.investigate(folder, window["start"], window["end"], *more)


class BadSeries(Changed):
    def test_the_cause_is_still_named(self):
        for name, change, words in WRONG:
            with self.subTest(name):
                findings = self.incident(self.changed(recording.INCIDENT, change))
                first = findings["hypotheses"][0]
                self.assertEqual((first["cause"], first["role"]), ("statement-timeouts", "primary"))
                if words:
                    self.assertIn(words, " ".join(g["detail"] for g in findings["gaps"]))

    def test_a_quiet_time_stays_quiet(self):
        for name, change, _ in WRONG:
            with self.subTest(name):
                copy = self.changed(recording.QUIET, change)
                findings = self.investigate(copy, "2026-11-24T06:16Z", "2026-11-24T06:26Z")
                self.assertNotEqual(findings["verdict"], "incident")


class WhatMustNotMatter(Changed):
    def test_the_ranking_is_the_same_to_the_digit(self):
        ranking = lambda f: [(h["cause"], round(h["confidence"], 9)) for h in f["hypotheses"]]
        untouched = ranking(self.incident(recording.INCIDENT))
        for name, change in SAME:
            with self.subTest(name):
                self.assertEqual(ranking(self.incident(self.changed(recording.INCIDENT, change))), untouched)

    def test_files_under_other_names_give_the_same_ranking(self):
        copy = self.dir / "renamed"
        shutil.copytree(recording.INCIDENT, copy)
        for path in (copy / "metrics").iterdir():
            path.rename(path.with_name(f"z{9 - len(path.name)}-{path.name}"))
        ranking = lambda f: [(h["cause"], h["confidence"]) for h in f["hypotheses"]]
        self.assertEqual(ranking(self.incident(copy)), ranking(self.incident(recording.INCIDENT)))


class Windows(Changed):
    def says(self, findings):
        return " ".join(findings["summary"])

    def test_an_onset_before_the_window_is_said(self):
        findings = self.investigate(recording.INCIDENT, "2026-11-24T06:18Z", "2026-11-24T06:25Z")
        self.assertIn("The onset lies before your window: 00:14:", self.says(findings))
        first = findings["hypotheses"][0]
        self.assertEqual((first["cause"], first["role"]), ("statement-timeouts", "primary"))
        self.assertIn("The baseline holds an incident itself", self.says(findings))

    def test_a_window_before_the_incident_is_told_that_it_may_miss_it(self):
        findings = self.investigate(recording.INCIDENT, "2026-11-24T06:02Z", "2026-11-24T06:10Z")
        self.assertEqual(findings["verdict"], "no-incident")
        self.assertIn("Your window may miss the incident: after it,", self.says(findings))

    def test_so_is_a_window_after_it(self):
        findings = self.investigate(recording.INCIDENT, "2026-11-24T06:26Z", "2026-11-24T06:31Z")
        self.assertIn("Your window may miss the incident: before it,", self.says(findings))

    def test_the_right_window_and_a_quiet_one_are_told_nothing(self):
        quiet = self.investigate(recording.QUIET, "2026-11-24T06:16Z", "2026-11-24T06:26Z")
        for findings in (self.incident(recording.INCIDENT), quiet):
            self.assertNotIn("your window", self.says(findings).lower())
            self.assertNotIn("The baseline holds", self.says(findings))


if __name__ == "__main__":
    unittest.main()
