// Small words for tests of stores: a directory that cleans itself, events in one line, random evidence.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

#include "base/file.h"
#include "store/embedded_store.h"

namespace culprit::testing {

inline TemporaryDirectory temporary_directory() {
  auto made = TemporaryDirectory::create("culprit-test");
  EXPECT_TRUE(made) << made.error().message();
  return std::move(*made);
}

#define ASSERT_OK(expression)                                                    \
  do {                                                                           \
    const auto& result_of_expression = (expression);                             \
    ASSERT_TRUE(result_of_expression) << result_of_expression.error().message(); \
  } while (false)

inline LogEvent event(std::string group, std::string stream, std::int64_t time_ms, std::string message) {
  return {0,
          std::move(group),
          std::move(stream),
          from_epoch_ms(time_ms),
          from_epoch_ms(time_ms + 7),
          std::move(message)};
}

inline bool same(const LogEvent& a, const LogEvent& b) {
  return a.number == b.number && a.group == b.group && a.stream == b.stream && a.time == b.time &&
         a.ingestion == b.ingestion && a.message == b.message;
}

inline std::vector<LogEvent> scan(const Store& store, const LogQuery& query = {}) {
  std::vector<LogEvent> out;
  const auto done = store.scan_logs(query, [&](const LogEventView& e) {
    out.push_back(
        {e.number, std::string(e.group), std::string(e.stream), e.time, e.ingestion, std::string(e.message)});
    return true;
  });
  EXPECT_TRUE(done) << done.error().message();
  return out;
}

// Gives each event its number, and orders them as a scan must: groups by name, inside by number.
inline std::vector<LogEvent> as_scanned(std::vector<LogEvent> events, EventNumber first = 1) {
  for (auto& e : events) e.number = first++;
  std::stable_sort(events.begin(), events.end(),
                   [](const LogEvent& a, const LogEvent& b) { return a.group < b.group; });
  return events;
}

// A writer filled with `events` and closed.
inline void write_store(const std::filesystem::path& directory, const std::vector<LogEvent>& events) {
  auto writer = create_store(directory);
  ASSERT_OK(writer);
  for (const auto& e : events) ASSERT_OK((*writer)->append(e.view()));
  ASSERT_OK((*writer)->commit());
}

class RandomEvents {
 public:
  explicit RandomEvents(std::uint32_t seed) : random_(seed) {}

  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }

  // Mostly log-like lines; now and then empty, binary, with CR, LF and NUL, or (rarely) a megabyte.
  std::string message() {
    switch (below(40)) {
      case 0:
        return {};
      case 1:
        return std::string("a\0b\r\n\tc\n", 8);
      case 2:
        return "\xff\xfe\xc3(\xed\xa0\x80 not UTF-8";
      case 3: {
        std::string out(below(300), '\0');
        for (auto& c : out) c = static_cast<char>(below(256));
        return out;
      }
      case 4:
        if (below(50) == 0)
          return std::string((std::size_t{1} << 20) + below(1000), static_cast<char>('a' + below(26)));
        [[fallthrough]];
      default:
        return fmt::format("INFO request {} took {} ms for user {}", below(1u << 30), below(5000),
                           below(100));
    }
  }

  LogEvent next(std::size_t groups, std::size_t streams) {
    clock_ms_ += static_cast<std::int64_t>(below(50)) - 20;  // back and forth
    std::int64_t time = clock_ms_;
    if (below(500) == 0)
      time = std::numeric_limits<std::int64_t>::min() + static_cast<std::int64_t>(below(9));
    if (below(500) == 0)
      time = std::numeric_limits<std::int64_t>::max() - static_cast<std::int64_t>(below(9)) - 7;
    return event(fmt::format("/group/{}", below(groups)), fmt::format("stream-{}", below(streams)), time,
                 message());
  }

  std::vector<LogEvent> many(std::size_t count, std::size_t groups, std::size_t streams) {
    std::vector<LogEvent> out;
    for (std::size_t i = 0; i < count; ++i) out.push_back(next(groups, streams));
    return out;
  }

 private:
  std::mt19937 random_;
  std::int64_t clock_ms_ = 1'755'817'200'000;
};

}  // namespace culprit::testing
