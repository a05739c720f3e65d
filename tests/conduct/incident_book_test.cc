#include "conduct/incident_book.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "base/file.h"
#include "conduct/status_message.h"

namespace culprit {
namespace {

using testing::HasSubstr;
using Kind = IncidentEvent::Kind;

const Time kStart = *parse_iso8601("2025-08-21T23:03:30Z");

class Book : public testing::Test {
 protected:
  Book() : directory_(*TemporaryDirectory::create()), book_(directory_.path() / "book") {}
  Result<Incident> open(std::string system = "chatwoot", Time at = kStart) {
    return book_.open({std::move(system), "Lists time out", "P1", "", "Ana", at});
  }
  TemporaryDirectory directory_;
  IncidentBook book_;
};

TEST_F(Book, KeepsWhatHappened) {
  const auto opened = open();
  ASSERT_TRUE(opened) << opened.error().message();
  EXPECT_EQ(opened->id, "2025-08-21T2303Z-chatwoot");
  ASSERT_TRUE(book_.add("", {kStart + std::chrono::minutes(2), Kind::kAcknowledged, "Ben", ""}));
  ASSERT_TRUE(book_.add("", {kStart + std::chrono::minutes(3), Kind::kAcknowledged, "Eva", ""}));
  ASSERT_TRUE(book_.add("chatwoot",
                        {kStart + std::chrono::minutes(4), Kind::kNote, "Ben", "line\nbreak \"quoted\""}));
  ASSERT_TRUE(book_.add("", {kStart + std::chrono::minutes(5), Kind::kSeverity, "Ben", "P0"}));
  const auto resolved =
      book_.add("", {kStart + std::chrono::minutes(20), Kind::kResolved, "Ben", "index made"});
  ASSERT_TRUE(resolved);
  EXPECT_EQ(resolved->acknowledged_by, "Ben");
  EXPECT_EQ(resolved->severity, "P0");
  EXPECT_EQ(resolved->events[3].text, "line\nbreak \"quoted\"");
  EXPECT_FALSE(resolved->open());
  EXPECT_EQ(book_.find("").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(book_.find("2303Z")->title, "Lists time out");
}

TEST_F(Book, OpensOneCauseOnce) {
  ASSERT_TRUE(open());
  EXPECT_EQ(open().error().code, ErrorCode::kUsage);
  EXPECT_TRUE(open("shop"));
  EXPECT_EQ(book_.find("").error().what, "several incidents are open");
}

TEST_F(Book, SaysWhatDoesNotFit) {
  EXPECT_TRUE(book_.all()->empty());
  ASSERT_TRUE(open());
  ASSERT_TRUE(book_.add("", {kStart, Kind::kResolved, "", ""}));
  EXPECT_EQ(book_.add("chatwoot", {kStart, Kind::kAcknowledged, "", ""}).error().code, ErrorCode::kUsage);
  EXPECT_TRUE(book_.add("chatwoot", {kStart, Kind::kNote, "", "later"}));
  EXPECT_EQ(book_.find("nobody").error().code, ErrorCode::kNotFound);
  const auto again = open();
  ASSERT_TRUE(again);
  EXPECT_EQ(again->id, "2025-08-21T2303Z-chatwoot-2");
}

TEST_F(Book, ALineThatWasNeverFinishedIsNotThere) {
  ASSERT_TRUE(open());
  const auto file = directory_.path() / "book" / "2025-08-21T2303Z-chatwoot.jsonl";
  std::ofstream(file, std::ios::app) << R"({"time":"2025-08-21T23:04:00Z","event":"resol)";
  EXPECT_TRUE(book_.find("")->open());
  std::ofstream(file, std::ios::app) << "\n";
  EXPECT_EQ(book_.find("").error().code, ErrorCode::kDamaged);
}

TEST_F(Book, WhatIsAddedAfterAnUnfinishedLineCanBeRead) {
  ASSERT_TRUE(open());
  const auto file = directory_.path() / "book" / "2025-08-21T2303Z-chatwoot.jsonl";
  std::ofstream(file, std::ios::app) << R"({"time":"2025-08-21T23:04:00Z","event":"resol)";
  ASSERT_TRUE(book_.add("", {kStart, Kind::kNote, "Ben", "later"}));
  const auto incident = book_.find("");
  ASSERT_TRUE(incident) << incident.error().message();
  EXPECT_EQ(incident->events.size(), 2u);
}

TEST_F(Book, AnIncidentWithAGivenIdIsOpenedOnce) {
  const NewIncident fresh{
      "chatwoot", "Lists time out", "P1", "", "watch", kStart, "2025-08-21T2303Z-chatwoot-7"};
  ASSERT_TRUE(book_.open(fresh));
  const auto again = book_.open(fresh);
  ASSERT_TRUE(again) << again.error().message();
  EXPECT_EQ(again->id, "2025-08-21T2303Z-chatwoot-7");
  EXPECT_EQ(book_.all()->size(), 1u);
}

TEST_F(Book, OfManyWhoOpenAtOnceOneDoes) {
  std::vector<std::thread> people;
  std::atomic<int> opened{0};
  for (int i = 0; i < 4; ++i) people.emplace_back([&] { opened += open().has_value() ? 1 : 0; });
  for (auto& one : people) one.join();
  EXPECT_EQ(opened, 1);
  EXPECT_EQ(book_.all()->size(), 1u);
}

TEST_F(Book, NotesOfManyAtOnceAreAllThere) {
  ASSERT_TRUE(open());
  std::vector<std::thread> writers;
  for (int w = 0; w < 4; ++w)
    writers.emplace_back([&, w] {
      for (int i = 0; i < 10; ++i)
        EXPECT_TRUE(book_.add("chatwoot", {kStart, Kind::kNote, fmt::format("w{}", w), std::to_string(i)}));
    });
  for (auto& w : writers) w.join();
  EXPECT_EQ(book_.find("")->events.size(), 41u);
}

StatusInput input(const Incident& incident, const System& system, const Findings* findings) {
  return {incident, system, findings, kStart + std::chrono::minutes(12), *Zone::find("America/Costa_Rica")};
}

System sample_system() {
  System system;
  system.title = "Chatwoot production";
  system.stakeholders = {{"Support", "#support", {"P0", "P1"}}, {"Board", "board@example.com", {"P0"}}};
  return system;
}

TEST_F(Book, StatusSaysWhatIsKnownAndWhenTheNextOneComes) {
  const auto incident = open();
  const System system = sample_system();
  const auto early = status_message(input(*incident, system, nullptr));
  EXPECT_THAT(early, HasSubstr("[P1] Chatwoot production: Lists time out"));
  EXPECT_THAT(early, HasSubstr("nobody has taken it yet"));
  EXPECT_THAT(early, HasSubstr("Evidence is collected"));
  EXPECT_THAT(early, HasSubstr("Next update: 2025-08-21 17:45:00"));
  EXPECT_THAT(early, HasSubstr("To: Support (#support)\n"));

  Findings findings;
  findings.verdict = Verdict::kIncident;
  findings.headline = "Slow statements run into the time-out";
  findings.unknown = {"Who dropped the index"};
  findings.recommendations = {{"24h", "Create the index again", "x"}, {"1m", "Later", "x"}};
  const auto text = status_message(input(*incident, system, &findings));
  EXPECT_THAT(text, HasSubstr("- Slow statements run into the time-out.\n"));
  EXPECT_THAT(text, HasSubstr("What is not known\n- Who dropped the index.\n"));
  EXPECT_THAT(text, HasSubstr("- Create the index again.\n"));
  EXPECT_THAT(text, testing::Not(HasSubstr("Later")));
}

TEST_F(Book, HandoverFitsAPhone) {
  ASSERT_TRUE(open());
  for (int i = 0; i < 20; ++i)
    ASSERT_TRUE(book_.add(
        "", {kStart, Kind::kNote, "Ben", "a long note about what was seen in the logs of the database"}));
  const auto text = handover(input(*book_.find(""), sample_system(), nullptr));
  EXPECT_LE(std::ranges::count(text, '\n'), 10);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    EXPECT_LE(line.size(), 44u) << line;  // "…" has three bytes
  EXPECT_THAT(text, HasSubstr("P1 Lists time out\n"));
  EXPECT_THAT(text, HasSubstr("Next: "));
}

}  // namespace
}  // namespace culprit
