#include "base/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace culprit {
namespace {

using testing::HasSubstr;

struct Screen {
  std::string text;
  int writes = 0;
  Duration now{0};
  std::unique_ptr<Progress> bar = make_progress_bar(
      [this](std::string_view s) {
        text += s;
        ++writes;
      },
      [this] { return now; }, [] { return 120u; });
};

TEST(ProgressLine, ShowsShareAmountRateAndTimeLeft) {
  const auto line =
      progress_line({"Reading logs", 50'000'000, 200'000'000, ProgressUnit::kBytes, Duration{2000}}, 120);
  EXPECT_EQ(line, "Reading logs  [#####...............]  25 %  50.0 MB of 200.0 MB  25.0 MB/s  6 s left");
}

TEST(ProgressLine, OfAnUnknownTotalShowsTheAmountOnly) {
  EXPECT_EQ(progress_line({"Asking", 12, 0, ProgressUnit::kCount, Duration{1000}}, 120), "Asking  12  12/s");
}

TEST(ProgressLine, NeverExceedsTheScreenNorSplitsACharacter) {
  const auto line = progress_line({"día día día", 1, 2, ProgressUnit::kCount, Duration{0}}, 2);
  EXPECT_EQ(line, "dí");
}

TEST(ProgressLine, SurvivesATotalThatWasTooSmall) {
  EXPECT_THAT(progress_line({"x", 30, 10, ProgressUnit::kCount, Duration{1000}}, 120), HasSubstr("100 %"));
}

TEST(ProgressBar, IsDrawnAtMostTenTimesASecond) {
  Screen screen;
  screen.bar->start("Reading", 1000);
  for (int i = 0; i < 1000; ++i) {
    screen.now += Duration{1};
    screen.bar->advance(1);
  }
  EXPECT_LE(screen.writes, 11);
  EXPECT_GE(screen.writes, 10);
}

TEST(ProgressBar, PutsNotesAboveItselfAndLeavesNothingBehind) {
  Screen screen;
  screen.bar->start("Reading", 10);
  screen.bar->note("one file is damaged");
  EXPECT_THAT(screen.text, HasSubstr("\r\x1b[Kone file is damaged\n"));
  screen.bar->finish();
  EXPECT_TRUE(screen.text.ends_with("\r\x1b[K"));
}

TEST(ProgressBar, CountsFromManyThreads) {
  Screen screen;
  screen.bar->start("Reading", 40'000);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 10'000; ++i) screen.bar->advance(1);
    });
  for (auto& t : threads) t.join();
  screen.now += Duration{1000};
  screen.bar->advance(0);
  EXPECT_THAT(screen.text, HasSubstr("100 %  40000 of 40000"));
}

TEST(Progress, IsSilentWhereNobodyLooks) {
  testing::internal::CaptureStderr();  // no terminal
  auto progress = make_progress(false);
  progress->start("Reading", 10);
  progress->advance(5);
  progress->note("said anyway");
  progress->finish();
  auto quiet = make_progress(true);
  quiet->start("Reading", 10);
  quiet->note("not said");
  quiet->finish();
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "said anyway\n");
}

}  // namespace
}  // namespace culprit
