// PostgreSQL's csvlog and jsonlog: splitter, conversion and assembly.
#include <string>

#include "logs/format.h"
#include "logs/postgres.h"
#include "logs/postgres_record.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto format = data[0] % 2 == 0 ? culprit::LogFormat::kPostgresCsv : culprit::LogFormat::kPostgresJson;
  culprit::detect_format(text);
  if (const auto lines = culprit::postgres_record_as_stderr(text)) culprit::parse_postgres(*lines);
  std::size_t bytes = 0;
  culprit::PostgresAssembler assembler;
  const auto count = [&](const culprit::PostgresAssembler::Completed& c) {
    bytes += c.entry.statement.size();
  };
  const auto splitter = culprit::make_splitter(format, culprit::Time{}, 4096);
  const auto feed = [&](const culprit::SplitEvent& e) {
    assembler.feed(e.first_line, e.time, e.text, count);
  };
  splitter->feed(text.substr(0, text.size() / 2), feed);
  splitter->feed(text.substr(text.size() / 2), feed);
  splitter->finish(feed);
  assembler.finish(count);
  return bytes == static_cast<std::size_t>(-1) ? 1 : 0;
}
