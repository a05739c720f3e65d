"""The recording's own README."""

import math
import time

from . import metric_files, names, server

_REAL = """\
## What is real
- **PostgreSQL {version}**, started for this recording with RDS's `log_line_prefix`, Chatwoot's
  `statement_timeout` of 14 s and {messages:,} messages. `postgresql` is its own log, cut to these times and otherwise untouched.
- **Every request and job ran**: a client plays {web} Puma tasks of {threads} threads and one Sidekiq
  task, sends Chatwoot-like statements over the extended protocol, and writes a request's lines from
  what happened to it: status, duration, time in the database, the error PostgreSQL gave.
- **Metrics** are samples every 5 s of the processes' CPU time and memory (/proc) and of
  PostgreSQL's statistics, one datapoint a minute. The instance is one core = one vCPU.
- The times are those of the recording; nothing was relabelled.

## What the lab writes in AWS's shape
- Names, ARNs and account of the services, and the answers in `aws/`: shapes are AWS's, the ids,
  addresses, sizes and start times are those of the client processes. Task size is the size AWS
  metrics are stated against ({cpu} CPU units, {memory} MiB); the class `db.t3.small` is only a
  label, with {vcpus} vCPU and {db_memory} GiB here. Everything started for the recording, so the
  deployments and the database's one event are from a minute or two before it.
- `ReadIOPS`/`ReadLatency` are PostgreSQL's block reads from the kernel and their time
  (`track_io_timing`), mostly served by the page cache; `WriteIOPS`/`WriteLatency` are writes and
  flushes of the write-ahead log (`track_wal_io_timing`), plus blocks written for the IOPS.
  `FreeableMemory` is {db_memory} GiB less the processes' proportional memory. `DBLoad` is the
  number of active backends.
- Backtraces and `Allocations` are plausible text, not measurements; rendering waits a few
  milliseconds for the time Ruby would take. Sidekiq's job logging is on (Chatwoot switches it off).
- People, addresses and e-mails are invented (example.com, RFC 5737).

## Where things are
`logs/<log group>/<stream>.log.gz` (a slash in a stream's name is written `%2F`), `metrics/*.csv`,
`aws/*.json` (`aws … --output json` at the end of the recording), `truth.yaml`.
"""


def text(facts, told, happened, series):
    title = "A quiet hour" if told.quiet else "Statement timeouts after a dropped index"
    day = time.strftime("%Y-%m-%d", time.gmtime(facts["start"]))
    lines = [f"# {title}", "", _what(facts, told), "",
             f"Recorded on {day}, {_clock(facts['start'])}–{_clock(facts['end'])} UTC, by", "",
             f"    {_command(facts)}", ""]
    lines += _REAL.format(version=facts["engine_version"], messages=facts["messages"], web=len(names.WEB.hosts),
                          threads=names.WEB_THREADS, cpu=names.WEB.cpu_units, memory=names.WEB.memory_mib,
                          vcpus=server.VCPUS, db_memory=server.MEMORY_BYTES >> 30).split("\n")
    lines += _figures(facts, told, series)
    lines += _per_minute(told, happened)
    return "\n".join(lines) + "\n"


def _clock(seconds):
    return time.strftime("%H:%M:%S", time.gmtime(seconds))


def _command(facts):
    """The command without the paths of the machine it ran on."""
    words = facts["command"].split()
    for option in ("--raw", "--out"):
        if option in words:
            at = words.index(option)
            del words[at:at + 2]
    folder = "quiet-hour" if facts["scenario"] == "quiet" else facts["scenario"]
    return " ".join(words) + f" --out examples/incidents/{folder}"


def _what(facts, told):
    if told.quiet:
        return ("Sixty minutes of ordinary work: nothing is wrong, and an analysis should say so. There is noise,\n"
                "as every day has: refused and missing pages, two kinds of rare bug, slow searches, checkpoints.")
    return (f"A migration drops `index_messages_on_conversation_id` at {_clock(facts['index_dropped_at'])}, while the\n"
            "lists of ids in the conversation summary grow. Statements are cancelled at 14 s, requests by\n"
            "Rack::Timeout at 15 s, and the database's CPU is saturated until the index is created again\n"
            f"(valid at {_clock(facts['index_recreated_at'])}). Analyse {_clock(told.window[0])}–{_clock(told.window[1])} UTC;\n"
            f"harm begins at {_clock(told.onset)}.")


def _figures(facts, told, series):
    if told.quiet:
        spans = [("hour", facts["start"], facts["end"])]
    else:
        spans = [("before", facts["start"], math.floor(facts["index_dropped_at"] / 60) * 60), ("window", *told.window)]
    lines = ["## Figures", "", "| metric | " + " | ".join(f"{name}, mean · largest sample" for name, *_ in spans) + " |",
             "|---|" + "---|" * len(spans)]
    wanted = [("CPUUtilization", names.DB_INSTANCE), ("DatabaseConnections", ""), ("DBLoad", ""), ("ReadLatency", ""),
              ("WriteLatency", ""), ("ReadIOPS", ""), ("CPUUtilization", names.WEB.service), ("MemoryUtilization", names.WEB.service),
              ("CPUUtilization", names.WORKER.service)]
    for metric, owner in wanted:
        cells = ["{:.4g} · {:.4g}".format(*metric_files.peak(series, metric, start, end, owner)) for _, start, end in spans]
        lines.append(f"| {metric}{' of ' + owner if owner else ''} | " + " | ".join(cells) + " |")
    return lines + [""]


def _per_minute(told, happened):
    keys = ["requests", "failed_500", "rack_timeouts", "query_canceled", "db_cancelled", "slow_statements"]
    if told.quiet:
        total = {k: sum(m[k] for m in happened.minutes.values()) for k in keys}
        return ["In the whole hour: " + ", ".join(f"{k} {v}" for k, v in total.items()) + "."]
    lines = ["| minute | " + " | ".join(keys) + " |", "|---|" + "---|" * len(keys)]
    for minute in sorted(happened.minutes):
        if told.window[0] - 120 <= minute < told.window[1] + 120:
            counts = happened.minutes[minute]
            lines.append(f"| {_clock(minute)[:5]} | " + " | ".join(str(counts[k]) for k in keys) + " |")
    return lines
