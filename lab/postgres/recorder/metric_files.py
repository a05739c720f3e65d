"""Writes the samples as CSV: one file a namespace, one row a minute, metric and statistic."""

import os
import time

STATISTICS = {
    "Average": lambda v: sum(v) / len(v),
    "Maximum": max,
    "Minimum": min,
    "p90": lambda v: sorted(v)[min(len(v) - 1, int(0.9 * len(v)))],
}
HEADER = "timestamp,namespace,metric,dimensions,statistic,unit,period_s,value\n"


def write(series, start, end, folder):
    os.makedirs(folder, exist_ok=True)
    files = {}
    for one in series:
        files.setdefault(one["namespace"], []).append(one)
    for namespace, group in files.items():
        with open(os.path.join(folder, namespace.replace("/", "-") + ".csv"), "w") as out:
            out.write(HEADER)
            for one in group:
                out.writelines(_rows(one, start, end))


def _rows(series, start, end):
    for minute in sorted(map(int, series["minutes"])):
        if not start <= minute < end:
            continue
        values = series["minutes"][str(minute)]
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(minute))
        for statistic, of in STATISTICS.items():
            yield (f"{stamp},{series['namespace']},{series['metric']},{series['dimensions']},{statistic},"
                   f"{series['unit']},60,{of(values):.6g}\n")


def peak(series, metric, start, end, dimensions_contain=""):
    """(mean of the minutes' averages, largest sample) of a metric between two moments."""
    values = [v for one in series if one["metric"] == metric and dimensions_contain in one["dimensions"]
              for minute, samples in one["minutes"].items() if start <= int(minute) < end for v in samples]
    return (sum(values) / len(values), max(values)) if values else (None, None)
