"""screen.py FILE SERIES WINDOW: the screen of metrics/change_screen.h, straightforwardly in NumPy.

Prints the best of three times in seconds, and how many series changed by more than three deviations."""

import sys
import time

import numpy

values = numpy.fromfile(sys.argv[1]).reshape(int(sys.argv[2]), -1)
first = values.shape[1] - int(sys.argv[3])
best = float("inf")
for _ in range(3):
    start = time.perf_counter()
    before = numpy.nanmedian(values[:, :first], axis=1)
    during = numpy.nanmedian(values[:, first:], axis=1)
    spread = 1.4826 * numpy.nanmedian(numpy.abs(values[:, :first] - before[:, None]), axis=1)
    spread = numpy.maximum(spread, 0.02 * numpy.abs(before))
    score = (during - before) / spread
    best = min(best, time.perf_counter() - start)
print(f"{best:.4f} {int(numpy.sum(numpy.abs(score) > 3))}")
