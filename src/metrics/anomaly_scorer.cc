#include "metrics/anomaly_scorer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "metrics/oddness_voices.h"
#include "metrics/statistics.h"

namespace culprit {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr std::size_t kVoices = 5;

// docs/diagnosis.md gives the reason of each.
constexpr std::size_t kLearnValues = 100;   // to know the series' step, before anything is said
constexpr Duration kLearnTime = hours(24);  // and a whole day, before anything is odd
constexpr double kPower = 4;                // of the mean over voices
constexpr std::size_t kDays = 60;           // whose maxima are remembered
constexpr Duration kQuiet = hours(12);      // an alarm must beat these, and none may lie in them
constexpr std::size_t kQuietValues = 100;   // at least; a record among few values is none
constexpr double kRatioMax = 1e6;           // keeps powers finite
constexpr double kFirstEver = 4;            // what never moved in a whole day, moves
constexpr double kValueMax = 1e100;         // keeps squares finite
constexpr std::size_t kDayValuesMin = 24, kDayValuesMax = 86400;

// A voice's reading in ordinary days: over the median of its daily maxima.
class OrdinaryDay {
 public:
  double ratio(Time time, std::optional<double> heard) {
    if (!day_start_) day_start_ = time;
    if (heard && !speaks_since_) speaks_since_ = time;
    const double reading = heard.value_or(0);
    double ratio = 0;
    if (ordinary_ > 0) {
      ratio = reading / ordinary_;
    } else if (so_far_ > 0) {
      ratio = reading / so_far_;
    } else if (reading > 0 && time - *speaks_since_ >= kLearnTime) {
      ratio = kFirstEver;
    }
    so_far_ = std::max(so_far_, reading);
    if (time - *day_start_ >= hours(24)) end_day(time);
    return std::min(ratio, kRatioMax);
  }

 private:
  // A day on which nothing moved says nothing about how much is ordinary.
  void end_day(Time time) {
    if (so_far_ > 0) {
      if (maxima_.size() < kDays) {
        maxima_.push_back(so_far_);
      } else {
        maxima_[next_] = so_far_;
        next_ = (next_ + 1) % kDays;
      }
      ordinary_ = median(maxima_);
    }
    so_far_ = 0;
    day_start_ = time;
  }

  std::optional<Time> day_start_, speaks_since_;
  double so_far_ = 0;
  double ordinary_ = 0;
  std::vector<double> maxima_;
  std::size_t next_ = 0;
};

// The largest oddness of the last twelve hours (in steps of ten minutes) and hundred values.
class RecentRecord {
 public:
  double largest(Time time) const {
    const auto now = slot_of(time);
    double largest = 0;
    for (const auto& slot : slots_) {
      if (now - slot.number < static_cast<std::int64_t>(kSlots)) largest = std::max(largest, slot.largest);
    }
    for (double v : values_.all()) largest = std::max(largest, v);
    return largest;
  }

  void add(Time time, double oddness) {
    const auto now = slot_of(time);
    Slot& slot = slots_[static_cast<std::size_t>(now % static_cast<std::int64_t>(kSlots) + kSlots) % kSlots];
    if (slot.number != now) slot = {now, 0};
    slot.largest = std::max(slot.largest, oddness);
    values_.push(oddness);
  }

 private:
  static constexpr std::size_t kSlots = kQuiet / minutes(10);
  static std::int64_t slot_of(Time time) {
    return std::chrono::floor<minutes>(time.time_since_epoch()).count() / 10;
  }
  struct Slot {
    std::int64_t number = -1'000'000'000;
    double largest = 0;
  };
  std::array<Slot, kSlots> slots_{};
  Tail values_{kQuietValues};
};

}  // namespace

struct AnomalyScorer::State {
  // Of a series whose step is known.
  struct Settled {
    explicit Settled(Duration step);

    RecentValues recent;
    TimeOfDayVoice time_of_day;
    ShapeVoice hours_unseen, day_unseen;
    JumpVoice jump;
    ShiftVoice shift;
    std::array<OrdinaryDay, kVoices> ordinary;
    RecentRecord record;
  };

  AnomalyScore score(Time time, double value);
  void settle();

  std::optional<Time> first, last, last_alarm;
  std::vector<std::pair<Time, double>> waiting;  // until the step is known
  std::optional<Settled> settled;
};

AnomalyScorer::State::Settled::Settled(Duration step)
    : recent(step, std::clamp(static_cast<std::size_t>(hours(24) / step), kDayValuesMin, kDayValuesMax)),
      hours_unseen(hours(6), 12, 8, step),
      day_unseen(hours(24), 24, 12, step),
      shift(step) {}

// The usual step is the median of those seen; seconds are the finest.
void AnomalyScorer::State::settle() {
  std::vector<double> steps_ms;
  for (std::size_t i = 1; i < waiting.size(); ++i) {
    steps_ms.push_back(static_cast<double>((waiting[i].first - waiting[i - 1].first).count()));
  }
  const Duration step{static_cast<std::int64_t>(median(steps_ms))};
  settled.emplace(std::max<Duration>(step, std::chrono::seconds(1)));
  for (const auto& [time, value] : waiting) score(time, value);
  waiting = {};
}

AnomalyScore AnomalyScorer::State::score(Time time, double value) {
  auto& s = *settled;
  s.recent.push(std::clamp(value, -kValueMax, kValueMax));
  // Distances of means err by rounding; the other two voices see to theirs, or have none.
  const std::array<double, kVoices> noises = {0, s.recent.noise, s.recent.roots_noise, 0,
                                              s.recent.roots_noise};
  const std::array<std::optional<double>, kVoices> readings = {
      s.time_of_day.read(time, s.recent), s.hours_unseen.read(s.recent.values),
      s.day_unseen.read(s.recent.roots), s.jump.read(s.recent.roots), s.shift.read(s.recent.roots)};
  AnomalyScore out;
  double sum = 0, loudest = 0;
  for (std::size_t v = 0; v < kVoices; ++v) {
    auto reading = readings[v];
    if (reading && *reading <= noises[v]) reading = 0;
    const double ratio = s.ordinary[v].ratio(time, reading);
    sum += std::pow(ratio, kPower);
    if (ratio > loudest) {
      loudest = ratio;
      out.loudest = static_cast<OddnessVoice>(v);
    }
  }
  const double oddness = std::pow(sum / kVoices, 1 / kPower);
  if (time - *first < kLearnTime) {
    out.note = AnomalyNote::kLearning;
  } else {
    out.score = oddness / (1 + oddness);
    out.alarm = out.score >= AnomalyScorer::kAlarmScore && oddness > s.record.largest(time) &&
                (!last_alarm || time - *last_alarm >= kQuiet);
    if (out.alarm) last_alarm = time;
  }
  s.record.add(time, oddness);
  return out;
}

AnomalyScorer::AnomalyScorer() : state_(std::make_unique<State>()) {}
AnomalyScorer::~AnomalyScorer() = default;
AnomalyScorer::AnomalyScorer(AnomalyScorer&&) noexcept = default;
AnomalyScorer& AnomalyScorer::operator=(AnomalyScorer&&) noexcept = default;

AnomalyScore AnomalyScorer::push(Time time, double value) {
  auto& s = *state_;
  AnomalyScore out;
  if (!std::isfinite(value)) {
    out.note = AnomalyNote::kNotFinite;
    return out;
  }
  if (s.last && time <= *s.last) {
    out.note = AnomalyNote::kNotLater;
    return out;
  }
  const bool after_gap = s.last && time - *s.last > hours(24) && s.settled;
  if (!s.first) s.first = time;
  s.last = time;
  if (!s.settled) {
    s.waiting.emplace_back(time, value);
    if (s.waiting.size() == kLearnValues) s.settle();
    out.note = AnomalyNote::kLearning;
    return out;
  }
  out = s.score(time, value);
  if (after_gap) out.note = AnomalyNote::kAfterGap;
  return out;
}

std::string_view describe(OddnessVoice voice) {
  switch (voice) {
    case OddnessVoice::kTimeOfDay:
      return "unlike this time of day";
    case OddnessVoice::kHoursUnseen:
      return "no six hours like these before";
    case OddnessVoice::kDayUnseen:
      return "no day like this before";
    case OddnessVoice::kJump:
      return "a jump";
    case OddnessVoice::kShift:
      return "a shift of the level";
  }
  return "";
}

std::string_view describe(AnomalyNote note) {
  switch (note) {
    case AnomalyNote::kNone:
      return "";
    case AnomalyNote::kLearning:
      return "still learning what is usual";
    case AnomalyNote::kNotFinite:
      return "not a number: ignored";
    case AnomalyNote::kNotLater:
      return "not later than the value before: ignored";
    case AnomalyNote::kAfterGap:
      return "first value after more than a day without any";
  }
  return "";
}

}  // namespace culprit
