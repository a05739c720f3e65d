#include "watch/state_file.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/file.h"

namespace culprit {
namespace {

const Time kStart = *parse_iso8601("2025-08-21T20:00:00.250Z");

WatchState full_state() {
  WatchState s;
  s.system = "shop";
  s.evaluated = kStart;
  s.before_jump = kStart - Duration(1);
  s.last = Moment{kStart, Duration(12'345), "boot"};
  s.alarms["CPU \"high\""] = {AlarmState::kAlarm, kStart, "Threshold Crossed: \xc3\xa9", true};
  WatchedIncident incident;
  incident.id = "i";
  incident.ours = false;
  incident.title = "slow";
  incident.severity = "P1";
  incident.opened = kStart;
  incident.alarms["a"] = kStart;
  incident.unacknowledged = Duration(61'000);
  incident.acknowledged = true;
  incident.quiet_since = kStart;
  incident.told = {"chat", "mail"};
  incident.updates = 2;
  s.incident = incident;
  s.outage = Outage{kStart, "no answer", Duration(5), {"chat"}};
  s.messages = 42;
  OutboxEntry entry;
  entry.key = "k";
  entry.channel = "chat";
  entry.created = kStart;
  entry.notice.time = kStart;
  s.effects = {
      {Effect::Kind::kOpen, "i", kStart, "slow", "P1", {}, {}},
      {Effect::Kind::kNotify, "i", kStart, "", "", entry, {}},
      {Effect::Kind::kEvidence, "i", kStart, "open", "", {}, Window{kStart, kStart + Duration(60'000)}}};
  const MetricId metric{"AWS/RDS", "CPU", {{"DB", "x"}}};
  s.metrics = {{metric, "Average", std::chrono::seconds(60), false, kStart, 1.5},
               {metric, "Average", std::chrono::seconds(60), false, kStart + Duration(60'000), 7},
               {metric, "Maximum", std::chrono::seconds(60), false, kStart, 2}};
  return s;
}

TEST(StateFile, ReadsBackAsItWasWritten) {
  const auto again = read_state(state_text(full_state()));
  ASSERT_TRUE(again) << again.error().message();
  EXPECT_EQ(*again, full_state());
  EXPECT_EQ(*read_state(state_text({})), WatchState{});
}

TEST(StateFile, NoFileIsAFreshState) {
  const auto folder = TemporaryDirectory::create();
  EXPECT_EQ(*load_state(folder->path() / "state.json"), WatchState{});
  ASSERT_TRUE(save_state(folder->path() / "state.json", full_state()));
  EXPECT_EQ(*load_state(folder->path() / "state.json"), full_state());
}

// What was decided must not vanish with a file that is half there.
TEST(StateFile, WhatIsNotWholeIsRefusedByName) {
  const auto folder = TemporaryDirectory::create();
  const auto file = folder->path() / "state.json";
  const std::string whole = state_text(full_state());
  for (const auto& text :
       {std::string(), std::string("{}"), whole.substr(0, whole.size() / 2), std::string("{\"format\":2}"),
        std::string(R"({"format":1,"effects":[{"kind":"page"}]})"),
        std::string(R"({"format":1,"incident":{"id":""}})")}) {
    std::ofstream(file, std::ios::trunc) << text;
    const auto state = load_state(file);
    ASSERT_FALSE(state) << text;
    EXPECT_EQ(state.error().code, ErrorCode::kDamaged);
    EXPECT_EQ(state.error().where, file.string());
  }
}

}  // namespace
}  // namespace culprit
