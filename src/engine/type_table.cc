#include "engine/type_table.h"

#include <algorithm>
#include <map>
#include <optional>

#include "engine/segment_state.h"

namespace culprit {

namespace {

using engine::RowReader;
using engine::TypeEntry;

constexpr std::int64_t kMinuteMs = 60'000;

std::int64_t floor_to(std::int64_t time_ms, std::int64_t period_ms) {
  return (time_ms / period_ms - (time_ms % period_ms < 0 ? 1 : 0)) * period_ms;
}

class TypeTable {
 public:
  TypeTable(const Segment& segment, const TypeTableOptions& options)
      : segment_(segment), options_(options), period_ms_(std::max<std::int64_t>(1, options.period.count())) {}

  Result<void> visit(const std::function<void(const TypeCount&)>& visit) {
    const auto& types = segment_.state().directory.types;
    for (std::uint32_t t = 0; t < types.size(); ++t) {
      TypeCount out;
      out.type = t;
      if (!describe(types[t], out)) return fail(ErrorCode::kDamaged, "a log type of the segment is damaged");
      const bool by_minutes =
          !options_.window && !options_.examples && !types[t].minutes.empty() && period_ms_ % kMinuteMs == 0;
      if (by_minutes)
        count_minutes(types[t], out);
      else if (auto done = count_rows(t, out); !done)
        return done;
      if (out.rows > 0) visit(out);
    }
    return {};
  }

 private:
  bool describe(const TypeEntry& type, TypeCount& out) {
    if (!engine::read_looks(type.shape, type.slots, looks_)) return false;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < looks_.looks.size(); ++i) {
      out.text += looks_.text.substr(begin, looks_.piece_ends[i] - begin);
      begin = looks_.piece_ends[i];
      out.text += placeholder(looks_.looks[i].kind);
      out.variables.push_back(looks_.looks[i].kind);
    }
    out.text += looks_.text.substr(begin);
    return true;
  }

  void put_periods(const std::map<std::int64_t, std::uint64_t>& counts, TypeCount& out) const {
    for (const auto& [start, n] : counts) {
      out.periods.push_back({from_epoch_ms(start), n});
      out.rows += n;
    }
  }

  void count_minutes(const TypeEntry& type, TypeCount& out) const {
    std::map<std::int64_t, std::uint64_t> counts;
    for (const engine::MinuteRun& run : type.minutes)
      counts[floor_to(run.minute * kMinuteMs, period_ms_)] += run.rows;
    put_periods(counts, out);
    out.first = from_epoch_ms(type.minutes.front().minute * kMinuteMs);
    out.last = from_epoch_ms(type.minutes.back().minute * kMinuteMs);
  }

  Result<void> count_rows(std::uint32_t type, TypeCount& out) {
    if (!rows_) {
      auto opened = RowReader::open(segment_.state());
      if (!opened) return tl::unexpected(opened.error());
      rows_.emplace(std::move(*opened));
      if (auto done = rows_->load_streams(); !done) return done;
    }
    std::map<std::int64_t, std::uint64_t> counts;
    std::optional<std::uint32_t> example;
    for (const std::uint32_t row : rows_->rows_of(type)) {
      const Time time = from_epoch_ms(rows_->time_ms(row));
      if (options_.window && !options_.window->contains(time)) continue;
      if (!example) {
        example = row;
        out.first = out.last = time;
      }
      out.first = std::min(out.first, time);
      out.last = std::max(out.last, time);
      ++counts[floor_to(rows_->time_ms(row), period_ms_)];
    }
    put_periods(counts, out);
    if (!example || !options_.examples) return {};
    auto message = rows_->message(*example);
    if (!message) return tl::unexpected(message.error());
    out.example = *message;
    return {};
  }

  const Segment& segment_;
  const TypeTableOptions& options_;
  std::int64_t period_ms_;
  std::optional<RowReader> rows_;
  engine::TypeLooks looks_;
};

}  // namespace

std::string_view placeholder(engine::VariableKind kind) {
  switch (kind) {
    case engine::VariableKind::kNumber:
      return "<number>";
    case engine::VariableKind::kIp:
      return "<ip>";
    case engine::VariableKind::kUuid:
      return "<uuid>";
    case engine::VariableKind::kStamp:
      return "<time>";
    case engine::VariableKind::kList:
      return "<list>";
    case engine::VariableKind::kWord:
      return "<word>";
  }
  return "<word>";
}

Result<void> visit_types(const Segment& segment, const TypeTableOptions& options,
                         const std::function<void(const TypeCount&)>& visit) {
  return TypeTable(segment, options).visit(visit);
}

Result<void> visit_values(const Segment& segment, std::uint32_t type, std::size_t variable,
                          const Window* window, const std::function<bool(Time, std::string_view)>& visit) {
  const auto& types = segment.state().directory.types;
  if (type >= types.size() || variable >= types[type].slots)
    return fail(ErrorCode::kNotFound, "the segment has no such type or variable");
  auto rows = RowReader::open(segment.state());
  if (!rows) return tl::unexpected(rows.error());
  if (auto done = rows->load_streams(); !done) return done;
  const auto body = segment.state().body(type);
  if (!body) return tl::unexpected(body.error());
  const auto& ends = (*body)->piece_ends;
  const std::size_t before = ends[variable] - (variable == 0 ? 0 : ends[variable - 1]);
  const std::size_t behind = ends[variable + 1] - ends[variable];
  for (const std::uint32_t row : rows->rows_of(type)) {
    const Time time = from_epoch_ms(rows->time_ms(row));
    if (window && !window->contains(time)) continue;
    const auto text = rows->part(row, variable, variable + 1);
    if (!text) return tl::unexpected(text.error());
    if (!visit(time, text->substr(before, text->size() - before - behind))) break;
  }
  return {};
}

}  // namespace culprit
