"""`culprit time` at the command line: the same instant in every spelling, and refusals that help."""

import json
import os
import subprocess
import unittest

CULPRIT = os.environ["CULPRIT"]


def run_time(*arguments, stdin=None, machine_zone="UTC"):
    return subprocess.run([CULPRIT, "time", *arguments], input=stdin, capture_output=True, text=True, timeout=30,
                          env={**os.environ, "TZ": machine_zone})


class TimeCommand(unittest.TestCase):
    def test_prints_epochs_utc_and_local(self):
        done = run_time("2025-08-21 17:00", "--tz", "America/Costa_Rica")
        self.assertEqual(done.returncode, 0, done.stderr)
        for expected in ("1755817200\n", "1755817200000\n", "2025-08-21T23:00:00Z",
                         "2025-08-21 17:00:00 -06 (America/Costa_Rica)"):
            self.assertIn(expected, done.stdout)

    def test_goes_back_from_the_epoch(self):
        for epoch in ("1755817200", "1755817200000"):
            done = run_time(epoch, "--tz", "America/Costa_Rica", "--json")
            self.assertEqual(json.loads(done.stdout)["times"][0]["local"], "2025-08-21 17:00:00")

    def test_two_times_make_a_window(self):
        done = run_time("2025-08-21 17:00", "17:10", "--tz", "America/Costa_Rica")
        self.assertIn("length      10m", done.stdout)
        self.assertIn("--start-time 1755817200000 --end-time 1755817800000", done.stdout)
        window = json.loads(run_time("1755817200", "1755817800", "--json").stdout)["window"]
        self.assertEqual(window, {"start": "2025-08-21T23:00:00Z", "end": "2025-08-21T23:10:00Z",
                                  "length_ms": 600000})

    def test_reads_standard_input(self):
        done = run_time("-", "--json", stdin="2025-08-21T23:00:00Z\n\n1755817800\n")
        self.assertEqual([t["epoch_s"] for t in json.loads(done.stdout)["times"]], [1755817200, 1755817800])

    def test_shows_other_zones(self):
        done = run_time("2025-08-21 17:00", "--tz", "America/Costa_Rica", "--to-tz", "Europe/Madrid")
        self.assertIn("2025-08-22 01:00:00 +02 (Europe/Madrid)", done.stdout)

    def test_does_not_depend_on_the_zone_of_the_machine_when_one_is_named(self):
        answers = {run_time("2025-08-21 17:00", "17:10", "--tz", "America/Costa_Rica", machine_zone=zone).stdout
                   for zone in ("UTC", "Asia/Tokyo", "America/New_York")}
        self.assertEqual(len(answers), 1)

    def test_accepts_a_distance_from_now_though_it_starts_with_a_dash(self):
        done = run_time("-2h", "now", "--json")
        self.assertEqual(json.loads(done.stdout)["window"]["length_ms"], 7200000)

    def test_wrong_input_is_exit_2_with_a_hint(self):
        for arguments, expected in (
                (("2025-08-21 17:00", "--tz", "America/Costa_Rcia"), "Did you mean America/Costa_Rica?"),
                (("2025-08-21 17:00", "--tz", "CST"), "ambiguous"),
                (("2025-03-09 02:30", "--tz", "America/New_York"), "does not exist in America/New_York"),
                (("2025-11-02 01:30", "--tz", "America/New_York"), "happened twice"),
                (("half past five",), "is not a time"),
                ((), "no time was given")):
            done = run_time(*arguments)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertIn(expected, done.stderr)
            self.assertEqual(done.stdout, "")


if __name__ == "__main__":
    unittest.main()
