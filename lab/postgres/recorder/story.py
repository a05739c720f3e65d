"""Reads the recorded logs back and says what happened: the numbers of truth.yaml and README
come from the logs a user will see, not from what the lab meant to do."""

import json
import re

from . import excerpt

_STARTED = re.compile(r'\[([0-9a-f-]{36})\] Started (\w+) "([^"?]*)')
_PROCESSING = re.compile(r"\[([0-9a-f-]{36})\] Processing by (\S+) as")
_COMPLETED = re.compile(r"\[([0-9a-f-]{36})\] Completed (\d{3}) .* in (\d+)ms")
SLOW_MS = 5000


class Story:
    def __init__(self):
        self.harm_from = 0
        self.first_cancelled = None         # PostgreSQL: statement cancelled
        self.last_cancelled = None
        self.first_slow = None              # a request that took over five seconds: when it began
        self.last_slow = None               # when the last such one ended
        self.minutes = {}                   # minute -> counters
        self.endpoints = {}                 # Controller#action -> [requests, timed out, slow] in the window
        self.jobs = {}                      # job class -> runs cancelled, in the window

    def minute(self, at):
        keys = ["requests", "failed_500", "rack_timeouts", "query_canceled", "db_cancelled", "slow_statements"]
        return self.minutes.setdefault(int(at) // 60 * 60, dict.fromkeys(keys, 0))


def read(logs, window=None, harm_from=0):
    """`logs` is [(log group, lines)]; `window` limits the per-endpoint counts. A slow request
    that began before `harm_from` is an ordinary one."""
    story = Story()
    story.harm_from = harm_from
    for group, lines in logs:
        if group.endswith("-web"):
            _web(story, lines, window)
        elif group.endswith("/postgresql"):
            _postgres(story, lines)
        elif group.endswith("-worker"):
            _worker(story, lines, window)
    return story


def _web(story, lines, window):
    actions = {}
    at = None
    for line in lines:
        at = excerpt.moment(line) or at
        if match := _PROCESSING.search(line):
            actions[match[1]] = match[2]
        elif match := _COMPLETED.search(line):
            _completed(story, at, actions.pop(match[1], "?"), int(match[2]), int(match[3]), window)
        elif "state=timed_out" in line:
            story.minute(at)["rack_timeouts"] += 1
        elif "ActiveRecord::QueryCanceled (" in line:
            story.minute(at)["query_canceled"] += 1


def _completed(story, at, action, status, took_ms, window):
    minute = story.minute(at)
    minute["requests"] += 1
    minute["failed_500"] += status == 500
    began = at - took_ms / 1000
    if took_ms > SLOW_MS and began > story.harm_from - 5:
        story.first_slow = min(began, story.first_slow or began)
        story.last_slow = max(at, story.last_slow or at)
    if window and window[0] <= at < window[1]:
        counts = story.endpoints.setdefault(action, [0, 0, 0])
        counts[0] += 1
        # A 500 counts as timed out by its duration; the day's other bugs fail at once.
        counts[1] += status == 500 and took_ms > SLOW_MS
        counts[2] += status != 500 and took_ms > SLOW_MS


def _worker(story, lines, window):
    for line in lines:
        at = excerpt.moment(line)
        if window and window[0] <= at < window[1] and '"msg":"ActiveRecord::QueryCanceled' in line:
            name = json.loads(line)["ctx"]["class"]
            story.jobs[name] = story.jobs.get(name, 0) + 1


def _postgres(story, lines):
    for line in lines:
        at = excerpt.moment(line)
        if at is None:
            continue
        if "canceling statement due to statement timeout" in line:
            story.minute(at)["db_cancelled"] += 1
            story.first_cancelled = min(at, story.first_cancelled or at)
            story.last_cancelled = max(at, story.last_cancelled or at)
        elif ":LOG:  duration: " in line:
            story.minute(at)["slow_statements"] += 1
