"""What happens during a recording, minute by minute.

`statement-timeouts`: after a baseline a migration drops the index that the hot statement
needs while the lists in its IN (…) grow; ten minutes later the lists go back to normal and
the index is created again, concurrently. `quiet`: nothing."""

import time

from . import names, schema, wire


class Plan:
    def __init__(self, scenario, baseline_min, incident_min, tail_min, list_length_max):
        self.scenario = scenario
        self.baseline_s = baseline_min * 60
        self.incident_s = incident_min * 60
        self.tail_s = tail_min * 60
        self.list_length_max = list_length_max

    def total_s(self):
        return self.baseline_s + self.incident_s + self.tail_s


def quiet(plan, start, control, facts):
    _sleep_until(start + plan.total_s())


def statement_timeouts(plan, start, control, facts):
    dropped_at = start + plan.baseline_s
    _sleep_until(dropped_at + 7.4)      # not on the minute: nothing real is
    migration = _migration()
    facts["index_dropped_at"] = time.time()
    migration.script(schema.DROP_HOT_INDEX)
    migration.close()

    steps = [(30, 50), (75, 100), (120, 160), (180, plan.list_length_max)]
    scale = plan.incident_s / 600
    for after_s, length in steps:
        _sleep_until(dropped_at + after_s * scale)
        control.list_length.value = length
        facts.setdefault("list_lengths", []).append([time.time(), length])

    _sleep_until(dropped_at + plan.incident_s - 5)
    control.list_length.value = control.NORMAL_LIST_LENGTH
    facts["list_lengths"].append([time.time(), control.NORMAL_LIST_LENGTH])
    migration = _migration()
    facts["index_creation_began_at"] = time.time()
    migration.script(schema.CREATE_HOT_INDEX)
    facts["index_recreated_at"] = time.time()
    migration.close()
    _sleep_until(start + plan.total_s())


def _migration():
    """A connection as Rails opens it for migrations: the application's role, ten minutes a statement."""
    connection = wire.Connection(names.BASTION, names.ROLE, names.DATABASE)
    connection.script("SET statement_timeout = '600s'")
    return connection


def _sleep_until(moment):
    time.sleep(max(0.0, moment - time.time()))


SCENARIOS = {"statement-timeouts": statement_timeouts, "quiet": quiet}
