// A query up to the first zero byte, and the lines behind it as its events. What a filter needs may not
// change the answer.
#include <cstdlib>

#include "insights/discover.h"
#include "insights/run_query.h"

namespace {

using culprit::insights::discovered_fields;
using culprit::insights::EventSource;
using culprit::insights::parse_query;
using culprit::insights::Query;
using culprit::insights::RunOptions;
using culprit::insights::RunProgress;
using culprit::insights::Scanned;

class Lines : public EventSource {
 public:
  Lines(std::string_view text, bool use_needed) : text_(text), use_needed_(use_needed) {}
  culprit::Result<Scanned> scan(
      const culprit::Window&, const culprit::MessagePattern* needed,
      const std::function<bool(const culprit::LogEventView&)>& visit) const override {
    Scanned out;
    for (std::string_view rest = text_; !rest.empty() && out.records < 200;) {
      const auto end = std::min(rest.find('\n'), rest.size());
      const std::string_view line = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      const auto number = ++out.records;
      if (needed != nullptr && use_needed_ && !needed->matches(line)) continue;
      const auto time = culprit::from_epoch_ms(1'755'817'200'000 + static_cast<std::int64_t>(number) * 7919);
      if (!visit({number, "group", "stream", time, time, line})) break;
    }
    return out;
  }

 private:
  std::string_view text_;
  bool use_needed_;
};

std::string answer(const Query& query, std::string_view lines, bool use_needed) {
  RunOptions options;
  options.window = {culprit::from_epoch_ms(1'755'817'200'000), culprit::from_epoch_ms(1'755'820'800'000)};
  options.now = options.window.end;
  options.account = "123456789012";
  options.rows_max = 1000;
  options.memory_bytes_max = std::size_t{32} << 20;
  RunProgress progress;
  const auto result = run_query(query, Lines(lines, use_needed), options, progress);
  if (!result) return result.error().what;
  std::string out;
  for (const auto& row : result->rows)
    for (const auto& [slot, value] : row.fields) out += query.slots[slot] + "=" + value + "\n";
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto zero = std::min(text.find('\0'), text.size());
  const std::string_view lines = text.substr(std::min(zero + 1, text.size()));
  (void)discovered_fields(lines);
  const auto query = parse_query(text.substr(0, zero));
  if (!query) return 0;
  if (answer(*query, lines, true) != answer(*query, lines, false)) std::abort();
  return 0;
}
