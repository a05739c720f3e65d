#include "insights/aggregate.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace culprit::insights {

namespace {

constexpr std::size_t kExactDistinctMax = 4096;
constexpr int kRegisterBits = 12;
constexpr std::size_t kExactValuesMax = 2048;
constexpr std::size_t kListedValuesMax = 1000;

std::uint64_t mixed(std::uint64_t x) {
  x ^= x >> 33;
  x *= 0xff51afd7ed558ccdULL;
  x ^= x >> 33;
  x *= 0xc4ceb9fe1a85ec53ULL;
  return x ^ x >> 33;
}

}  // namespace

void DistinctCount::add(std::string_view value) {
  const std::uint64_t hash = mixed(std::hash<std::string_view>{}(value));
  if (!registers_.empty()) return count_in(hash);
  seen_.insert(hash);
  if (seen_.size() <= kExactDistinctMax) return;
  registers_.assign(std::size_t{1} << kRegisterBits, 0);
  for (const auto each : seen_) count_in(each);
  seen_.clear();
}

void DistinctCount::count_in(std::uint64_t hash) {
  auto& top = registers_[hash >> (64 - kRegisterBits)];
  const auto zeros = std::countl_zero((hash << kRegisterBits) | (std::uint64_t{1} << (kRegisterBits - 1)));
  top = std::max(top, static_cast<std::uint8_t>(zeros + 1));
}

double DistinctCount::count() const {
  if (registers_.empty()) return static_cast<double>(seen_.size());
  const auto m = static_cast<double>(registers_.size());
  double sum = 0;
  for (const auto top : registers_) sum += std::ldexp(1.0, -top);
  return std::round(0.7213 / (1 + 1.079 / m) * m * m / sum);
}

void Percentiles::add(double value) {
  if (!spilled_) {
    values_.push_back(value);
    if (values_.size() <= kExactValuesMax) return;
    spilled_ = true;
    for (const double each : values_) (each < 0 ? below_ : above_).add(std::abs(each));
    values_.clear();
    values_.shrink_to_fit();
    return;
  }
  (value < 0 ? below_ : above_).add(std::abs(value));
}

std::optional<double> Percentiles::at(double percent) const {
  const std::uint64_t count = spilled_ ? below_.count() + above_.count() : values_.size();
  if (count == 0) return std::nullopt;
  const double exact_rank =
      std::ceil(std::clamp(percent, 0.0, 100.0) / 100 * static_cast<double>(count) - 1e-9);
  const auto rank = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(exact_rank));
  if (!spilled_) {
    std::vector<double> values = values_;
    const auto nth = values.begin() + static_cast<std::ptrdiff_t>(rank - 1);
    std::nth_element(values.begin(), nth, values.end());
    return *nth;
  }
  const auto share = [](std::uint64_t at, std::uint64_t of) {
    return of <= 1 ? 1.0 : static_cast<double>(at) / static_cast<double>(of);
  };
  if (rank <= below_.count()) return -below_.quantile(share(below_.count() - rank + 1, below_.count()));
  return above_.quantile(share(rank - below_.count(), above_.count()));
}

void Tally::add(const Value& value, Time time, std::uint64_t number) {
  if (is_missing(value)) return;
  switch (kind_) {
    case AggregateKind::kCount:
      ++count_;
      return;
    case AggregateKind::kCountDistinct: {
      if (!distinct_) distinct_ = std::make_unique<DistinctCount>();
      std::string scratch;
      distinct_->add(view_of(value, scratch));
      return;
    }
    case AggregateKind::kMinimum:
    case AggregateKind::kMaximum:
    case AggregateKind::kSortsFirst:
    case AggregateKind::kSortsLast:
      return add_extreme(value);
    case AggregateKind::kEarliest:
    case AggregateKind::kLatest: {
      const bool earlier = dated_ && std::pair(time, number) < std::pair(dated_->time, dated_->number);
      if (!dated_ || earlier == (kind_ == AggregateKind::kEarliest)) dated_ = Dated{value, time, number};
      return;
    }
    case AggregateKind::kValues:
      if (values_.size() < kListedValuesMax) {
        const boost::json::value text(text_of(value));
        if (std::find(values_.begin(), values_.end(), text) == values_.end()) values_.push_back(text);
      }
      return;
    default:
      if (const auto found = number_of(value)) add_number(*found);
  }
}

// Of a field that holds both, the smallest and largest are numbers; sorting puts texts before them.
void Tally::add_extreme(const Value& value) {
  const bool first = kind_ == AggregateKind::kMinimum || kind_ == AggregateKind::kSortsFirst;
  const bool by_number = kind_ == AggregateKind::kMinimum || kind_ == AggregateKind::kMaximum;
  if (is_missing(best_)) {
    best_ = value;
    return;
  }
  if (by_number) {
    const bool is_number = number_of(value).has_value(), was_number = number_of(best_).has_value();
    if (is_number != was_number) {
      if (is_number) best_ = value;
      return;
    }
  }
  const int order = natural_order(value, best_);
  if (first ? order < 0 : order > 0) best_ = value;
}

void Tally::add_number(double number) {
  ++count_;
  if (kind_ == AggregateKind::kPercentile) {
    if (!percentiles_) percentiles_ = std::make_unique<Percentiles>();
    percentiles_->add(number);
    return;
  }
  sum_ += number;
  const double off = number - mean_;
  mean_ += off / static_cast<double>(count_);
  squares_ += off * (number - mean_);
}

Value Tally::result(double parameter) const {
  // Moments are told as milliseconds by every statistic.
  const auto plain = [](const Value& value) {
    return std::holds_alternative<Time>(value) ? Value(*number_of(value)) : value;
  };
  const auto count = static_cast<double>(count_);
  switch (kind_) {
    case AggregateKind::kCount:
      return count;
    case AggregateKind::kCountDistinct:
      return distinct_ ? distinct_->count() : 0.0;
    case AggregateKind::kSum:
      return count_ == 0 ? Value() : Value(sum_);
    case AggregateKind::kAverage:
      return count_ == 0 ? Value() : Value(sum_ / count);
    case AggregateKind::kDeviation:
      return count_ == 0 ? Value() : Value(std::sqrt(std::max(0.0, squares_ / count)));
    case AggregateKind::kPercentile: {
      const auto found = percentiles_ ? percentiles_->at(parameter) : std::nullopt;
      return found ? Value(*found) : Value();
    }
    case AggregateKind::kEarliest:
    case AggregateKind::kLatest:
      return dated_ ? plain(dated_->value) : Value();
    case AggregateKind::kValues:
      return std::make_shared<const boost::json::value>(values_);
    default:
      return plain(best_);
  }
}

std::size_t Tally::bytes() const {
  std::size_t out = bytes_of(best_);
  if (dated_) out += bytes_of(dated_->value);
  if (distinct_) out += distinct_->bytes();
  if (percentiles_) out += percentiles_->bytes();
  for (const auto& value : values_) out += value.get_string().size() + 32;
  return out;
}

std::size_t Tally::grown_bytes() {
  const std::size_t now = bytes();
  const std::size_t grown = now > told_bytes_ ? now - told_bytes_ : 0;
  told_bytes_ = now;
  return grown;
}

}  // namespace culprit::insights
