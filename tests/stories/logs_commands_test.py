"""`culprit logs`: the answers from a capsule are those of a plain look at the recorded files."""

import collections
import json
import pathlib
import re
import shutil
import tempfile
import unittest

import culprit

INCIDENT = culprit.ROOT / "examples/incidents/statement-timeouts"


def json_lines(text):
    return [json.loads(line) for line in text.splitlines()]


class Logs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = pathlib.Path(tempfile.mkdtemp(prefix="culprit-story-"))
        cls.addClassCleanup(shutil.rmtree, cls.dir)
        cls.capsule = cls.dir / "incident.culprit"
        culprit.run("collect", "-q", "--input", INCIDENT, "-o", cls.capsule, check=0)
        cls.events = json_lines(cls.logs("search", "", "-F", "--format", "json", "--limit", "1000000").out)

    @classmethod
    def logs(cls, *arguments, code=0):
        return culprit.run("logs", arguments[0], "--store", cls.capsule, *arguments[1:], check=code)

    def expected(self, predicate):
        per_minute = collections.Counter(e["timestamp"] // 60000 for e in self.events if predicate(e["message"]))
        return sum(per_minute.values()), {minute: n for minute, n in per_minute.items()}

    def assert_counts(self, pattern, predicate):
        wanted, per_minute = self.expected(predicate)
        total = pattern["total"]
        self.assertEqual(total, wanted, pattern["pattern"])
        self.assertGreater(total, 0, pattern["pattern"])
        self.assertEqual(sum(p["count"] for p in pattern["periods"]), total)
        self.assertEqual([p["count"] for p in pattern["periods"]], [per_minute[m] for m in sorted(per_minute)])

    def test_all_events_of_the_recording_are_there(self):
        self.assertGreater(len(self.events), 40_000)
        self.assertEqual([e["number"] for e in self.events], sorted({e["number"] for e in self.events}))

    def test_many_filter_patterns_are_counted_as_a_plain_look_counts_them(self):
        answer = json.loads(self.logs("count", "ERROR", "timeout -Rack", '?ERROR ?WARN', '"IN ("', "--format", "json").out)
        self.assertEqual(answer["period_s"], 60)
        for pattern, predicate in zip(answer["patterns"], (
                lambda m: "ERROR" in m, lambda m: "timeout" in m and "Rack" not in m,
                lambda m: "ERROR" in m or "WARN" in m, lambda m: "IN (" in m)):
            self.assert_counts(pattern, predicate)

    def test_regular_expressions_and_texts_too(self):
        answer = json.loads(self.logs("count", "-E", r"duration: \d{5,}\.", "--format", "json").out)
        self.assert_counts(answer["patterns"][0], lambda m: re.search(r"duration: \d{5,}\.", m) is not None)
        answer = json.loads(self.logs("count", "-i", "QueryCanceled", "--format", "json").out)
        self.assert_counts(answer["patterns"][0], lambda m: "querycanceled" in m.lower())

    def test_search_gives_the_events_in_order_and_says_how_many_there_are(self):
        done = self.logs("search", '"statement timeout"', "--format", "json", "-n", "5")
        found = json_lines(done.out)
        wanted = [e for e in self.events if "statement timeout" in e["message"]]
        self.assertEqual(found, wanted[:5])
        self.assertIn(f"the first 5 of {len(wanted)} events", done.err)

    def test_group_and_window_narrow_the_question(self):
        done = self.logs("search", "-F", "", "--group", "postgresql", "--from", "2026-11-24T06:20Z", "--to",
                         "2026-11-24T06:21Z", "--format", "json", "-n", "100000")
        found = json_lines(done.out)
        wanted = [e for e in self.events if "postgresql" in e["logGroup"] and e["time"].startswith("2026-11-24T06:20:")]
        self.assertGreater(len(found), 0)
        self.assertEqual(found, wanted)

    def test_tail_shows_the_last_events_by_time(self):
        found = json_lines(self.logs("tail", "-n", "7", "--format", "json").out)
        wanted = sorted(self.events, key=lambda e: (e["timestamp"], e["number"]))[-7:]
        self.assertEqual(found, wanted)

    def test_a_refused_pattern_is_2_with_the_services_words_and_what_to_write(self):
        done = self.logs("count", "IN (", code=2)
        self.assertIn("Invalid character(s) in term '('", done.err)
        self.assertIn('write "IN ("', done.err)

    def test_an_unknown_group_or_store_is_4_and_says_what_there_is(self):
        done = self.logs("count", "x", "--group", "nosuch", code=4)
        self.assertIn("/aws/ecs/chatscomm-chatwoot-prod-web", done.err)
        done = culprit.run("logs", "count", "x", "--store", self.dir / "absent", check=4)
        self.assertIn("culprit ingest", done.err)

    def test_patterns_count_every_event_once_under_a_template_it_fits(self):
        answer = json.loads(self.logs("patterns", "--format", "json", "--top", "100000").out)
        self.assertEqual(answer["events"], len(self.events))
        self.assertEqual(sum(t["count"] for t in answer["templates"]), len(self.events))
        self.assertEqual(len({t["id"] for t in answer["templates"]}), answer["templates_in_all"])
        self.assertLess(answer["templates_in_all"], 300)
        for template in answer["templates"]:
            parts = [re.escape(p).replace(r"\ ", r"\s+") for p in template["template"].split("<*>")]
            example = template["example"].split("\n")[0]
            if len(example.encode()) < 380:  # longer ones are cut
                self.assertRegex(example.strip(), "^" + ".*".join(parts) + r"\s*$")
            self.assertEqual(sum(p["count"] for p in template["periods"]), template["count"])

    def test_compare_names_what_the_incident_brought(self):
        answer = json.loads(self.logs("compare", "--format", "json", "--before", "2026-11-24T05:46Z..2026-11-24T06:14Z",
                                      "--during", "2026-11-24T06:14Z..2026-11-24T06:25Z").out)
        new = [c["template"] for c in answer["changes"] if c["shift"] == "new"]
        self.assertTrue(any("canceling statement due to statement timeout" in t for t in new), new)
        surged = [c["template"] for c in answer["changes"] if c["shift"] == "surged"]
        self.assertTrue(any("Internal Server Error" in t for t in surged), surged)
        self.assertTrue(all(c["q"] <= 0.05 for c in answer["changes"]))
        quiet = json.loads(self.logs("compare", "--format", "json", "--before", "2026-11-24T05:46Z..2026-11-24T05:58Z",
                                     "--during", "2026-11-24T05:58Z..2026-11-24T06:09Z").out)
        self.assertLess(quiet["changed"], answer["changed"] / 5)

    def test_compare_asks_for_the_window_when_nothing_names_it(self):
        self.assertIn("--during", self.logs("compare", code=2).err)
        self.assertIn("FROM..TO", self.logs("compare", "--during", "17:00", code=2).err)

    def test_text_has_a_column_a_pattern(self):
        text = self.logs("count", "ERROR", "timeout", "--by", "10m").out
        self.assertRegex(text, r"\[1\] ERROR: \d+ in all\n\[2\] timeout: \d+ in all\n")
        self.assertRegex(text, r"\[1\] +\[2\]\n")


if __name__ == "__main__":
    unittest.main()
