"""truth.yaml: what was wrong, since when, and what an analysis should find."""

import datetime
import math

import yaml

from . import schema, statements


def iso(seconds):
    moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    whole = moment.strftime("%Y-%m-%dT%H:%M:%S")
    return whole + (f".{moment.microsecond // 1000:03d}Z" if moment.microsecond else "Z")


class Truth:
    def __init__(self, facts, happened):
        self.facts = facts
        self.happened = happened
        self.endpoints = {}
        self.jobs = {}
        self.quiet = facts["scenario"] == "quiet"
        if self.quiet:
            self.window = (facts["start"], facts["end"])
            return
        self.onset = happened.first_slow
        self.recovered = max(happened.last_slow, happened.last_cancelled, facts["index_recreated_at"])
        self.window = (math.floor(self.onset / 60) * 60, math.ceil(self.recovered / 60) * 60)

    def as_yaml(self):
        tree = self._quiet() if self.quiet else self._incident()
        return yaml.safe_dump(tree, sort_keys=False, width=110, allow_unicode=True)

    def _span(self, pair):
        return {"start": iso(pair[0]), "end": iso(pair[1])}

    def _quiet(self):
        return {
            "name": "quiet-hour", "cause": "none", "family": "none", "severity": "none",
            "recording": self._span((self.facts["start"], self.facts["end"])),
            "window": self._span(self.window),
            "noise": ["a few 401, 404 and 422 answers and probes for other software",
                      "rare 500s: a nil error in a view, a duplicate key in a race",
                      "statements over a second: full text searches",
                      "jobs that meet a duplicate key", "checkpoints, autovacuum"],
            "counts": self._totals(*self.window),
        }

    def _incident(self):
        f, h = self.facts, self.happened
        return {
            "name": "statement-timeouts", "cause": "statement-timeouts", "family": "database-performance",
            "severity": "P1",
            "severity_reason": "The conversation list, the first page every agent needs, failed for most requests; "
                               "a large share of all requests failed; the service stayed up and other endpoints answered.",
            "recording": self._span((f["start"], f["end"])),
            "baseline": self._span((f["start"], math.floor(f["index_dropped_at"] / 60) * 60)),
            "window": self._span(self.window),
            "onset": iso(self.onset),
            "onset_is": "the start of the first request that took more than five seconds",
            "first_cancelled_statement": iso(h.first_cancelled),
            "index_dropped_at": iso(f["index_dropped_at"]),
            "index_creation_began_at": iso(f["index_creation_began_at"]),
            "recovery": iso(f["index_recreated_at"]),
            "recovery_is": "the moment the recreated index became valid",
            "last_harm": iso(self.recovered),
            "statement": {"sql": statements.hot(2),
                          "note": "the list after IN is as long as the page: 25 normally; it counts "
                                  f"{max(n for _, n in f['list_lengths'])} at most during the incident",
                          "fingerprint": ""},
            "primary": f"the conversation summary statement is cancelled at statement_timeout (14 s) because {schema.HOT_INDEX} is gone",
            "secondary": [f"dropped index {schema.HOT_INDEX} (DROP INDEX by a migration)",
                          "other statements that look up messages by conversation_id scan the account's messages too",
                          "the database's one vCPU is saturated, so every statement waits"],
            "contributing": ["IN lists of conversation ids grew from 25: "
                             + ", ".join(f"{n} at {iso(at)}" for at, n in f["list_lengths"][:-1])
                             + f"; back to 25 at {iso(f['list_lengths'][-1][0])}",
                             "Rack::Timeout at 15 s leaves the statement running in the database until 14 s after its own start"],
            "affected_endpoints": self._affected(),
            "affected_jobs": [{"class": name, "cancelled": n}
                              for name, n in sorted(self.jobs.items(), key=lambda pair: (-pair[1], pair[0]))],
            "counts": self._totals(*self.window),
            "counts_before": self._totals(f["start"], math.floor(f["index_dropped_at"] / 60) * 60),
        }

    def _affected(self):
        hurt = [(action, *counts) for action, counts in self.endpoints.items() if counts[1] + counts[2] > 1]
        hurt.sort(key=lambda row: (-row[2], -row[3], row[0]))
        return [{"endpoint": action, "requests": asked, "timed_out": timed_out, "slower_than_5_s": slow}
                for action, asked, timed_out, slow in hurt]

    def _totals(self, start, end):
        total = {"minutes": round((end - start) / 60)}
        for minute, counts in self.happened.minutes.items():
            if start <= minute < end:
                for key, value in counts.items():
                    total[key] = total.get(key, 0) + value
        return total
