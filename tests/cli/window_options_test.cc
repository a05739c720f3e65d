#include "cli/window_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace culprit {
namespace {

using testing::HasSubstr;

const Time kNow = *parse_iso8601("2025-08-22T12:00:00Z");

Result<WindowChoice> resolve(std::string from, std::string to, std::string tz = "America/Costa_Rica",
                             Time now = kNow) {
  return WindowOptions{std::move(from), std::move(to), std::move(tz)}.resolve("UTC", now);
}

Window window(std::string_view start, std::string_view end) {
  return {*parse_iso8601(start), *parse_iso8601(end)};
}

TEST(WindowOptions, TakeTheDateOfTheStartForAClockAlone) {
  const auto choice = resolve("2025-08-21 17:00", "17:10");
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->window, window("2025-08-21T23:00:00Z", "2025-08-21T23:10:00Z"));
  EXPECT_EQ(choice->zone.name(), "America/Costa_Rica");
  EXPECT_TRUE(choice->warnings.empty());
}

TEST(WindowOptions, MayCrossMidnight) {
  EXPECT_EQ(resolve("2025-08-20 23:50", "00:10")->window,
            window("2025-08-21T05:50:00Z", "2025-08-21T06:10:00Z"));
}

TEST(WindowOptions, CountAPlusFromTheStart) {
  EXPECT_EQ(resolve("2025-08-21 17:00", "+10m")->window,
            window("2025-08-21T23:00:00Z", "2025-08-21T23:10:00Z"));
}

TEST(WindowOptions, EndNowWhenNothingElseIsSaid) {
  EXPECT_EQ(resolve("-2h", "")->window, window("2025-08-22T10:00:00Z", "2025-08-22T12:00:00Z"));
}

TEST(WindowOptions, MayBeAbsent) {
  const auto choice = resolve("", "", "");
  ASSERT_TRUE(choice);
  EXPECT_FALSE(choice->window);
  EXPECT_EQ(choice->zone.name(), "UTC");  // the default
}

TEST(WindowOptions, RefuseAReversedWindowNamingBothEnds) {
  const auto choice = resolve("2025-08-21 17:10", "2025-08-21 17:00");
  ASSERT_FALSE(choice);
  EXPECT_EQ(choice.error().code, ErrorCode::kUsage);
  EXPECT_THAT(choice.error().message(), HasSubstr("ends before it starts"));
  EXPECT_THAT(choice.error().message(), HasSubstr("2025-08-21T23:10:00Z"));
  EXPECT_THAT(choice.error().message(), HasSubstr("2025-08-21 17:00:00 -06"));
}

TEST(WindowOptions, RefuseAReversedClockThatCannotMeanTheNextMorning) {
  const auto choice = resolve("2025-08-21 17:10", "17:00");
  ASSERT_FALSE(choice);
  EXPECT_THAT(choice.error().message(), HasSubstr("ends before it starts"));
}

TEST(WindowOptions, RefuseAnEmptyWindow) {
  EXPECT_THAT(resolve("2025-08-21 17:00", "17:00").error().message(), HasSubstr("is empty"));
}

TEST(WindowOptions, RefuseTheFuture) {
  const auto choice = resolve("2025-08-23 17:00", "17:10");
  ASSERT_FALSE(choice);
  EXPECT_EQ(choice.error().code, ErrorCode::kUsage);
  EXPECT_THAT(choice.error().message(), HasSubstr("lies in the future"));
}

TEST(WindowOptions, WarnOfAnEndInTheFutureAndOfAVeryLongWindow) {
  EXPECT_THAT(resolve("2025-08-22 05:00", "+2h")->warnings,
              testing::ElementsAre(HasSubstr("ends in the future")));
  EXPECT_THAT(resolve("-15d", "now")->warnings, testing::ElementsAre(HasSubstr("more than 14 days")));
  EXPECT_TRUE(resolve("-14d", "now")->warnings.empty());
}

TEST(WindowOptions, NameTheOptionThatIsWrong) {
  EXPECT_EQ(resolve("soon", "17:10").error().where, "--from");
  EXPECT_EQ(resolve("2025-08-21 17:00", "later").error().where, "--to");
  EXPECT_EQ(resolve("", "17:10").error().where, "--to");
  const auto choice = resolve("2025-08-21 17:00", "17:10", "America/Costa_Rcia");
  EXPECT_EQ(choice.error().where, "--tz");
  EXPECT_THAT(choice.error().hint, HasSubstr("America/Costa_Rica"));
}

TEST(WindowOptions, RefuseAStartInsideAChangeOfClocks) {
  const auto choice = resolve("2025-03-09 02:30", "04:00", "America/New_York");
  ASSERT_FALSE(choice);
  EXPECT_THAT(choice.error().message(), HasSubstr("does not exist in America/New_York"));
}

}  // namespace
}  // namespace culprit
