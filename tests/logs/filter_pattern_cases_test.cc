// CloudWatch's own answers, as collected cases: each pattern on its message, or its refusal.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>
#include <map>

#include "logs/filter_pattern.h"

namespace culprit {
namespace {

const std::string kCases = CULPRIT_SHARED_DIR "/cases/filter_patterns.jsonl";

std::string text_of(const boost::json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

void check_refusal(const boost::json::object& c) {
  const auto parsed = FilterPattern::parse(text_of(c, "pattern"));
  ASSERT_FALSE(parsed) << "accepted " << text_of(c, "pattern");
  EXPECT_NE(parsed.error().what.find(text_of(c, "error_text")), std::string::npos)
      << parsed.error().message();
}

void check_match(const boost::json::object& c) {
  const auto parsed = FilterPattern::parse(text_of(c, "pattern"));
  ASSERT_TRUE(parsed) << parsed.error().message();
  const auto message = text_of(c, "message");
  const bool expected = c.at("matches").as_bool();
  EXPECT_EQ(parsed->matches(message), expected) << text_of(c, "pattern") << "\n  on " << message;
  EXPECT_TRUE(!expected || parsed->necessary().allow(message));
  const auto* extracted = c.if_contains("extracted");
  if (extracted == nullptr || !extracted->is_object()) return;
  std::map<std::string, std::string> ours;
  for (const auto& [name, value] : parsed->extract(message)) ours[name] = value;
  for (const auto& [name, value] : extracted->get_object())
    EXPECT_EQ(ours[std::string(name)], std::string(value.as_string())) << name;
}

TEST(FilterPatternCases, AreAnsweredAsByTheService) {
  std::ifstream file(kCases);
  if (!file) GTEST_SKIP() << "no cases at " << kCases;
  std::map<std::string, int> per_basis;
  for (std::string line; std::getline(file, line);) {
    const auto c = boost::json::parse(line).as_object();
    if (c.contains("header")) continue;
    SCOPED_TRACE(text_of(c, "id") + " (" + text_of(c, "basis") + ")");
    if (c.at("matches").is_null())
      check_refusal(c);
    else
      check_match(c);
    ++per_basis[text_of(c, "basis")];
  }
  int total = 0;
  for (const auto& [basis, count] : per_basis) {
    total += count;
    RecordProperty(basis, count);
    std::cout << "  " << basis << ": " << count << "\n";
  }
  EXPECT_GE(total, 261);
}

}  // namespace
}  // namespace culprit
