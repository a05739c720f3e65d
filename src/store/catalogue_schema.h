// The tables of a catalogue.
#pragma once

#include <string_view>

namespace culprit {

// One CREATE statement a table. A catalogue whose own text differs from this is not ours and is refused.
// Ordered by name, as sqlite_schema is asked for them. docs/capsule.md says what each column means.
constexpr std::string_view kCatalogueTables[] = {
    "CREATE TABLE gap(seq INTEGER PRIMARY KEY, reason TEXT NOT NULL, subject TEXT NOT NULL,"
    " component TEXT NOT NULL, detail TEXT NOT NULL, action TEXT NOT NULL, start_ms INTEGER, end_ms INTEGER)",
    "CREATE TABLE journal(seq INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL, action TEXT NOT NULL,"
    " request TEXT NOT NULL, outcome TEXT NOT NULL, answer_bytes INTEGER NOT NULL,"
    " duration_ms INTEGER NOT NULL, attempts INTEGER NOT NULL)",
    "CREATE TABLE log_group(id INTEGER PRIMARY KEY, name TEXT NOT NULL, last_number INTEGER NOT NULL)",
    "CREATE TABLE note(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE point(series_id INTEGER NOT NULL, time_ms INTEGER NOT NULL, value REAL NOT NULL,"
    " PRIMARY KEY(series_id, time_ms)) WITHOUT ROWID",
    "CREATE TABLE segment(id INTEGER PRIMARY KEY AUTOINCREMENT, group_id INTEGER NOT NULL,"
    " first_number INTEGER NOT NULL, last_number INTEGER NOT NULL, events INTEGER NOT NULL,"
    " first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL, message_bytes INTEGER NOT NULL,"
    " size_bytes INTEGER NOT NULL)",
    "CREATE TABLE series(id INTEGER PRIMARY KEY, namespace TEXT NOT NULL, name TEXT NOT NULL,"
    " dimensions TEXT NOT NULL, statistic TEXT NOT NULL, period_s INTEGER NOT NULL, unit TEXT NOT NULL,"
    " UNIQUE(namespace, name, dimensions, statistic, period_s))",
    "CREATE TABLE state(seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL,"
    " observed_at_ms INTEGER NOT NULL, document BLOB NOT NULL)",
    "CREATE TABLE stream(id INTEGER PRIMARY KEY, group_id INTEGER NOT NULL, name TEXT NOT NULL)",
};

}  // namespace culprit
