// Messages of any bytes under a fixed choice of patterns of every kind.
#include <cstdlib>
#include <vector>

#include "logs/json_select.h"
#include "logs/pattern_set.h"

namespace {

std::vector<culprit::MessagePattern> patterns() {
  std::vector<culprit::MessagePattern> out;
  for (const char* text :
       {"ERROR -health", "?a ?\"\\\"b\" ?%x.y%", "%[Tt]ime.?out%", "{ $.a = 1 || $.b[0].c != \"x*\" }",
        "{ $.list[*] = %e.r% || $.* >= 2 || $.['a.b'] IS NULL }", "{ $.a NOT EXISTS && $.d IS TRUE }",
        "[a, b=4*, ...]", "[..., x>1, ..., y!=\"z\"]", "[one, two, rest=\"*e*\"]"})
    out.push_back(*culprit::MessagePattern::filter(text));
  out.push_back(*culprit::MessagePattern::literal("Time", true));
  out.push_back(*culprit::MessagePattern::regex("(?i)ab+c|d.e"));
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static const auto all = patterns();
  static auto set = *culprit::PatternSet::make(all);
  const std::string_view message(reinterpret_cast<const char*>(data), size);
  culprit::is_json_document(message);
  const auto found = set.match(message);
  std::size_t at = 0;
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    const bool in_set = at < found.size() && found[at] == i;
    at += in_set ? 1 : 0;
    if (all[i].matches(message) != in_set) std::abort();
    if (in_set && !all[i].necessary().allow(message)) std::abort();
  }
  return 0;
}
