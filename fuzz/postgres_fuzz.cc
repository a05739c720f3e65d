// PostgreSQL entries, whole and line by line.
#include <string>

#include "logs/postgres.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  culprit::parse_postgres(text);
  culprit::PostgresAssembler assembler;
  std::size_t bytes = 0;
  const auto emit = [&](const culprit::PostgresAssembler::Completed& c) {
    bytes += c.entry.statement.size() + c.entry.detail.size() + c.entry.message.size();
  };
  std::uint64_t number = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    assembler.feed(++number, culprit::Time{}, text.substr(at, end - at), emit);
    at = end + 1;
  }
  assembler.finish(emit);
  return bytes == static_cast<std::size_t>(-1) ? 1 : 0;
}
