// The first line is a filter pattern (and a regular expression), the rest a message: parsing never crashes,
// and a message that matches holds what the pattern says it must.
#include <cstdlib>
#include <span>

#include "logs/pattern_set.h"

namespace {

void check(const culprit::MessagePattern& pattern, std::string_view message) {
  const bool matches = pattern.matches(message);
  if (matches && !pattern.necessary().allow(message)) std::abort();
  const auto set = culprit::PatternSet::make(std::span(&pattern, 1));
  if (!set) std::abort();
  auto own = *set;
  if (own.match(message).empty() == matches) std::abort();
  if (const auto* filter = pattern.as_filter()) {
    if (!filter->extract(message).empty() && !matches) std::abort();
    filter->value(message, "$.a");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto line = text.substr(0, text.find('\n'));
  const auto message = text.substr(std::min(line.size() + 1, text.size()));
  const auto filter = culprit::MessagePattern::filter(line);
  if (filter) {
    check(*filter, message);
  } else if (filter.error().what.empty()) {
    std::abort();
  }
  if (const auto regex = culprit::MessagePattern::regex(line)) check(*regex, message);
  return 0;
}
