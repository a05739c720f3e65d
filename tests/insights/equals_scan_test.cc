// Filters find what a plain scan of the same messages finds, with the engine's help and without.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "base/file.h"
#include "insights/store_events.h"
#include "memory_events.h"
#include "store/embedded_store.h"

namespace culprit::insights {

namespace {

using Random = std::mt19937;

constexpr std::int64_t kStartMs = 1'755'817'200'000;

std::string word(Random& random) {
  static constexpr const char* kWords[] = {"ERROR", "error", "timeout", "user",    "a.b",
                                           "é",     "10",    "x1",      "\\u0041", "/v1"};
  return kWords[random() % std::size(kWords)];
}

std::string message(Random& random) {
  if (random() % 2 == 0)
    return fmt::format(R"({{"level":"{}","n":{},"text":"{} {}"}})", word(random), random() % 20, word(random),
                       word(random));
  std::string out = word(random);
  for (auto i = random() % 5; i > 0; --i) out += (random() % 4 == 0 ? "\n" : " ") + word(random);
  return out;
}

// A condition, and what it means.
struct Condition {
  std::string text;
  std::function<bool(std::string_view)> holds;
};

Condition condition(Random& random, int depth) {
  switch (depth > 2 ? random() % 3 : random() % 6) {
    case 0: {
      const std::string part = word(random).substr(0, 4);
      std::string written;
      for (const char c : part) written += c == '\\' ? "\\\\" : std::string(1, c);
      return {fmt::format("@message like \"{}\"", written),
              [part](std::string_view text) { return text.find(part) != text.npos; }};
    }
    case 1:
      return {"@message like /(?i)error/", [](std::string_view text) {
                return text.find("ERROR") != text.npos || text.find("error") != text.npos;
              }};
    case 2:
      return {"@message =~ /timeout|user/", [](std::string_view text) {
                return text.find("timeout") != text.npos || text.find("user") != text.npos;
              }};
    case 3: {
      auto inner = condition(random, depth + 1);
      return {"not (" + inner.text + ")", [inner](std::string_view text) { return !inner.holds(text); }};
    }
    case 4: {
      auto a = condition(random, depth + 1), b = condition(random, depth + 1);
      return {"(" + a.text + " and " + b.text + ")",
              [a, b](std::string_view text) { return a.holds(text) && b.holds(text); }};
    }
    default: {
      auto a = condition(random, depth + 1), b = condition(random, depth + 1);
      return {"(" + a.text + " or " + b.text + ")",
              [a, b](std::string_view text) { return a.holds(text) || b.holds(text); }};
    }
  }
}

std::set<EventNumber> found_by(const Query& query, const EventSource& events) {
  RunOptions options;
  options.window = {from_epoch_ms(kStartMs), from_epoch_ms(kStartMs) + std::chrono::hours{2}};
  options.rows_max = 100'000;
  RunProgress progress;
  const auto result = run_query(query, events, options, progress);
  EXPECT_TRUE(result) << result.error().what;
  std::set<EventNumber> out;
  for (const auto& row : result->rows) out.insert(row.event);
  EXPECT_EQ(result->records_matched, out.size());
  return out;
}

TEST(Filters, FindWhatAPlainScanFinds) {
  const auto folder = *TemporaryDirectory::create("culprit-insights-test");
  Random random(11);
  std::vector<std::string> messages;
  {
    auto writer = *create_store(folder.path() / "store");
    for (int i = 0; i < 2000; ++i) {
      messages.push_back(message(random));
      const Time time = from_epoch_ms(kStartMs + i * 1000);
      ASSERT_TRUE(writer->append({0, "group", "stream", time, time, messages.back()}));
    }
    ASSERT_TRUE(writer->commit());
  }
  const std::shared_ptr<const Store> store = *open_store(folder.path() / "store");
  const StoreEvents events(store, {"group"});
  std::size_t matched = 0, helped = 0;
  for (int round = 0; round < 300; ++round) {
    const Condition tried = condition(random, 0);
    const auto query = parse_query("filter " + tried.text);
    ASSERT_TRUE(query) << tried.text << ": " << query.error().message;
    std::set<EventNumber> expected;
    for (std::size_t i = 0; i < messages.size(); ++i)
      if (tried.holds(messages[i])) expected.insert(i + 1);
    ASSERT_EQ(found_by(*query, events), expected) << tried.text;
    matched += expected.size();
    helped += needed_pattern(*query).has_value();
  }
  EXPECT_GT(matched, 1000u);
  EXPECT_GT(helped, 50u);
}

// What is needed may leave no event out that a condition on a JSON member lets through.
TEST(Filters, OnMembersFindTheSameWithAndWithoutTheEngine) {
  Random random(13);
  MemoryEvents events;
  for (int i = 0; i < 1000; ++i) events.add(message(random));
  const char* const conditions[] = {"level = 'ERROR'",
                                    "level like 'err'",
                                    "level = 'A'",
                                    "text like 'timeout'",
                                    "level in ['user', 'ERROR']",
                                    "level = 'x1' or n > 15",
                                    "level = '10'",
                                    "level = 'é'",
                                    "text like '/v1'"};
  for (const char* text : conditions) {
    const auto query = parse_query(std::string("filter ") + text);
    ASSERT_TRUE(query);
    events.use_needed = true;
    const auto with = found_by(*query, events);
    events.use_needed = false;
    EXPECT_EQ(with, found_by(*query, events)) << text;
    EXPECT_FALSE(with.empty()) << text;
  }
}

}  // namespace

}  // namespace culprit::insights
