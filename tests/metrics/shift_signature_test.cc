// Recognising a trouble from one example, by what moved.
#include "metrics/shift_signature.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

namespace culprit {
namespace {

using testing::ElementsAre;
using testing::Field;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr RowRange kInside{60, 79};
constexpr RowRange kOutside{0, 59};

// A wobble of up to two around `usual`, and `during` in the rows inside.
SignalRows signal(std::string name, double usual, double during, double scale = 1) {
  SignalRows out{std::move(name), {}, 0};
  for (std::size_t row = 0; row < 80; ++row) {
    const double wobble = static_cast<double>(row % 5) - 2;
    out.values.push_back(scale * (kInside.holds(row) ? during : usual + wobble));
  }
  return out;
}

ShiftSignature sign(const std::vector<SignalRows>& signals) {
  return signature_of(signals, std::span(&kInside, 1), std::span(&kOutside, 1));
}

double spreads(const ShiftSignature& signature, std::string_view name) {
  for (const auto& s : signature.shifts)
    if (s.name == name) return s.spreads;
  return kNaN;
}

TEST(ShiftSignature, TellsDirectionAndSizeInUsualSpreads) {
  const auto found = sign({signal("up", 10, 24.826), signal("down", 10, -4.826), signal("still", 10, 10)});
  EXPECT_NEAR(spreads(found, "up"), 10, 1e-9);  // (24.826 - 10) / (1.4826 * 1)
  EXPECT_NEAR(spreads(found, "down"), -10, 1e-9);
  EXPECT_NEAR(spreads(found, "still"), 0, 1e-9);
}

TEST(ShiftSignature, IsSortedByName) {
  EXPECT_THAT(sign({signal("b", 1, 2), signal("a", 1, 2)}).shifts,
              ElementsAre(Field(&SignalShift::name, "a"), Field(&SignalShift::name, "b")));
}

TEST(ShiftSignature, ScalingAUnitChangesNothing) {
  EXPECT_NEAR(spreads(sign({signal("s", 10, 30)}), "s"), spreads(sign({signal("s", 10, 30, 1024)}), "s"),
              1e-9);
}

TEST(ShiftSignature, WhatIsNotMeasuredInsideIsLeftOutAndIsNotCalledUnmoved) {
  auto gone = signal("gone", 10, 10);
  for (std::size_t row = kInside.first; row <= kInside.last; ++row) gone.values[row] = kNaN;
  EXPECT_TRUE(sign({gone}).shifts.empty());
}

TEST(ShiftSignature, AFewMissingRowsChangeNothing) {
  auto holes = signal("s", 10, 40);
  holes.values[3] = kNaN;
  holes.values[61] = std::numeric_limits<double>::infinity();
  EXPECT_NEAR(spreads(sign({holes}), "s"), spreads(sign({signal("s", 10, 40)}), "s"), 0.5);
}

TEST(ShiftSignature, ASignalThatNeverMovedBeforeIsBounded) {
  SignalRows never{"never", std::vector<double>(80, 0), 0};
  never.values[70] = 1e300;
  const double found = spreads(sign({never}), "never");
  EXPECT_TRUE(std::isfinite(found));
  EXPECT_GT(found, 100);
  never.least_spread = 1e300;
  EXPECT_LT(spreads(sign({never}), "never"), 1);
}

TEST(ShiftSignature, HugeValuesDoNotOverflow) {
  const double huge = std::numeric_limits<double>::max();
  const SignalRows up{"up", std::vector<double>(80, huge), 0};
  SignalRows turn{"turn", std::vector<double>(80, -huge), 0};
  for (std::size_t row = kInside.first; row < 80; ++row) turn.values[row] = huge;
  for (const auto& s : sign({up, turn}).shifts) EXPECT_TRUE(std::isfinite(s.spreads)) << s.name;
}

TEST(SignatureLikeness, TheSameIsOneAndTheReverseIsMinusOne) {
  const ShiftSignature a{{{"cpu", 10}, {"errors", 20}, {"traffic", -5}}};
  const ShiftSignature reverse{{{"cpu", -10}, {"errors", -20}, {"traffic", 5}}};
  EXPECT_NEAR(compare_signatures(a, a).likeness, 1, 1e-12);
  EXPECT_NEAR(compare_signatures(a, reverse).likeness, -1, 1e-12);
  EXPECT_EQ(compare_signatures(a, {}).likeness, 0);
}

TEST(SignatureLikeness, IsTheCosineOfEvenedOutShifts) {
  const ShiftSignature a{{{"x", 3}, {"y", 1}}};
  const ShiftSignature b{{{"x", 7}, {"y", -1}}};
  const double ax = std::log(4), ay = std::log(2), bx = std::log(8), by = -std::log(2);
  EXPECT_NEAR(compare_signatures(a, b).likeness,
              (ax * bx + ay * by) / std::sqrt((ax * ax + ay * ay) * (bx * bx + by * by)), 1e-12);
}

TEST(SignatureLikeness, SaysWhatAgreesAndWhatDiffersTheWeightiestFirst) {
  const ShiftSignature a{{{"cpu", 5}, {"errors", 20}, {"lag", 1}, {"locks", 10}, {"traffic", -5}}};
  const ShiftSignature b{{{"cpu", 5}, {"errors", 20}, {"lag", 1.5}, {"locks", 0}, {"traffic", 5}}};
  const auto found = compare_signatures(a, b);
  EXPECT_THAT(found.agree,
              ElementsAre(Field(&SignalAgreement::name, "errors"), Field(&SignalAgreement::name, "cpu")));
  EXPECT_THAT(found.differ,
              ElementsAre(Field(&SignalAgreement::name, "traffic"), Field(&SignalAgreement::name, "locks")));
}

TEST(SignatureLikeness, SignalsThatOneOfThemDoesNotKnowSayNothing) {
  const ShiftSignature a{{{"cpu", 5}, {"errors", 20}}};
  const ShiftSignature more{{{"a", 50}, {"cpu", 5}, {"errors", 20}, {"z", -50}}};
  EXPECT_NEAR(compare_signatures(a, more).likeness, 1, 1e-12);
  EXPECT_TRUE(compare_signatures(a, more).differ.empty());
}

TEST(SignatureLikeness, NoSingleSignalDrownsTheOthers) {
  const ShiftSignature a{{{"count", 1e6}, {"cpu", 10}, {"lag", 10}}};
  const ShiftSignature b{{{"count", 1e6}, {"cpu", -10}, {"lag", -10}}};
  EXPECT_LT(compare_signatures(a, b).likeness, 0);
}

}  // namespace
}  // namespace culprit
