// Sidekiq, JSON lines, failures and patterns over any bytes.
#include <string>
#include <vector>

#include "logs/failure.h"
#include "logs/json_line.h"
#include "logs/pattern_matcher.h"
#include "logs/sidekiq.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  culprit::parse_sidekiq(text);
  culprit::parse_json_line(text);
  culprit::classify_failure(text);
  static const std::vector<culprit::PatternSpec> kSpecs = {
      {{"ERROR"}, false, {}}, {{"timeout"}, true, {}}, {{}, false, {"duration.*ms"}}};
  static auto matcher = culprit::PatternMatcher::make(kSpecs);
  matcher->match(text);
  return 0;
}
