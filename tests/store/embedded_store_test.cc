#include "store/embedded_store.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <atomic>
#include <cmath>
#include <fstream>
#include <numeric>
#include <thread>

#include "store_builder.h"

namespace culprit {
namespace {

using testing::as_scanned;
using testing::event;
using testing::RandomEvents;
using testing::same;
using testing::scan;
using testing::temporary_directory;
using testing::write_store;

void expect_same(const std::vector<LogEvent>& found, const std::vector<LogEvent>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i)
    ASSERT_TRUE(same(found[i], expected[i])) << "event " << i << ": number " << found[i].number << " group "
                                             << found[i].group << " instead of " << expected[i].number;
}

TEST(EmbeddedStore, GivesBackExactlyWhatWasAppended) {
  for (const std::uint32_t seed : {1u, 2u, 3u, 4u}) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    RandomEvents random(seed);
    const auto events = random.many(20'000, 1 + random.below(40), 1 + random.below(60));
    const auto dir = temporary_directory();
    write_store(dir.path() / "s", events);
    const auto store = open_store(dir.path() / "s");
    ASSERT_OK(store);
    expect_same(scan(**store), as_scanned(events));
    for (int i = 0; i < 200; ++i) {
      const auto number = 1 + random.below(events.size());
      auto expected = events[number - 1];
      expected.number = number;
      const auto found = (*store)->event(number);
      ASSERT_OK(found);
      EXPECT_TRUE(same(*found, expected)) << number;
    }
  }
}

TEST(EmbeddedStore, FindsEveryEventOfInterleavedGroupsByItsNumber) {
  std::vector<LogEvent> events;
  for (int i = 0; i < 3000; ++i)
    events.push_back(event(fmt::format("g{}", i % 7 == 0 ? 0 : i % 3), "s", i, fmt::format("line {}", i)));
  const auto dir = temporary_directory();
  write_store(dir.path() / "s", events);
  const auto store = open_store(dir.path() / "s");
  ASSERT_OK(store);
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto found = (*store)->event(i + 1);
    ASSERT_OK(found);
    EXPECT_EQ(found->message, events[i].message);
  }
  for (const EventNumber missing : {EventNumber{0}, EventNumber{3001}, ~EventNumber{0}}) {
    const auto found = (*store)->event(missing);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::kNotFound);
  }
}

TEST(EmbeddedStore, FindsSeveralEventsAtOnceByAscendingNumberAndLeavesOutThoseThatAreNotThere) {
  std::vector<LogEvent> events;
  for (int i = 0; i < 3000; ++i)
    events.push_back(event(fmt::format("g{}", i % 7 == 0 ? 0 : i % 3), "s", i, fmt::format("line {}", i)));
  const auto dir = temporary_directory();
  write_store(dir.path() / "s", events);
  const auto store = open_store(dir.path() / "s");
  ASSERT_OK(store);
  const auto found = (*store)->events({2999, 0, 3001, 17, 17, 1, 1500, ~EventNumber{0}});
  std::vector<std::pair<EventNumber, std::string>> told;
  for (const auto& e : found) told.emplace_back(e.number, e.message);
  EXPECT_THAT(told,
              ::testing::ElementsAre(::testing::Pair(1, "line 0"), ::testing::Pair(17, "line 16"),
                                     ::testing::Pair(1500, "line 1499"), ::testing::Pair(2999, "line 2998")));
  std::vector<EventNumber> all(events.size());
  std::iota(all.begin(), all.end(), EventNumber{1});
  const auto each = (*store)->events(all);
  ASSERT_EQ(each.size(), events.size());
  for (std::size_t i = 0; i < each.size(); ++i) {
    const auto one = (*store)->event(each[i].number);
    ASSERT_OK(one);
    EXPECT_TRUE(same(each[i], *one)) << each[i].number;
  }
}

TEST(EmbeddedStore, KeepsNumbersAndOrderWhenWritingGoesOn) {
  RandomEvents random(5);
  const auto first = random.many(3000, 4, 3);
  const auto second = random.many(3000, 6, 5);
  const auto dir = temporary_directory();
  write_store(dir.path() / "s", first);
  {
    auto writer = open_store_writer(dir.path() / "s");
    ASSERT_OK(writer);
    for (const auto& e : second) ASSERT_OK((*writer)->append(e.view()));
    ASSERT_OK((*writer)->commit());
  }
  auto all = first;
  all.insert(all.end(), second.begin(), second.end());
  const auto store = open_store(dir.path() / "s");
  ASSERT_OK(store);
  expect_same(scan(**store), as_scanned(all));
}

TEST(EmbeddedStore, ShowsOnlyTheWindowAndTheGroupsAskedFor) {
  RandomEvents random(6);
  const auto events = random.many(30'000, 5, 4);
  const auto dir = temporary_directory();
  write_store(dir.path() / "s", events);
  const auto store = open_store(dir.path() / "s");
  ASSERT_OK(store);
  const auto numbered = as_scanned(events);
  for (int i = 0; i < 60; ++i) {
    // Edges fall on the times of events, among them the first and last of blocks.
    auto a = numbered[random.below(numbered.size())].time;
    auto b = numbered[random.below(numbered.size())].time;
    if (b < a) std::swap(a, b);
    LogQuery query{{"/group/3", "/group/1", "/group/nowhere"}, Window{a, b}};
    if (i % 3 == 0) query.groups.clear();
    std::vector<LogEvent> expected;
    for (const auto& e : numbered)
      if (query.window->contains(e.time) &&
          (query.groups.empty() || e.group == "/group/1" || e.group == "/group/3"))
        expected.push_back(e);
    expect_same(scan(**store, query), expected);
  }
}

TEST(EmbeddedStore, StopsWhenTheVisitorHasEnough) {
  const auto dir = temporary_directory();
  write_store(dir.path() / "s", RandomEvents(7).many(100, 3, 1));
  const auto store = open_store(dir.path() / "s");
  ASSERT_OK(store);
  int seen = 0;
  ASSERT_OK((*store)->scan_logs({}, [&](const LogEventView&) { return ++seen < 5; }));
  EXPECT_EQ(seen, 5);
}

TEST(EmbeddedStore, SummarisesGroups) {
  const auto dir = temporary_directory();
  write_store(dir.path() / "s",
              {event("b", "s2", 50, "xyz"), event("a", "s1", 10, "1"), event("b", "s1", 20, "12")});
  const auto store = open_store(dir.path() / "s");
  ASSERT_OK(store);
  const auto groups = (*store)->log_groups();
  ASSERT_OK(groups);
  ASSERT_EQ(groups->size(), 2u);
  EXPECT_EQ((*groups)[0].group, "a");
  const auto& b = (*groups)[1];
  EXPECT_EQ(b.group, "b");
  EXPECT_EQ(b.events, 2u);
  EXPECT_EQ(b.bytes, 5u);
  EXPECT_EQ(b.first, from_epoch_ms(20));
  EXPECT_EQ(b.last, from_epoch_ms(50));
  EXPECT_THAT(b.streams, ::testing::ElementsAre("s1", "s2"));
}

TEST(EmbeddedStore, HoldsThousandsOfGroups) {
  const auto dir = temporary_directory();
  std::vector<LogEvent> events;
  for (int i = 0; i < 6000; ++i)
    events.push_back(event(fmt::format("g{:04}", i % 2000), "s", i, std::string(i % 400, 'x')));
  write_store(dir.path() / "s", events);
  const auto store = open_store(dir.path() / "s");
  ASSERT_OK(store);
  expect_same(scan(**store), as_scanned(events));
}

TEST(EmbeddedStore, RefusesAMessageOverTheLimitAndGoesOn) {
  const auto dir = temporary_directory();
  auto writer = create_store(dir.path() / "s");
  ASSERT_OK(writer);
  const auto refused = (*writer)->append(event("g", "s", 1, std::string((64u << 20) + 1, 'x')).view());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInput);
  ASSERT_OK((*writer)->append(event("g", "s", 1, std::string(64u << 20, 'x')).view()));
  ASSERT_OK((*writer)->commit());
  const auto store = open_store(dir.path() / "s");
  ASSERT_OK(store);
  EXPECT_EQ((*store)->event(1)->message.size(), 64u << 20);
}

TEST(EmbeddedStore, MergesPointsAndKeepsStatisticsAndPeriodsApart) {
  const auto dir = temporary_directory();
  const MetricId id{"AWS/RDS", "CPUUtilization", {{"Z", "1"}, {"A", "\xff=;\""}}};
  const MetricId sorted{"AWS/RDS", "CPUUtilization", {{"A", "\xff=;\""}, {"Z", "1"}}};
  const auto at = [](std::int64_t s) { return from_epoch_ms(s * 1000); };
  {
    auto writer = create_store(dir.path() / "s");
    ASSERT_OK(writer);
    ASSERT_OK((*writer)->put_series(
        {id, "Average", "Percent", std::chrono::seconds{60}, {{at(0), 1}, {at(60), 2.5}}}));
    ASSERT_OK((*writer)->put_series(
        {sorted, "Average", "", std::chrono::seconds{60}, {{at(120), 4}, {at(60), 3.25}}}));
    ASSERT_OK((*writer)->put_series({id, "Average", "Percent", std::chrono::seconds{300}, {{at(0), 9}}}));
    ASSERT_OK((*writer)->put_series({id, "Maximum", "Percent", std::chrono::seconds{60}, {{at(0), 0.1}}}));
    ASSERT_OK((*writer)->put_series(
        {{"AWS/RDS", "CPUUtilization", {}}, "Average", "", std::chrono::seconds{60}, {{at(0), 8}}}));
    ASSERT_OK((*writer)->commit());
  }
  const auto store = open_store(dir.path() / "s");
  ASSERT_OK(store);
  const auto series = (*store)->series(id, {at(60), at(180)});
  ASSERT_OK(series);
  ASSERT_EQ(series->size(), 3u);
  EXPECT_EQ((*series)[0].statistic, "Average");
  EXPECT_EQ((*series)[0].unit, "Percent");
  EXPECT_EQ((*series)[0].period, std::chrono::seconds{60});
  EXPECT_EQ((*series)[0].id, sorted);
  EXPECT_THAT((*series)[0].points, ::testing::ElementsAre(Datapoint{at(60), 3.25}, Datapoint{at(120), 4}));
  EXPECT_EQ((*series)[1].period, std::chrono::seconds{300});
  EXPECT_TRUE((*series)[1].points.empty());
  EXPECT_EQ((*series)[2].statistic, "Maximum");
  const auto metrics = (*store)->metrics();
  ASSERT_OK(metrics);
  EXPECT_THAT(*metrics, ::testing::ElementsAre(MetricId{"AWS/RDS", "CPUUtilization", {}}, sorted));
}

TEST(EmbeddedStore, TurnsPointsThatAreNoNumbersIntoAGap) {
  const auto dir = temporary_directory();
  const MetricId id{"N", "m", {}};
  {
    auto writer = create_store(dir.path() / "s");
    ASSERT_OK(writer);
    ASSERT_OK((*writer)->put_series(
        {id,
         "Average",
         "",
         std::chrono::seconds{60},
         {{from_epoch_ms(0), std::nan("")}, {from_epoch_ms(1), 5}, {from_epoch_ms(2), HUGE_VAL}}}));
    ASSERT_OK((*writer)->commit());
  }
  const auto store = open_store(dir.path() / "s");
  ASSERT_OK(store);
  EXPECT_THAT((*store)->series(id, {from_epoch_ms(0), from_epoch_ms(9)})->at(0).points,
              ::testing::ElementsAre(Datapoint{from_epoch_ms(1), 5}));
  const auto gaps = (*store)->gaps();
  ASSERT_OK(gaps);
  ASSERT_EQ(gaps->size(), 1u);
  EXPECT_EQ((*gaps)[0].reason, GapReason::kUnreadable);
  EXPECT_EQ((*gaps)[0].subject, "N m");
  EXPECT_THAT((*gaps)[0].detail, ::testing::StartsWith("2 of 3 datapoints"));
}

TEST(EmbeddedStore, KeepsStatesGapsJournalAndNotes) {
  const auto dir = temporary_directory();
  const auto at = [](std::int64_t ms) { return from_epoch_ms(ms); };
  {
    auto writer = create_store(dir.path() / "s");
    ASSERT_OK(writer);
    auto& w = **writer;
    ASSERT_OK(
        w.put_state({"ecs:task", "b", at(5), boost::json::parse(R"({"cpu":"256","x":[1,2.5,null,"é"]})")}));
    ASSERT_OK(w.put_state({"ecs:task", "a", at(9), {{"n", 2}}}));
    ASSERT_OK(w.put_state({"ecs:task", "a", at(3), {{"n", 1}}}));
    ASSERT_OK(w.put_state({"ecs:service", "a", at(3), nullptr}));
    ASSERT_OK(w.put_gap(
        {GapReason::kDenied, "logs", "db", "no right", "logs:FilterLogEvents", Window{at(1), at(2)}}));
    ASSERT_OK(w.put_gap({GapReason::kNotAsked, "metrics", "", "", "", {}}));
    ASSERT_OK(w.put_journal({at(20), "b", "req", "ok", 7, Duration{3}, 2}));
    ASSERT_OK(w.put_journal({at(10), "a", "req\xff", std::string("o\0k", 3), -1, Duration{0}, 1}));
    ASSERT_OK(w.put_note("source", "old"));
    ASSERT_OK(w.put_note("source", "new"));
    ASSERT_OK(w.commit());
  }
  const auto store = open_store(dir.path() / "s");
  ASSERT_OK(store);
  const auto states = (*store)->states("ecs:task");
  ASSERT_OK(states);
  ASSERT_EQ(states->size(), 3u);
  EXPECT_EQ((*states)[0].id, "a");
  EXPECT_EQ((*states)[0].observed_at, at(3));
  EXPECT_EQ((*states)[1].document, boost::json::value({{"n", 2}}));
  EXPECT_EQ((*states)[2].document, boost::json::parse(R"({"cpu":"256","x":[1,2.5,null,"é"]})"));
  EXPECT_TRUE((*store)->states("nothing")->empty());
  const auto gaps = (*store)->gaps();
  ASSERT_OK(gaps);
  ASSERT_EQ(gaps->size(), 2u);
  EXPECT_EQ((*gaps)[0].action, "logs:FilterLogEvents");
  EXPECT_EQ((*gaps)[0].window, (Window{at(1), at(2)}));
  EXPECT_EQ((*gaps)[1].reason, GapReason::kNotAsked);
  EXPECT_EQ((*gaps)[1].window, std::nullopt);
  const auto journal = (*store)->journal();
  ASSERT_OK(journal);
  ASSERT_EQ(journal->size(), 2u);
  EXPECT_EQ((*journal)[0].outcome, std::string("o\0k", 3));
  EXPECT_EQ((*journal)[0].request, "req\xff");
  EXPECT_EQ((*journal)[0].answer_bytes, -1);
  EXPECT_EQ((*journal)[1].attempts, 2);
  EXPECT_EQ((*journal)[1].duration, Duration{3});
  EXPECT_EQ(*(*store)->note("source"), "new");
  EXPECT_EQ(*(*store)->note("absent"), std::nullopt);
}

TEST(EmbeddedStore, IsOnePlainCatalogueFileAfterACleanClose) {
  const auto dir = temporary_directory();
  write_store(dir.path() / "s", {event("g", "s", 1, "x")});
  std::vector<std::string> names;
  for (const auto& e : std::filesystem::recursive_directory_iterator(dir.path() / "s"))
    names.push_back(e.path().filename());
  EXPECT_THAT(names, ::testing::UnorderedElementsAre("FORMAT", "WRITER", "catalogue.sqlite", "segments",
                                                     "000001.seg"));
}

TEST(EmbeddedStore, ForgetsWhatWasNotCommitted) {
  const auto dir = temporary_directory();
  {
    auto writer = create_store(dir.path() / "s");
    ASSERT_OK(writer);
    ASSERT_OK((*writer)->append(event("g", "s", 1, "kept").view()));
    ASSERT_OK((*writer)->commit());
    for (int i = 0; i < 20'000; ++i) ASSERT_OK((*writer)->append(event("g", "new stream", 2, "lost").view()));
    ASSERT_OK((*writer)->put_note("lost", "1"));
  }
  const auto store = open_store(dir.path() / "s");
  ASSERT_OK(store);
  expect_same(scan(**store), as_scanned({event("g", "s", 1, "kept")}));
  EXPECT_THAT((*store)->log_groups()->at(0).streams, ::testing::ElementsAre("s"));
  EXPECT_EQ(*(*store)->note("lost"), std::nullopt);
  ASSERT_OK(open_store_writer(dir.path() / "s"));
  EXPECT_LT(std::filesystem::file_size(dir.path() / "s/segments/000001.seg"), 1000u);
}

TEST(EmbeddedStore, HasOneWriterAtATime) {
  const auto dir = temporary_directory();
  auto first = create_store(dir.path() / "s");
  ASSERT_OK(first);
  auto second = open_store_writer(dir.path() / "s");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kStorage);
  EXPECT_THAT(second.error().what,
              ::testing::HasSubstr(fmt::format("another culprit (process {}) is writing", ::getpid())));
  first->reset();
  EXPECT_TRUE(open_store_writer(dir.path() / "s"));
}

TEST(EmbeddedStore, IsReadByTwoWhileOneWrites) {
  const auto dir = temporary_directory();
  auto writer = create_store(dir.path() / "s");
  ASSERT_OK(writer);
  std::atomic<bool> done{false};
  std::atomic<std::size_t> committed{0};
  std::atomic<int> looks{0};
  const auto read = [&] {
    while (!done || looks < 4) {
      const std::size_t at_least = committed;
      const auto store = open_store(dir.path() / "s");
      ASSERT_OK(store);
      const auto events = scan(**store);
      EXPECT_GE(events.size(), at_least);
      EXPECT_EQ(events.size() % 100, 0u) << "half a commit was seen";
      ++looks;
    }
  };
  std::thread one(read);
  std::thread two(read);
  for (int round = 0; round < 50; ++round) {
    for (int i = 0; i < 100; ++i)
      ASSERT_OK((*writer)->append(event(fmt::format("g{}", (i + round) % 9), "s", i, "line").view()));
    ASSERT_OK((*writer)->commit());
    committed += 100;
  }
  done = true;
  one.join();
  two.join();
}

TEST(EmbeddedStore, AnswersSeveralThreadsAtOnce) {
  const auto dir = temporary_directory();
  const auto events = RandomEvents(11).many(20'000, 5, 2);
  write_store(dir.path() / "s", events);
  const auto store = open_store(dir.path() / "s");
  ASSERT_OK(store);
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      RandomEvents random(t);
      for (int i = 0; i < 50; ++i) {
        const auto number = 1 + random.below(events.size());
        const auto found = (*store)->event(number);
        ASSERT_OK(found);
        EXPECT_EQ(found->message, events[number - 1].message);
        EXPECT_TRUE((*store)->metrics());
      }
      EXPECT_EQ(scan(**store).size(), events.size());
    });
  for (auto& t : threads) t.join();
}

TEST(EmbeddedStore, RefusesADirectoryThatIsNotEmpty) {
  const auto dir = temporary_directory();
  std::ofstream(dir.path() / "something") << "x";
  const auto writer = create_store(dir.path());
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().code, ErrorCode::kUsage);
}

TEST(EmbeddedStore, SaysWhenThereIsNoStore) {
  const auto dir = temporary_directory();
  EXPECT_EQ(open_store(dir.path() / "absent").error().code, ErrorCode::kNotFound);
  const auto other = open_store(dir.path());
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(other.error().what, ::testing::HasSubstr("not a culprit store"));
}

TEST(EmbeddedStore, RefusesAFutureFormat) {
  const auto dir = temporary_directory();
  write_store(dir.path() / "s", {event("g", "s", 1, "x")});
  std::ofstream(dir.path() / "s/FORMAT") << "culprit-store 3\n";
  for (const auto& error :
       {open_store(dir.path() / "s").error(), open_store_writer(dir.path() / "s").error()}) {
    EXPECT_EQ(error.code, ErrorCode::kDamaged);
    EXPECT_THAT(error.what, ::testing::HasSubstr("format 3"));
    EXPECT_EQ(error.hint, "Use a newer culprit.");
  }
}

}  // namespace
}  // namespace culprit
