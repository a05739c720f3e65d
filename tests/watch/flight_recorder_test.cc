#include "watch/flight_recorder.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/file.h"
#include "store/embedded_store.h"

namespace culprit {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
namespace fs = std::filesystem;

const Time kStart = *parse_iso8601("2025-08-21T20:00:00Z");

class Recorder : public testing::Test {
 protected:
  Recorder() : folder_(*TemporaryDirectory::create()) {}

  FlightRecorder recorder(RecorderLimits limits = {}) { return {folder_.path() / "recorder", limits}; }

  // A batch with an event at each of the minutes, some bytes long.
  std::unique_ptr<Store> batch(const std::vector<int>& at, std::size_t bytes = 20) {
    const auto directory = folder_.path() / fmt::format("batch{}", ++batches_);
    auto writer = create_store(directory);
    for (const int m : at) {
      std::string text = fmt::format("event {} ", m);
      for (unsigned i = 0; text.size() < bytes; ++i)
        text += fmt::format("{:x}", (i * 2654435761u) ^ static_cast<unsigned>(m));
      EXPECT_TRUE((*writer)->append({0, "/g", "s", kStart + minutes(m), kStart + minutes(m), text}));
    }
    EXPECT_TRUE(
        (*writer)->put_state({"ecs:task", "t1", kStart, boost::json::object{{"lastStatus", "RUNNING"}}}));
    EXPECT_TRUE((*writer)->commit());
    writer->reset();
    return std::move(*open_store(directory));
  }

  std::size_t frozen_events(const FlightRecorder& recorder) {
    const auto to = folder_.path() / fmt::format("frozen{}", ++batches_);
    EXPECT_TRUE(recorder.freeze(to, {kStart - hours(100), kStart + hours(100)}, {{"system", "shop"}}));
    frozen_ = std::move(*open_store(to));
    std::size_t out = 0;
    const auto groups = frozen_->log_groups();
    for (const auto& group : groups.value()) out += group.events;
    return out;
  }

  TemporaryDirectory folder_;
  std::unique_ptr<Store> frozen_;
  int batches_ = 0;
};

TEST_F(Recorder, OverlappingWindowsGiveEachEventOnce) {
  auto r = recorder();
  ASSERT_TRUE(r.add(*batch({1, 2, 3, 3}), {kStart, kStart + minutes(4)}));
  ASSERT_TRUE(r.add(*batch({1, 2, 3, 3, 3, 4}), {kStart, kStart + minutes(5)}))
      << "one of minute 3 came late";
  auto after_restart = recorder();
  ASSERT_TRUE(after_restart.add(*batch({3, 3, 3, 4, 5}), {kStart + minutes(3), kStart + minutes(6)}));
  EXPECT_EQ(frozen_events(r), 7u);
  EXPECT_EQ(*frozen_->note("system"), "shop");
}

TEST_F(Recorder, AStateThatDoesNotChangeIsKeptOnce) {
  auto r = recorder();
  for (int i = 1; i < 5; ++i) ASSERT_TRUE(r.add(*batch({i}), {kStart, kStart + minutes(i + 1)}));
  frozen_events(r);
  EXPECT_EQ(frozen_->states("ecs:task")->size(), 1u);
}

TEST_F(Recorder, WhatIsMissingMinuteByMinuteIsOneGap) {
  auto r = recorder();
  for (int i = 0; i < 3; ++i) {
    const auto directory = folder_.path() / fmt::format("gaps{}", i);
    auto writer = create_store(directory);
    const Window minute{kStart + minutes(i), kStart + minutes(i + 1)};
    ASSERT_TRUE(
        (*writer)->put_gap({GapReason::kDenied, "/g", "web", "not allowed", "logs:FilterLogEvents", minute}));
    ASSERT_TRUE((*writer)->put_gap({GapReason::kEmpty, "/h", "web", "silent", "", minute}));
    ASSERT_TRUE(
        (*writer)->put_journal({minute.end, "logs:FilterLogEvents", "aws logs", "ok", 1, Duration(1), 1}));
    ASSERT_TRUE((*writer)->commit());
    writer->reset();
    ASSERT_TRUE(r.add(**open_store(directory), minute));
  }
  frozen_events(r);
  const auto gaps = frozen_->gaps();
  ASSERT_EQ(gaps->size(), 1u);
  EXPECT_EQ(gaps->front().window, (Window{kStart, kStart + minutes(3)}));
  EXPECT_EQ(frozen_->journal()->size(), 3u);
}

TEST_F(Recorder, TheOldestHoursGo) {
  auto r = recorder({3, 1'000'000'000});
  for (int h = 0; h < 6; ++h)
    ASSERT_TRUE(r.add(*batch({60 * h}), {kStart + hours(h), kStart + hours(h) + minutes(1)}));
  EXPECT_EQ(r.hours().size(), 4u) << "three whole ones and the present";
  EXPECT_EQ(frozen_events(r), 4u);
}

TEST_F(Recorder, TheLimitOfDiskHoldsAndTheGapIsTold) {
  auto r = recorder({6, 2'000'000});
  bool told = false;
  for (int m = 0; m < 12; ++m) {
    const auto said = r.add(*batch({m}, 400'000), {kStart + minutes(m), kStart + minutes(m + 1)});
    ASSERT_TRUE(said) << said.error().message();
    told = told || !said->empty();
  }
  EXPECT_TRUE(told);
  EXPECT_LT(r.bytes(), 3'000'000u);
  EXPECT_LT(frozen_events(r), 12u);
  EXPECT_THAT(*frozen_->gaps(), testing::Contains(testing::Field(&Gap::reason, GapReason::kCut)));
}

TEST_F(Recorder, ADamagedHourIsPutAsideAndRecordingGoesOn) {
  auto r = recorder();
  ASSERT_TRUE(r.add(*batch({1}), {kStart, kStart + minutes(2)}));
  std::ofstream(r.hours().front() / "FORMAT") << "garbage";
  const auto said = r.add(*batch({1, 2}), {kStart, kStart + minutes(3)});
  ASSERT_TRUE(said) << said.error().message();
  EXPECT_FALSE(said->empty());
  EXPECT_EQ(frozen_events(r), 2u);
}

}  // namespace
}  // namespace culprit
