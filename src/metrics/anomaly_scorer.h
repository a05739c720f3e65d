// How odd is this moment of one series, beside its own past? A value at a time, in bounded memory.
//
// Five voices look at each value: is it far from what is usual at this time of day, was there ever a stretch
// of six hours like the last, a day like the last, is it a jump, has the level shifted. What a voice says is
// measured in *ordinary days*: its reading over the median of its own daily maxima, so that a series that
// jumps every night is not odd for jumping. The voices join as a power mean. docs/diagnosis.md ("One series,
// as it comes") tells the method, the reason of each constant, and how well it does.
//
// `watch` holds one scorer a metric and a line of the journal whenever `alarm` is set; the diagnosis runs one
// over a metric's history to date what was odd before, during and after a window, without knowing it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/time.h"

namespace culprit {

enum class OddnessVoice : std::uint8_t { kTimeOfDay, kHoursUnseen, kDayUnseen, kJump, kShift };
std::string_view describe(OddnessVoice voice);  // "unlike this time of day" ...

enum class AnomalyNote : std::uint8_t {
  kNone,
  kLearning,   // fewer values or hours than the scorer needs before it may speak
  kNotFinite,  // NaN or infinite: no value, ignored
  kNotLater,   // stamped like the value before it, or earlier: ignored
  kAfterGap,   // the first value after more than a day without any
};
std::string_view describe(AnomalyNote note);

struct AnomalyScore {
  // 0 to 1. 0.5 is as odd as the oddest moment of an ordinary day of this series; 0 while learning.
  double score = 0;
  // Odd enough, odder than the last twelve hours, and no alarm in them: worth telling somebody.
  bool alarm = false;
  OddnessVoice loudest = OddnessVoice::kTimeOfDay;
  AnomalyNote note = AnomalyNote::kNone;
};

// Not thread-safe; one scorer a series. About 0.5 MB for a value every five minutes, at most 4 MB.
// Same values and stamps, same scores; the unit of the values does not matter.
class AnomalyScorer {
 public:
  // The score at and above which `alarm` may be set: 1.65 ordinary days.
  static constexpr double kAlarmScore = 1.65 / (1 + 1.65);

  AnomalyScorer();
  ~AnomalyScorer();
  AnomalyScorer(AnomalyScorer&&) noexcept;
  AnomalyScorer& operator=(AnomalyScorer&&) noexcept;

  AnomalyScore push(Time time, double value);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace culprit
