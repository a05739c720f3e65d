// The CloudWatch filter patterns of the built-in systems: valid, and of the same meaning as what we count.
#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.h"
#include "logs/filter_pattern.h"
#include "logs/pattern_matcher.h"
#include "system/load_system.h"

namespace culprit {
namespace {

// Lines of the bundled incidents, each component's log from its beginning.
std::vector<std::string> real_lines() {
  std::vector<std::string> out;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(CULPRIT_SOURCE_DIR "/examples/incidents")) {
    if (!entry.path().string().ends_with(".log.gz")) continue;
    auto blocks = open_blocks(entry.path());
    if (!blocks) continue;
    std::string text;
    for (auto block = (*blocks)->next(); block && !block->empty(); block = (*blocks)->next()) text += *block;
    std::size_t at = 0;
    for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', at)) {
      out.push_back(text.substr(at, end - at));
      at = end + 1;
    }
  }
  return out;
}

TEST(PatternFilters, MeanWhatTheSystemFileCounts) {
  const auto lines = real_lines();
  ASSERT_GT(lines.size(), 50'000U);
  for (const auto* name : {"chatwoot", "rails"}) {
    const auto system = load_system(name, {});
    ASSERT_TRUE(system) << system.error().message();
    for (const auto& pattern : system->patterns) {
      const auto filter = FilterPattern::parse(pattern.filter);
      ASSERT_TRUE(filter) << pattern.id << ": " << filter.error().message();
      const std::vector<PatternSpec> spec = {{pattern.any_of, pattern.ignore_case, pattern.all_regex}};
      auto matcher = PatternMatcher::make(spec);
      ASSERT_TRUE(matcher);
      for (const auto& line : lines)
        ASSERT_EQ(filter->matches(line), !matcher->match(line).empty()) << pattern.id << " on " << line;
    }
  }
}

}  // namespace
}  // namespace culprit
