// Mining by rows that look alike says what mining of every message says.
#include "engine/mined_forms.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "random_logs.h"
#include "segment_builder.h"

namespace culprit::engine_test {
namespace {

struct Told {
  std::string text;
  std::string typed;
  std::string example;
  std::uint64_t count = 0;
  std::uint32_t forms = 0;
  std::int64_t first_ms = 0;
  std::int64_t last_ms = 0;
  std::vector<std::pair<std::int64_t, std::uint64_t>> bins;
  bool operator==(const Told&) const = default;
};
void PrintTo(const Told& t, std::ostream* out) {
  *out << t.count << " of " << t.forms << " '" << t.text << "' as '" << t.typed << "' e.g. '" << t.example
       << "' from " << t.first_ms << " to " << t.last_ms;
}

std::vector<Told> told(const TemplateMiner& miner, const TemplateHistogram& histogram) {
  const auto set = miner.templates();
  const auto activities = histogram.by_template(set);
  std::vector<Told> out;
  for (std::size_t i = 0; i < set.templates.size(); ++i) {
    const auto& t = set.templates[i];
    Told one{t.text, t.typed, t.example, t.count, t.forms, 0, 0, {}};
    one.first_ms = to_epoch_ms(activities[i].first);
    one.last_ms = to_epoch_ms(activities[i].last);
    for (const auto& bin : activities[i].bins) one.bins.emplace_back(to_epoch_ms(bin.start), bin.count);
    out.push_back(std::move(one));
  }
  return out;
}

std::vector<Told> by_line(const std::vector<Rows>& segments, const Window* window) {
  TemplateMiner miner;
  TemplateHistogram histogram;
  for (const Rows& rows : segments)
    for (const Event& e : rows.events())
      if (!window || window->contains(from_epoch_ms(e.time_ms)))
        histogram.add(miner.add(mined_line(e.message)), from_epoch_ms(e.time_ms));
  return told(miner, histogram);
}

std::vector<Told> by_look(const std::vector<Rows>& segments, const Window* window) {
  const OpenSegment open = [&](std::size_t i) -> Result<std::shared_ptr<const Segment>> {
    return std::make_shared<const Segment>(opened(build(segments[i])));
  };
  const auto mined = mine_segments(segments.size(), open, window, 3);
  EXPECT_TRUE(mined) << mined.error().message();
  return told(mined->miner, mined->histogram);
}

// Messages in which digits do matter to the masker.
std::string trap(RandomLogs& logs) {
  const auto number = [&] { return std::to_string(logs.pick(logs.pick(2) ? 10 : 100'000)); };
  static const char* const kMonths[] = {"Jan", "Dec", "Jun"};
  switch (logs.pick(16)) {
    case 0:
      return "disk sda" + std::to_string(logs.pick(4)) + " at " + number() + " web-" + number() +
             ".local.net";
    case 1:
      return "code 0x" + logs.hex(1 + logs.pick(9)) + " or " + number() + "xff";
    case 2:
      return "host ip-10-0-" + number() + "-1.ec2.internal:" + number();
    case 3:
      return "user=" + number() + " id=" + logs.hex(24) + " jid=" + logs.hex(6);
    case 4:
      return std::string(kMonths[logs.pick(3)]) + " " + number() + " " + number() + ":11:12 2005 up";
    case 5:
      return "version v" + number() + "." + number() + " in " + number() + "ms " + number() + "KB";
    case 6:
      return "get h" + number() + "://x." + number() + "/a" + number() + " in " + number() + "://b";
    case 7: {
      std::string out = "in (";
      for (std::size_t i = logs.pick(14); i > 0; --i) out += number() + ", ";
      return out + number() + ") or " + number() + "," + number();
    }
    case 8: {
      std::string out = "run";
      for (std::size_t i = logs.pick(14); i > 0; --i) out += " " + number();
      return out;
    }
    case 9:
      return "blk_-" + number() + " and blk_" + number() + " -" + number() + " +" + number() + " a" +
             number();
    case 10:
      return number() + "-" + number() + "-" + number() + " " + number() + ":" + number() + ":" + number();
    case 11:
      return "ab:" + logs.hex(2) + ":" + logs.hex(2) + " fe80::" + logs.hex(4) + " " + number();
    case 12:
      return "first " + number() + "\nsecond " + number() + "\n";
    case 13:
      return "long " + std::string(8'150 + logs.pick(40), 'x') + " " + number() + ", " + number();
    case 14:
      return "for user " + logs.hex(8) + " root" + number() + " 10.0.0." + std::to_string(logs.pick(256)) +
             ":" + number();
    default:
      return "/var/" + number() + "/x C:\\" + number() + "\\y " + number() + "\\z \\" + number();
  }
}

TEST(MinedForms, OfRandomLogsAreThoseOfEveryLine) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    RandomLogs logs(seed);
    std::vector<Rows> segments(3);
    std::int64_t time_ms = 1'755'817'200'000;
    for (Rows& rows : segments)
      for (int i = 0; i < 700; ++i)
        rows.add(logs.pick(3) == 0 ? trap(logs) : logs.line(), time_ms += static_cast<int>(logs.pick(900)));
    ASSERT_EQ(by_look(segments, nullptr), by_line(segments, nullptr)) << "seed " << seed;
    const Window window{from_epoch_ms(1'755'817'300'000), from_epoch_ms(time_ms - 100'000)};
    ASSERT_EQ(by_look(segments, &window), by_line(segments, &window)) << "seed " << seed;
  }
}

TEST(MinedForms, OfRealLogsAreThoseOfEveryLine) {
  const std::filesystem::path folder = std::filesystem::path(CULPRIT_SHARED_DIR) / "benchmarks/loghub-2k";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is not there";
  std::size_t systems = 0;
  for (const auto& system : std::filesystem::directory_iterator(folder)) {
    const auto file = system.path() / (system.path().filename().string() + "_2k.log");
    std::ifstream in(file, std::ios::binary);
    if (!in) continue;
    std::vector<Rows> segments(1);
    for (std::string line; std::getline(in, line);) segments[0].add(line);
    ASSERT_EQ(by_look(segments, nullptr), by_line(segments, nullptr)) << file;
    ++systems;
  }
  EXPECT_GE(systems, 10U);
}

TEST(MinedForms, MessagesOfAWantedFormComeInOrder) {
  Rows rows;
  for (int i = 0; i < 100; ++i) {
    rows.add("took " + std::to_string(i) + " ms");
    rows.add("user root logged in " + std::to_string(i) + " times");
  }
  const Segment segment = opened(build(rows));
  TemplateMiner miner;
  const auto form = miner.add("took 7 ms");
  std::vector<std::string> seen;
  const auto done = visit_form_rows(
      segment, nullptr, miner, [&](auto f) { return f == form; },
      [&](auto, const SegmentRow& row) {
        seen.emplace_back(row.message);
        return seen.size() < 50;
      });
  ASSERT_TRUE(done);
  EXPECT_FALSE(*done);
  ASSERT_EQ(seen.size(), 50U);
  for (int i = 0; i < 50; ++i)
    EXPECT_EQ(seen[static_cast<std::size_t>(i)], "took " + std::to_string(i) + " ms");
}

}  // namespace
}  // namespace culprit::engine_test
