#include "sources/aws/storm.h"

#include <gtest/gtest.h>

namespace culprit::aws {
namespace {

ApiError throttled() {
  ApiError error;
  error.kind = ApiError::Kind::kThrottled;
  error.code = "ThrottlingException";
  return error;
}

const Time kStart = from_epoch_ms(1755817200000);

class Storms : public testing::Test {
 protected:
  StormWatch::Outlook throttle(std::string_view operation, Duration after) {
    return watch.on_throttled(operation, throttled(), kStart + after);
  }
  void wear_out(std::string_view operation) {
    throttle(operation, Duration{0});
    throttle(operation, StormWatch::kPatience);
  }

  StormWatch watch;
};

TEST_F(Storms, TheFirstOperationIsWaitedForAsLongAsPatienceHolds) {
  EXPECT_EQ(throttle("A", Duration{0}).left, StormWatch::kPatience);
  EXPECT_EQ(throttle("A", Duration{20'000}).left, StormWatch::kPatience - Duration{20'000});
  EXPECT_FALSE(watch.lost("A"));
  EXPECT_EQ(throttle("A", StormWatch::kPatience).left, Duration{0});
  ASSERT_TRUE(watch.lost("A"));
  EXPECT_EQ(watch.lost("A")->code, "ThrottlingException");
  EXPECT_FALSE(watch.lost("B"));
}

TEST_F(Storms, PatienceShrinksWithEachOperationLost) {
  wear_out("A");
  EXPECT_EQ(throttle("B", Duration{0}).left, StormWatch::kPatienceLater);
  EXPECT_FALSE(throttle("B", Duration{0}).whole);
  wear_out("B");
  wear_out("C");
  EXPECT_EQ(throttle("D", Duration{0}).left, Duration{0});  // one try
  EXPECT_TRUE(watch.lost("D"));
}

TEST_F(Storms, AnAnswerAfterThrottlingMakesPatienceWholeAgain) {
  wear_out("A");
  throttle("B", Duration{0});
  watch.on_success("B");
  EXPECT_EQ(throttle("C", Duration{0}).left, StormWatch::kPatience);
  EXPECT_TRUE(watch.lost("A"));
}

TEST_F(Storms, AnAnswerWithoutThrottlingBeforeProvesNothing) {
  wear_out("A");
  watch.on_success("B");
  EXPECT_EQ(throttle("C", Duration{0}).left, StormWatch::kPatienceLater);
}

TEST_F(Storms, ASuccessStartsTheOperationAnew) {
  throttle("A", Duration{0});
  watch.on_given_up("A", throttled());
  watch.on_success("A");
  watch.on_given_up("A", throttled());
  EXPECT_FALSE(watch.lost("A"));
  EXPECT_EQ(throttle("A", Duration{60'000}).left, StormWatch::kPatience);
}

TEST_F(Storms, CallsGivenUpLoseTheOperationToo) {
  for (int i = 0; i < StormWatch::kCallsGivenUp; ++i) watch.on_given_up("A", throttled());
  EXPECT_TRUE(watch.lost("A"));
}

TEST_F(Storms, AnOperationLostTwiceCountsOnce) {
  wear_out("A");
  for (int i = 0; i < 5; ++i) watch.on_given_up("A", throttled());
  EXPECT_EQ(throttle("B", Duration{0}).left, StormWatch::kPatienceLater);
}

TEST_F(Storms, TheUserHearsOfItOnceAndNotAtOnce) {
  EXPECT_FALSE(throttle("A", Duration{0}).announce);
  EXPECT_TRUE(throttle("A", Duration{3'000}).announce);
  EXPECT_FALSE(throttle("A", Duration{4'000}).announce);
}

}  // namespace
}  // namespace culprit::aws
