// Queries over a few lines, as data: tests/insights/cases/*.jsonl. A case has `lines` (texts a second apart
// from 2025-08-21 23:00:00, or objects with t in seconds after that, m, s for the stream, g for the group), a
// `query` and either `rows` (fields in order; every value a text) or `fault` (message and the characters it
// is about).
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "memory_events.h"

namespace culprit::insights {

namespace {

constexpr std::int64_t kStartMs = 1'755'817'200'000;

MemoryEvents events_of(const boost::json::array& lines) {
  MemoryEvents out;
  for (const auto& line : lines) {
    if (line.is_string()) {
      out.add(std::string(line.get_string()));
      continue;
    }
    const auto& object = line.get_object();
    const auto text = [&](const char* member, const char* otherwise) {
      const auto* found = object.if_contains(member);
      return found == nullptr ? std::string(otherwise) : std::string(found->get_string());
    };
    const auto ms = static_cast<std::int64_t>(object.at("t").to_number<double>() * 1000);
    out.add(from_epoch_ms(kStartMs + ms), text("m", ""), text("s", "stream"), text("g", "group"));
  }
  return out;
}

boost::json::array rows_of(const Query& query, const QueryResult& result) {
  boost::json::array out;
  for (const auto& row : result.rows) {
    boost::json::object fields;
    for (const auto& [slot, value] : row.fields) fields[query.slots[slot]] = value;
    out.push_back(std::move(fields));
  }
  return out;
}

void check(const boost::json::object& one) {
  const std::string text(one.at("query").get_string());
  const auto query = parse_query(text);
  if (const auto* fault = one.if_contains("fault")) {
    ASSERT_FALSE(query) << text;
    EXPECT_EQ(query.error().message, fault->at("message").get_string()) << text;
    EXPECT_EQ(query.error().start_character, fault->at("start").to_number<std::size_t>()) << text;
    EXPECT_EQ(query.error().end_character, fault->at("end").to_number<std::size_t>()) << text;
    return;
  }
  ASSERT_TRUE(query) << text << ": " << query.error().message;
  MemoryEvents events = events_of(one.at("lines").get_array());
  RunOptions options;
  options.window = {from_epoch_ms(kStartMs), from_epoch_ms(kStartMs) + std::chrono::hours{2}};
  options.now = from_epoch_ms(kStartMs) + std::chrono::hours{1};
  options.account = "123456789012";
  for (const bool use_needed : {true, false}) {
    events.use_needed = use_needed;
    RunProgress progress;
    const auto result = run_query(*query, events, options, progress);
    ASSERT_TRUE(result) << text << ": " << result.error().what;
    EXPECT_EQ(boost::json::serialize(rows_of(*query, *result)), boost::json::serialize(one.at("rows")))
        << text;
  }
}

class Cases : public testing::TestWithParam<std::string> {};

TEST_P(Cases, AnswerAsStated) {
  std::ifstream file(std::string(CULPRIT_SOURCE_DIR) + "/tests/insights/cases/" + GetParam() + ".jsonl");
  ASSERT_TRUE(file);
  std::size_t cases = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.empty()) continue;
    boost::system::error_code error;
    const auto one = boost::json::parse(line, error);
    ASSERT_FALSE(error) << line;
    check(one.as_object());
    ++cases;
  }
  EXPECT_GT(cases, 0u);
}

INSTANTIATE_TEST_SUITE_P(Files, Cases,
                         testing::Values("fields", "filter", "operators", "parse", "stats", "order",
                                         "functions", "moments", "json", "tables", "faults"),
                         [](const auto& file) { return file.param; });

}  // namespace

}  // namespace culprit::insights
