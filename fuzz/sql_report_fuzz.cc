// The PostgreSQL report's quick road, and the keys of statements.
#include <string>

#include "report/sql_tellers.h"
#include "sql_report/line_scanner.h"
#include "sql_report/sql_report.h"
#include "sql_report/statement_key.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 2 == 0) {
    culprit::statement_key(text);
    return 0;
  }
  culprit::SqlFeeder feeder;
  culprit::SqlLineScanner scanner(feeder, culprit::Time{});
  culprit::SqlEdgeJoiner joiner;
  const auto middle = text.find('\n', text.size() / 2);
  const auto cut = middle == std::string_view::npos ? text.size() : middle + 1;
  const auto first = scanner.scan(text.substr(0, cut));
  const auto second = scanner.scan(text.substr(cut));
  joiner.join(first, feeder.tally());
  joiner.join(second, feeder.tally());
  auto report = culprit::make_sql_report(feeder.tally(), 10);
  culprit::redact(report);
  const auto bytes = culprit::render_sql_text(report, {}).size() + culprit::render_sql_html(report).size() +
                     culprit::render_sql_json(report).size();
  return bytes == 0 ? 1 : 0;
}
