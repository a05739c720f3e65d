#include "metrics/cloudwatch_statistic.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/printable.h"

namespace culprit {

namespace {

using Kind = Statistic::Kind;

std::optional<double> parse_number(std::string_view text) {
  double value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || ec != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

std::optional<Kind> trimmed_kind(std::string_view name) {
  if (name == "TM" || name == "tm") return Kind::kTrimmedMean;
  if (name == "TC" || name == "tc") return Kind::kTrimmedCount;
  if (name == "TS" || name == "ts") return Kind::kTrimmedSum;
  if (name == "WM" || name == "wm") return Kind::kWinsorizedMean;
  if (name == "PR") return Kind::kPercentileRank;
  return std::nullopt;
}

// "10%" or "300"; empty is no bound. False when it is none of these.
bool parse_bound(std::string_view text, std::optional<double>& bound, int& percents, int& values) {
  if (text.empty()) return true;
  const bool percent = text.ends_with('%');
  if (percent) text.remove_suffix(1);
  bound = parse_number(text);
  ++(percent ? percents : values);
  return bound && (!percent || (*bound >= 0 && *bound <= 100));
}

// "TM(2%:98%)"
std::optional<Statistic> parse_range(std::string_view text) {
  const auto open = text.find('(');
  const auto colon = text.find(':');
  if (open != 2 || !text.ends_with(')') || colon == std::string_view::npos) return std::nullopt;
  const auto kind = trimmed_kind(text.substr(0, open));
  Statistic out;
  int percents = 0, values = 0;
  if (!kind || !parse_bound(text.substr(open + 1, colon - open - 1), out.low, percents, values) ||
      !parse_bound(text.substr(colon + 1, text.size() - colon - 2), out.high, percents, values))
    return std::nullopt;
  if (percents + values == 0 || (percents > 0 && values > 0)) return std::nullopt;
  if (*kind == Kind::kPercentileRank && values == 0) return std::nullopt;
  if (out.low && out.high && *out.low >= *out.high) return std::nullopt;
  out.kind = *kind;
  out.absolute = values > 0;
  return out;
}

// Samples between two bounds: their number, their sum, and what lies beyond.
struct Kept {
  double count = 0, sum = 0;
  double below = 0, above = 0;  // counts beyond the bounds
  double least = 0, most = 0;   // values at the edges of what is kept
};

}  // namespace

Result<Statistic> parse_statistic(std::string_view text) {
  static constexpr std::pair<std::string_view, Kind> kPlain[] = {{"SampleCount", Kind::kSampleCount},
                                                                 {"Sum", Kind::kSum},
                                                                 {"Average", Kind::kAverage},
                                                                 {"Minimum", Kind::kMinimum},
                                                                 {"Maximum", Kind::kMaximum}};
  for (const auto& [name, kind] : kPlain)
    if (text == name) return Statistic{kind, {}, {}, false};
  if (text == "IQM") return Statistic{Kind::kTrimmedMean, 25.0, 75.0, false};
  if (const auto range = parse_range(text)) return *range;
  if (text.size() > 1 && text[0] == 'p')
    if (const auto p = parse_number(text.substr(1)); p && *p >= 0 && *p <= 100)
      return Statistic{Kind::kPercentile, {}, *p, false};
  if (text.size() > 2)
    if (const auto kind = trimmed_kind(text.substr(0, 2)); kind && *kind != Kind::kPercentileRank)
      if (const auto p = parse_number(text.substr(2)); p && *p > 0 && *p <= 100)
        return Statistic{*kind, {}, *p, false};
  return fail(ErrorCode::kInput, fmt::format("'{}' is no statistic of CloudWatch", printable_text(text, 40)),
              {}, "Write for example Average, Sum, Maximum, p99, tm95 or TM(10%:90%).");
}

void Samples::add(double value, double count) {
  if (!(count > 0) || !std::isfinite(value)) return;
  minimum_ = count_ == 0 ? value : std::min(minimum_, value);
  maximum_ = count_ == 0 ? value : std::max(maximum_, value);
  count_ += count;
  sum_ += value * count;
  values_.push_back({value, count});
}

void Samples::add_set(double count, double sum, double minimum, double maximum) {
  if (!(count > 0)) return;
  if (minimum == maximum) return add(minimum, count);
  minimum_ = count_ == 0 ? minimum : std::min(minimum_, minimum);
  maximum_ = count_ == 0 ? maximum : std::max(maximum_, maximum);
  count_ += count;
  sum_ += sum;
  all_known_ = false;
}

void Samples::merge(const Samples& other) {
  if (other.empty()) return;
  minimum_ = count_ == 0 ? other.minimum_ : std::min(minimum_, other.minimum_);
  maximum_ = count_ == 0 ? other.maximum_ : std::max(maximum_, other.maximum_);
  count_ += other.count_;
  sum_ += other.sum_;
  values_.insert(values_.end(), other.values_.begin(), other.values_.end());
  all_known_ = all_known_ && other.all_known_;
}

std::vector<Samples::Value> Samples::sorted() const {
  auto out = values_;
  std::ranges::sort(out, {}, &Value::value);
  return out;
}

namespace {

// Linear interpolation between closest ranks, over values with counts.
template <class Values>
double percentile(const Values& sorted, double count, double percent) {
  const double rank = percent / 100 * (count - 1);  // 0 … count-1
  if (rank <= 0) return sorted.front().value;
  double before = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const double last = before + sorted[i].count - 1;  // rank of the last of these
    if (rank <= last || i + 1 == sorted.size()) return sorted[i].value;
    if (rank < last + 1) return sorted[i].value + (rank - last) * (sorted[i + 1].value - sorted[i].value);
    before += sorted[i].count;
  }
  return sorted.back().value;
}

template <class Values>
Kept keep(const Values& sorted, double count, const Statistic& s) {
  Kept out;
  bool first = true;
  double from = 0;
  for (const auto& [value, number] : sorted) {
    double part = number;
    double below = 0;
    if (s.absolute) {
      below = s.low && value <= *s.low ? number : 0;
      part = below > 0 || (s.high && value > *s.high) ? 0 : number;
    } else {
      const double low = s.low.value_or(0) / 100 * count, high = s.high.value_or(100) / 100 * count;
      below = std::clamp(low - from, 0.0, number);
      part = std::max(0.0, std::min(high, from + number) - std::max(low, from));
      from += number;
    }
    out.below += below;
    out.above += number - below - part;
    if (part <= 0) continue;
    if (first) out.least = value;
    first = false;
    out.most = value;
    out.count += part;
    out.sum += part * value;
  }
  return out;
}

}  // namespace

std::optional<double> Samples::evaluate(const Statistic& statistic) const {
  if (empty()) return std::nullopt;
  switch (statistic.kind) {
    case Kind::kSampleCount:
      return count_;
    case Kind::kSum:
      return sum_;
    case Kind::kAverage:
      return sum_ / count_;
    case Kind::kMinimum:
      return minimum_;
    case Kind::kMaximum:
      return maximum_;
    default:
      break;
  }
  if (!all_known_) return std::nullopt;
  const auto values = sorted();
  if (statistic.kind == Kind::kPercentile) return percentile(values, count_, *statistic.high);
  const Kept kept = keep(values, count_, statistic);
  switch (statistic.kind) {
    case Kind::kTrimmedCount:
      return kept.count;
    case Kind::kTrimmedSum:
      return kept.sum;
    case Kind::kPercentileRank:
      return 100 * kept.count / count_;
    case Kind::kWinsorizedMean:
      if (kept.count <= 0) return std::nullopt;
      return (kept.sum + kept.below * kept.least + kept.above * kept.most) / count_;
    default:
      if (kept.count <= 0) return std::nullopt;
      return kept.sum / kept.count;
  }
}

}  // namespace culprit
