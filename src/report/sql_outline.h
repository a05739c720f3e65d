// What the PostgreSQL report says, once for text and HTML. Private to src/report.
#pragma once

#include <vector>

#include "report/outline.h"
#include "report/wording.h"
#include "sql_report/sql_report.h"

namespace culprit {

wording::Clock clock_of(const SqlReport& report);
std::string sql_title(const SqlReport& report);
// "14:03 – 14:59", what was read from where.
std::vector<std::string> sql_scope(const SqlReport& report, const wording::Clock& clock);
// The figures that matter first: name, value, what stands beside it.
struct SqlFact {
  std::string name, value, detail;
  Tone tone = Tone::kPlain;
};
std::vector<SqlFact> sql_facts(const SqlReport& report);

// Sections behind the facts. The first two, statements and periods, are given in plain blocks too, though
// HTML draws them in its own way.
struct SqlOutlineOptions {
  std::size_t periods_max = 1'500;
  bool wide = true;  // false: only the columns that fit a terminal
};
std::vector<Section> sql_outline(const SqlReport& report, const SqlOutlineOptions& options);

}  // namespace culprit
