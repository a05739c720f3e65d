#include "engine/search.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "engine/segment_query.h"

namespace culprit {

namespace {

using engine::RowReader;
using engine::RowSet;
using engine::Truth;
using engine::TypeKnowledge;

constexpr std::size_t kKnownTypesMax = std::size_t{1} << 16;
constexpr std::int64_t kDensePeriodsMax = 1 << 16;
constexpr std::int64_t kMinuteMs = 60'000;

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0); }

// Counts by period: an array over the segment's time, or a map when it spans too many periods.
class PeriodCounter {
 public:
  PeriodCounter(const SegmentSummary& summary, std::int64_t period_ms) : period_ms_(period_ms) {
    first_ = floor_div(to_epoch_ms(summary.first_time), period_ms);
    const std::int64_t last = floor_div(to_epoch_ms(summary.last_time), period_ms);
    if (last - first_ < kDensePeriodsMax && last >= first_)
      dense_.resize(static_cast<std::size_t>(last - first_ + 1));
  }
  void add(std::int64_t time_ms, std::uint64_t count) {
    const std::int64_t period = floor_div(time_ms, period_ms_);
    const auto at = static_cast<std::uint64_t>(period - first_);
    if (at < dense_.size())
      dense_[at] += count;
    else
      sparse_[period] += count;
  }
  void add_to(PatternCount& out) {
    std::vector<PeriodCount> mine;
    for (std::size_t i = 0; i < dense_.size(); ++i) {
      if (dense_[i] == 0) continue;
      const std::int64_t period = first_ + static_cast<std::int64_t>(i);
      mine.push_back({from_epoch_ms(period * period_ms_), dense_[i]});
    }
    std::vector<PeriodCount> others;
    for (const auto& [period, count] : sparse_) others.push_back({from_epoch_ms(period * period_ms_), count});
    if (!others.empty()) mine = merge(mine, others);
    if (mine.empty()) return;
    for (const PeriodCount& p : mine) out.total += p.count;
    out.periods = merge(out.periods, mine);
  }
  static std::vector<PeriodCount> merge(const std::vector<PeriodCount>& a,
                                        const std::vector<PeriodCount>& b) {
    std::vector<PeriodCount> out;
    out.reserve(a.size() + b.size());
    std::merge(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out),
               [](const PeriodCount& x, const PeriodCount& y) { return x.start < y.start; });
    std::size_t kept = 0;
    for (const PeriodCount& p : out) {
      if (kept > 0 && out[kept - 1].start == p.start)
        out[kept - 1].count += p.count;
      else
        out[kept++] = p;
    }
    out.resize(kept);
    return out;
  }

 private:
  std::int64_t period_ms_;
  std::int64_t first_ = 0;
  std::vector<std::uint64_t> dense_;
  std::map<std::int64_t, std::uint64_t> sparse_;
};

bool overlaps(const SegmentSummary& s, const Window* window) {
  return s.events > 0 && (!window || (window->start <= s.last_time && s.first_time < window->end));
}

}  // namespace

struct SegmentSearcher::State {
  explicit State(const std::shared_ptr<const LogSearch::Plan>& searched) : plan(searched), known(searched) {}
  std::shared_ptr<const LogSearch::Plan> plan;
  engine::KnownTypes known;

  Result<const TypeKnowledge*> knowledge(const engine::TypeEntry& type);
  // Rows of the segment that match, as a flag each; empty when there are none.
  Result<std::vector<bool>> matching_rows(const Segment& segment, engine::SegmentQuery& query,
                                          std::size_t pattern);
};

SegmentSearcher::SegmentSearcher(const LogSearch& search) : state_(std::make_unique<State>(search.plan())) {}
SegmentSearcher::SegmentSearcher(SegmentSearcher&&) noexcept = default;
SegmentSearcher& SegmentSearcher::operator=(SegmentSearcher&&) noexcept = default;
SegmentSearcher::~SegmentSearcher() = default;

Result<const TypeKnowledge*> SegmentSearcher::State::knowledge(const engine::TypeEntry& type) {
  const TypeKnowledge* const it = known.of(type);
  if (it == nullptr) return fail(ErrorCode::kDamaged, "a log type of the segment is damaged");
  return it;
}

Result<void> SegmentSearcher::count(const Segment& segment, const Window* window, Duration period,
                                    std::span<PatternCount> counts) {
  const engine::Directory& d = segment.state().directory;
  if (!overlaps(d.summary, window)) return {};
  const bool whole = !window || (window->start <= d.summary.first_time && d.summary.last_time < window->end);
  const std::int64_t period_ms = std::max<std::int64_t>(1, period.count());
  engine::SegmentQuery query(*state_->plan, state_->known, segment.state());
  std::vector<PeriodCounter> counters(counts.size(), PeriodCounter(d.summary, period_ms));
  for (std::uint32_t t = 0; t < d.types.size(); ++t) {
    const engine::TypeEntry& type = d.types[t];
    auto known = state_->knowledge(type);
    if (!known) return tl::unexpected(known.error());
    if ((*known)->never) continue;
    const bool by_minutes = whole && !type.minutes.empty() && period_ms % kMinuteMs == 0;
    for (std::size_t p = 0; p < counts.size(); ++p) {
      const Truth truth = (*known)->patterns[p];
      if (truth == Truth::kNever) continue;
      if (truth == Truth::kSurely && by_minutes) {
        for (const engine::MinuteRun& run : type.minutes) counters[p].add(run.minute * kMinuteMs, run.rows);
        continue;
      }
      RowSet rows(type.rows, true);
      if (truth == Truth::kPerhaps) {
        auto found = query.matching(t, **known, p);
        if (!found) return tl::unexpected(found.error());
        rows = std::move(*found);
        if (rows.none()) continue;
      }
      if (by_minutes && type.minutes_in_row_order) {
        auto run = type.minutes.begin();
        std::uint64_t end = run->rows;
        rows.for_each([&](std::size_t row) {
          while (row >= end) end += (++run)->rows;
          counters[p].add(run->minute * kMinuteMs, 1);
        });
        continue;
      }
      auto reader = query.rows();
      if (!reader) return tl::unexpected(reader.error());
      const auto of_type = (*reader)->rows_of(t);
      rows.for_each([&](std::size_t row) {
        const std::int64_t time_ms = (*reader)->time_ms(of_type[row]);
        if (whole || window->contains(from_epoch_ms(time_ms))) counters[p].add(time_ms, 1);
      });
    }
  }
  for (std::size_t p = 0; p < counts.size(); ++p) counters[p].add_to(counts[p]);
  return {};
}

Result<std::vector<bool>> SegmentSearcher::State::matching_rows(const Segment& segment,
                                                                engine::SegmentQuery& query,
                                                                std::size_t pattern) {
  const engine::Directory& d = segment.state().directory;
  std::vector<bool> matching;
  for (std::uint32_t t = 0; t < d.types.size(); ++t) {
    auto known_type = knowledge(d.types[t]);
    if (!known_type) return tl::unexpected(known_type.error());
    const Truth truth = (*known_type)->patterns[pattern];
    if (truth == Truth::kNever) continue;
    RowSet rows(d.types[t].rows, true);
    if (truth == Truth::kPerhaps) {
      auto found = query.matching(t, **known_type, pattern);
      if (!found) return tl::unexpected(found.error());
      rows = std::move(*found);
      if (rows.none()) continue;
    }
    auto reader = query.rows();
    if (!reader) return tl::unexpected(reader.error());
    const auto of_type = (*reader)->rows_of(t);
    rows.for_each([&](std::size_t row) {
      if (matching.empty()) matching.resize((*reader)->size());
      matching[of_type[row]] = true;
    });
  }
  return matching;
}

Result<bool> SegmentSearcher::visit(const Segment& segment, std::size_t pattern, const Window* window,
                                    const std::function<bool(const SegmentRow&)>& visit) {
  if (!overlaps(segment.summary(), window)) return true;
  engine::SegmentQuery query(*state_->plan, state_->known, segment.state());
  auto matching = state_->matching_rows(segment, query, pattern);
  if (!matching) return tl::unexpected(matching.error());
  if (matching->empty()) return true;
  RowReader& reader = **query.rows();
  if (auto done = reader.load_numbers(); !done) return tl::unexpected(done.error());
  for (std::size_t i = 0; i < matching->size(); ++i) {
    if (!(*matching)[i] || (window && !window->contains(from_epoch_ms(reader.time_ms(i))))) continue;
    auto message = reader.message(i);
    if (!message) return tl::unexpected(message.error());
    SegmentRow row = reader.row(i);
    row.message = *message;
    if (!visit(row)) return false;
  }
  return true;
}

Result<std::vector<EventNumber>> SegmentSearcher::numbers(const Segment& segment, std::size_t pattern,
                                                          const Window* window) {
  std::vector<EventNumber> out;
  if (!overlaps(segment.summary(), window)) return out;
  engine::SegmentQuery query(*state_->plan, state_->known, segment.state());
  auto matching = state_->matching_rows(segment, query, pattern);
  if (!matching) return tl::unexpected(matching.error());
  if (matching->empty()) return out;
  RowReader& reader = **query.rows();
  if (auto done = reader.load_numbers(); !done) return tl::unexpected(done.error());
  for (std::size_t i = 0; i < matching->size(); ++i)
    if ((*matching)[i] && (!window || window->contains(from_epoch_ms(reader.time_ms(i)))))
      out.push_back(reader.number(i));
  return out;
}

Result<std::vector<PatternCount>> count_matches(const LogSearch& search, std::size_t segments,
                                                const OpenSegment& open, const Window* window,
                                                Duration period, unsigned threads) {
  std::vector<PatternCount> total(search.patterns().size());
  Result<void> outcome;
  std::mutex mutex;
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    SegmentSearcher searcher(search);
    std::vector<PatternCount> counts(total.size());
    Result<void> done;
    for (std::size_t i = next++; i < segments && done; i = next++) {
      auto segment = open(i);
      if (!segment)
        done = tl::unexpected(segment.error());
      else
        done = searcher.count(**segment, window, period, counts);
    }
    const std::lock_guard lock(mutex);
    if (!done) {
      next = segments;
      if (outcome) outcome = done;
    }
    for (std::size_t p = 0; p < total.size(); ++p) {
      total[p].total += counts[p].total;
      total[p].periods = PeriodCounter::merge(total[p].periods, counts[p].periods);
    }
  };
  if (threads == 0) threads = std::max(1U, std::thread::hardware_concurrency());
  std::vector<std::thread> others;
  for (std::size_t i = 1; i < std::min<std::size_t>(threads, segments); ++i) others.emplace_back(work);
  work();
  for (std::thread& t : others) t.join();
  if (!outcome) return tl::unexpected(outcome.error());
  return total;
}

}  // namespace culprit
