#include "engine/mined_forms.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>

#include "engine/row_looks.h"
#include "engine/segment_state.h"

namespace culprit {

namespace {

using engine::RowReader;
using FormNumber = TemplateMiner::FormNumber;

constexpr FormNumber kNoForm = ~FormNumber{0};

// The rows of a segment and the miner's form of each.
class FormRows {
 public:
  FormRows(const Segment& segment, const Window* window) : segment_(segment), window_(window) {}

  Result<void> read(TemplateMiner& miner);
  std::size_t size() const { return forms_.size(); }
  FormNumber form(std::size_t row) const { return forms_[row]; }  // kNoForm: outside the window
  RowReader& rows() { return *rows_; }

 private:
  struct Kind {  // rows that look alike
    std::uint32_t first_row = 0;
    std::uint64_t count = 0;
    FormNumber form = kNoForm;
  };
  Result<void> sort_by_look(std::uint32_t type, engine::RowLooks& reader);
  Result<void> mine(TemplateMiner& miner);

  const Segment& segment_;
  const Window* window_;
  std::optional<RowReader> rows_;
  std::vector<FormNumber> forms_;  // while they are sorted: kinds
  std::vector<Kind> kinds_;
  std::vector<std::uint64_t> looks_;
};

Result<void> FormRows::read(TemplateMiner& miner) {
  auto opened = RowReader::open(segment_.state());
  if (!opened) return tl::unexpected(opened.error());
  rows_.emplace(std::move(*opened));
  if (auto done = rows_->load_streams(); !done) return done;
  forms_.assign(rows_->size(), kNoForm);
  engine::RowLooks reader(*rows_);
  for (std::uint32_t t = 0; t < segment_.state().directory.types.size(); ++t)
    if (auto done = sort_by_look(t, reader); !done) return done;
  return mine(miner);
}

Result<void> FormRows::sort_by_look(std::uint32_t type, engine::RowLooks& reader) {
  if (auto done = reader.read(type, looks_); !done) return done;
  const auto rows = rows_->rows_of(type);
  std::unordered_map<std::uint64_t, std::uint32_t> kinds;
  std::uint64_t last_look = 0;
  std::uint32_t kind = kNoForm;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (window_ && !window_->contains(from_epoch_ms(rows_->time_ms(rows[i])))) continue;
    if (kind == kNoForm || looks_[i] != last_look) {
      const auto [at, added] = kinds.try_emplace(looks_[i], static_cast<std::uint32_t>(kinds_.size()));
      if (added) kinds_.push_back({rows[i], 0, kNoForm});
      kind = at->second;
      last_look = looks_[i];
    }
    ++kinds_[kind].count;
    forms_[rows[i]] = kind;
  }
  return {};
}

// In the order of the rows, as if each message were given to the miner.
Result<void> FormRows::mine(TemplateMiner& miner) {
  std::vector<std::uint32_t> order(kinds_.size());
  for (std::uint32_t k = 0; k < order.size(); ++k) order[k] = k;
  std::sort(order.begin(), order.end(),
            [&](std::uint32_t a, std::uint32_t b) { return kinds_[a].first_row < kinds_[b].first_row; });
  for (const std::uint32_t k : order) {
    const auto message = rows_->message(kinds_[k].first_row);
    if (!message) return tl::unexpected(message.error());
    kinds_[k].form = miner.add(mined_line(*message), kinds_[k].count);
  }
  for (FormNumber& form : forms_)
    if (form != kNoForm) form = kinds_[form].form;
  return {};
}

// The forms of one segment and when their messages came.
struct MinedSegment {
  struct Tally {
    FormNumber form = 0;
    std::int64_t first_ms = 0;  // of one minute
    std::int64_t last_ms = 0;
    std::uint64_t count = 0;
  };
  TemplateMiner miner;
  std::vector<Tally> tallies;
  std::uint64_t events = 0;
};

Result<MinedSegment> mine_segment(const Segment& segment, const Window* window) {
  MinedSegment out;
  FormRows rows(segment, window);
  if (auto done = rows.read(out.miner); !done) return tl::unexpected(done.error());
  std::vector<std::uint32_t> last_tally(out.miner.forms(), kNoForm);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const FormNumber form = rows.form(i);
    if (form == kNoForm) continue;
    ++out.events;
    const std::int64_t time_ms = rows.rows().time_ms(i);
    std::uint32_t& last = last_tally[form];
    const bool same_minute =
        last != kNoForm && engine::minute_of(out.tallies[last].first_ms) == engine::minute_of(time_ms);
    if (!same_minute) {
      last = static_cast<std::uint32_t>(out.tallies.size());
      out.tallies.push_back({form, time_ms, time_ms, 0});
    }
    auto& tally = out.tallies[last];
    tally.first_ms = std::min(tally.first_ms, time_ms);
    tally.last_ms = std::max(tally.last_ms, time_ms);
    ++tally.count;
  }
  return out;
}

void add_to(MinedForms& all, const MinedSegment& segment) {
  const auto numbers = all.miner.add_all(segment.miner);
  for (const auto& t : segment.tallies) {
    const FormNumber form = numbers[t.form];
    if (t.count > 1) all.histogram.add(form, from_epoch_ms(t.first_ms), t.count - 1);
    all.histogram.add(form, from_epoch_ms(t.last_ms), 1);
  }
  all.events += segment.events;
}

// Segments mined by several threads and joined in their order.
class Miners {
 public:
  Miners(std::size_t segments, const OpenSegment& open, const Window* window)
      : segments_(segments), open_(open), window_(window) {}

  Result<MinedForms> run(unsigned threads) {
    std::vector<std::thread> others;
    for (std::size_t i = 1; i < std::min<std::size_t>(threads, segments_); ++i)
      others.emplace_back([this] { work(); });
    work();
    for (std::thread& t : others) t.join();
    if (!outcome_) return tl::unexpected(outcome_.error());
    return std::move(all_);
  }

 private:
  void work() {
    std::unique_lock lock(mutex_);
    while (outcome_ && next_ < segments_) {
      const std::size_t number = next_++;
      lock.unlock();
      auto mined = mine(number);
      lock.lock();
      if (!mined) {
        if (outcome_) outcome_ = tl::unexpected(mined.error());
        break;
      }
      finished_.emplace(number, std::move(*mined));
      // Few wait: a thread takes the next segment only when it has handed in its last.
      for (auto at = finished_.begin(); at != finished_.end() && at->first == joined_;
           at = finished_.erase(at), ++joined_)
        add_to(all_, at->second);
    }
  }
  Result<MinedSegment> mine(std::size_t number) {
    auto segment = open_(number);
    if (!segment) return tl::unexpected(segment.error());
    return mine_segment(**segment, window_);
  }

  std::size_t segments_;
  const OpenSegment& open_;
  const Window* window_;
  std::mutex mutex_;
  std::size_t next_ = 0;
  std::size_t joined_ = 0;
  std::map<std::size_t, MinedSegment> finished_;
  MinedForms all_;
  Result<void> outcome_;
};

}  // namespace

std::string_view mined_line(std::string_view message) {
  return message.substr(0, std::min(message.find('\n'), message.size()));
}

Result<MinedForms> mine_segments(std::size_t segments, const OpenSegment& open, const Window* window,
                                 unsigned threads) {
  if (threads == 0) threads = std::max(1U, std::thread::hardware_concurrency());
  return Miners(segments, open, window).run(threads);
}

Result<bool> visit_form_rows(const Segment& segment, const Window* window, TemplateMiner& miner,
                             const WantedForm& wanted, const VisitFormRow& visit) {
  FormRows rows(segment, window);
  if (auto done = rows.read(miner); !done) return tl::unexpected(done.error());
  std::vector<bool> want(miner.forms());
  bool any = false;
  for (FormNumber f = 0; f < want.size(); ++f) {
    want[f] = wanted(f);
    any = any || want[f];
  }
  if (!any) return true;
  RowReader& reader = rows.rows();
  if (auto done = reader.load_numbers(); !done) return tl::unexpected(done.error());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const FormNumber form = rows.form(i);
    if (form == kNoForm || !want[form]) continue;
    const auto message = reader.message(i);
    if (!message) return tl::unexpected(message.error());
    SegmentRow row = reader.row(i);
    row.message = *message;
    if (!visit(form, row)) return false;
  }
  return true;
}

}  // namespace culprit
