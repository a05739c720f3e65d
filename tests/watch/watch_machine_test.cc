#include "watch/watch_machine.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "watch/state_file.h"

namespace culprit {
namespace {

using std::chrono::minutes;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const Time kStart = *parse_iso8601("2025-08-21T23:00:00Z");

System shop() {
  System s;
  s.name = "shop";
  s.channels.resize(3);
  s.channels[0].id = "pager";
  s.channels[1].id = "mail";
  s.channels[2].id = "board";
  s.contacts = {{"On-call", "", "x", {"P0", "P1", "P2"}, {"pager"}, minutes(0)},
                {"Database", "", "x", {"P0", "P1", "P2"}, {"mail"}, minutes(15)},
                {"Boss", "", "x", {"P0"}, {"board"}, minutes(0)}};
  for (const auto& [id, severity] : {std::pair{"a", "P2"}, {"b", "P2"}, {"c", "P0"}}) {
    AlarmRule rule;
    rule.id = id;
    rule.name = id;
    rule.severity = severity;
    s.alarms.push_back(rule);
  }
  Objective objective;
  objective.id = "slo";
  s.objectives.push_back(objective);
  return s;
}

// "t" in a minute's changes.
constexpr const char* kTicket = "SLO-ticket-3x";

AlarmSet alarms() {
  AlarmSet set;
  for (const std::string name : {"a", "b", "c"}) {
    MetricAlarm alarm;
    alarm.name = name;
    set.alarms.push_back(alarm);
    set.origins.push_back({name, name, "title of " + name, "", "web"});
  }
  MetricAlarm slow;
  slow.name = kTicket;
  set.alarms.push_back(slow);
  set.origins.push_back({kTicket, "slo", "slow burn", "", "web"});
  return set;
}

// A watch driven minute by minute. Decisions are collected as short texts: "open i", "tell opened pager" …
class MachineTest : public testing::Test {
 protected:
  MachineTest() : system_(shop()), set_(alarms()), machine_(system_, set_, {}) {}

  // One minute passes; `changes` like "a=ALARM b=OK".
  void minute(const std::string& changes = "") {
    ++minute_;
    Observation seen;
    seen.seen = true;
    MinuteChanges now{kStart + minutes(minute_), {}};
    std::size_t at = 0;
    while (at < changes.size()) {
      const auto end = std::min(changes.find(' ', at), changes.size());
      const auto word = changes.substr(at, end - at);
      now.changes.push_back(
          {word[0] == 't' ? kTicket : word.substr(0, 1), *parse_alarm_state(word.substr(2)), "reason"});
      at = end + 1;
    }
    seen.minutes = {now};
    step(std::move(seen));
  }
  void step(Observation seen) {
    seen.now = {kStart + minutes(minute_), minutes(minute_) + Duration(1), "boot"};
    if (seen.book.empty()) seen.book = book_;
    machine_.step(state_, seen);
    // A restart between any two steps changes nothing.
    const auto again = read_state(state_text(state_));
    ASSERT_TRUE(again) << again.error().message();
    EXPECT_EQ(*again, state_);
    take();
  }
  void pass(int count) {
    for (int i = 0; i < count; ++i) minute();
  }
  // Does what was decided, as the watcher does.
  void take() {
    for (const auto& effect : state_.effects) {
      const auto entry = std::ranges::find(book_, effect.incident, &BookEntry::id);
      switch (effect.kind) {
        case Effect::Kind::kOpen:
          book_.push_back({effect.incident, true, true, "", false, "", "", effect.severity, effect.text});
          done_.push_back("open " + effect.severity);
          break;
        case Effect::Kind::kResolve:
          if (entry != book_.end()) entry->open = false;
          done_.push_back("resolve");
          break;
        case Effect::Kind::kSeverity:
          done_.push_back("severity " + effect.text);
          break;
        case Effect::Kind::kNotify:
          EXPECT_TRUE(keys_.insert(effect.entry->key).second) << "told twice: " << effect.entry->key;
          done_.push_back(fmt::format("{} {}", to_string(effect.entry->notice.kind), effect.entry->channel));
          break;
        case Effect::Kind::kEvidence:
          done_.push_back("evidence " + effect.text);
          break;
        case Effect::Kind::kNote:
          break;
      }
    }
    state_.effects.clear();
  }
  std::vector<std::string> done() { return std::exchange(done_, {}); }

  System system_;
  AlarmSet set_;
  WatchMachine machine_;
  WatchState state_;
  int minute_ = 0;
  std::vector<BookEntry> book_;
  std::vector<std::string> done_;
  std::set<std::string> keys_;
};

TEST_F(MachineTest, FromTheFirstAlarmToTheLastMessage) {
  minute("a=OK b=OK");
  EXPECT_THAT(done(), IsEmpty());
  minute("a=ALARM");
  EXPECT_THAT(done(), ElementsAre("open P2", "opened pager", "evidence open"));
  EXPECT_EQ(state_.incident->id, "2025-08-21T2302Z-shop");
  pass(14);
  EXPECT_THAT(done(), IsEmpty());
  minute();
  EXPECT_THAT(done(), ElementsAre("escalated mail")) << "nobody acknowledged for 15 minutes";
  minute("a=OK");
  pass(9);
  EXPECT_THAT(done(), IsEmpty());
  minute();
  EXPECT_THAT(done(), UnorderedElementsAre("resolve", "resolved pager", "resolved mail", "evidence end"));
  EXPECT_FALSE(state_.incident);
}

TEST_F(MachineTest, AnotherAlarmJoinsAndPagesNobodyAgain) {
  minute("a=ALARM");
  done();
  minute("b=ALARM");
  EXPECT_THAT(done(), IsEmpty());
  minute("a=OK");
  pass(20);
  EXPECT_THAT(done(), ElementsAre("escalated mail")) << "b still fires";
  minute("b=OK");
  pass(10);
  EXPECT_THAT(done(), testing::Contains("resolve"));
}

TEST_F(MachineTest, ASlowBurnOpensItsOwnIncidentAndHoldsNoOtherOpen) {
  minute("a=ALARM t=ALARM");
  done();
  minute("a=OK");
  pass(10);
  EXPECT_THAT(done(), testing::Contains("resolve")) << "the ticket still fires";
  pass(30);
  EXPECT_THAT(done(), IsEmpty());
  minute("t=OK");
  minute("t=ALARM");
  EXPECT_THAT(done(), ElementsAre("open P3", "evidence open")) << "nobody is called at P3";
  minute("t=OK");
  pass(10);
  EXPECT_THAT(done(), testing::Contains("resolve"));
}

TEST_F(MachineTest, AnAlarmThatComesAndGoesPagesOnce) {
  minute("a=ALARM");
  done();
  for (int i = 0; i < 4; ++i) {
    minute("a=OK");
    minute("a=ALARM");
  }
  EXPECT_THAT(done(), IsEmpty());
}

TEST_F(MachineTest, AMoreSevereAlarmRaisesAndTellsThoseWhoNowMustKnow) {
  minute("a=ALARM");
  done();
  minute("c=ALARM");
  EXPECT_THAT(done(), ElementsAre("severity P0", "raised pager", "opened board"));
}

TEST_F(MachineTest, AlarmsOfOneMinuteMakeOneIncidentOfTheHighestSeverity) {
  minute("a=ALARM c=ALARM");
  EXPECT_THAT(done(), ElementsAre("open P2", "severity P0", "opened pager", "opened board", "evidence open"));
}

TEST_F(MachineTest, AnAcknowledgementEndsEscalation) {
  minute("a=ALARM");
  done();
  book_.back().acknowledged = true;
  book_.back().acknowledged_by = "Ana";
  minute();
  EXPECT_THAT(done(), ElementsAre("acknowledged pager"));
  pass(60);
  EXPECT_THAT(done(), IsEmpty());
}

TEST_F(MachineTest, MissingDataDoNotCloseAnIncident) {
  minute("a=ALARM");
  done();
  book_.back().acknowledged = true;
  minute("a=INSUFFICIENT_DATA");
  pass(60);
  EXPECT_THAT(done(), ElementsAre("acknowledged pager"));
}

TEST_F(MachineTest, ResolvedByHandWhileItFiresItWaitsForOkBeforeItOpensAgain) {
  minute("a=ALARM");
  done();
  book_.back().open = false;
  book_.back().resolved_by = "Ana";
  minute();
  EXPECT_THAT(done(), UnorderedElementsAre("resolved pager", "evidence end"));
  pass(30);
  EXPECT_THAT(done(), IsEmpty());
  minute("a=OK");
  minute("a=ALARM");
  EXPECT_THAT(done(), ElementsAre("open P2", "opened pager", "evidence open"));
}

TEST_F(MachineTest, AnIncidentOpenedByHandIsJoinedAndLeftToItsOwner) {
  book_.push_back({"2025-08-21T2250Z-shop", true, false, "", false, "", "", "P1", "lists are slow"});
  minute("a=ALARM");
  EXPECT_THAT(done(), ElementsAre("opened pager", "evidence open"));
  EXPECT_EQ(state_.incident->id, "2025-08-21T2250Z-shop");
  EXPECT_EQ(state_.incident->severity, "P1");
  minute("a=OK");
  pass(10);
  EXPECT_THAT(done(), UnorderedElementsAre("resolved pager", "evidence end"));
  // A later alarm is told again, though the incident of the book is the same.
  minute("b=ALARM");
  EXPECT_THAT(done(), ElementsAre("opened pager", "evidence open"));
}

TEST_F(MachineTest, WhatTheEvidenceShowsIsToldAndMayRaise) {
  minute("a=ALARM");
  done();
  Observation seen;
  seen.evidence =
      EvidenceSeen{state_.incident->id, "open", "x.culprit", "P0", "Statements time out", "text", ""};
  step(seen);
  EXPECT_THAT(done(), ElementsAre("severity P0", "update pager", "opened board"));
  seen.evidence->severity = "P2";
  step(seen);
  EXPECT_EQ(state_.incident->severity, "P0") << "never lowered";
}

TEST_F(MachineTest, AnOutageIsToldOnceAndItsEndToo) {
  minute("a=OK");
  Observation blind;
  blind.trouble = "no answer";
  for (int i = 0; i < 30; ++i) {
    ++minute_;
    step(blind);
  }
  EXPECT_THAT(done(), ElementsAre("blind pager"));
  minute();
  EXPECT_THAT(done(), ElementsAre("sighted pager"));
}

TEST_F(MachineTest, AnOpenIncidentIsNotClosedByWhatCannotBeSeen) {
  minute("a=ALARM");
  minute("a=OK");
  done();
  Observation blind;
  blind.trouble = "no answer";
  for (int i = 0; i < 13; ++i) {
    ++minute_;
    step(blind);
  }
  EXPECT_TRUE(state_.incident);
}

TEST_F(MachineTest, MinutesThatAreMadeUpForOpenAndCloseWhatWasMissed) {
  minute("a=OK");
  Observation seen;
  seen.seen = true;
  for (int i = 1; i <= 40; ++i) {
    MinuteChanges now{kStart + minutes(minute_ + i), {}};
    if (i == 3) now.changes = {{"a", AlarmState::kAlarm, "x"}};
    if (i == 9) now.changes = {{"a", AlarmState::kOk, "x"}};
    if (i == 30) now.changes = {{"b", AlarmState::kAlarm, "x"}};
    seen.minutes.push_back(now);
  }
  minute_ += 40;
  step(seen);
  EXPECT_THAT(done(), ElementsAre("open P2", "opened pager", "evidence open", "resolve", "resolved pager",
                                  "evidence end", "open P2", "opened pager", "evidence open"));
}

}  // namespace
}  // namespace culprit
