#include "insights/run_query.h"

#include "insights/stage.h"

namespace culprit::insights {

namespace {

constexpr std::size_t kSortedRowsMax = 1'000'000;

// The end of the pipeline.
class Output : public Stage {
 public:
  Output(const Query& query, std::vector<ResultRow>& rows, Running& running)
      : Stage(nullptr), query_(query), rows_(rows), running_(running) {}
  bool take(Row& row) override {
    ResultRow out;
    out.event = row.number();
    std::size_t bytes = sizeof(ResultRow);
    for (const Slot column : query_.columns) {
      const Value& value = row.at(column);
      if (is_missing(value)) continue;
      out.fields.emplace_back(column, text_of(value));
      bytes += out.fields.back().second.size() + 48;
    }
    rows_.push_back(std::move(out));
    return running_.charge(bytes);
  }

 private:
  const Query& query_;
  std::vector<ResultRow>& rows_;
  Running& running_;
};

bool looks_at_all_rows(const Command& command) {
  return !std::holds_alternative<FieldsCommand>(command) && !std::holds_alternative<FilterCommand>(command) &&
         !std::holds_alternative<ParseCommand>(command);
}

// Whether rows that reach a command stand in an order that the query asked for or that a step made.
std::vector<bool> orders_of(const Query& query) {
  std::vector<bool> out;
  bool ordered = false;
  for (const auto& command : query.commands) {
    out.push_back(ordered);
    ordered = ordered || (looks_at_all_rows(command) && !std::holds_alternative<UnnestCommand>(command));
  }
  out.push_back(ordered);
  return out;
}

// How many of the sorted rows are wanted at most: what a limit close behind says.
std::size_t rows_wanted(const Query& query, std::size_t from, std::size_t rows_max) {
  for (std::size_t i = from; i < query.commands.size(); ++i) {
    if (std::holds_alternative<FieldsCommand>(query.commands[i])) continue;
    const auto* limit = std::get_if<LimitCommand>(&query.commands[i]);
    return limit != nullptr && !limit->last ? limit->rows : kSortedRowsMax;
  }
  return rows_max;
}

class PipelineBuilder {
 public:
  PipelineBuilder(const Query& query, Running& running, std::size_t rows_max)
      : query_(query), running_(running), rows_max_(rows_max), ordered_(orders_of(query)) {}

  Next build(std::vector<ResultRow>& rows) {
    Next stage = std::make_unique<Output>(query_, rows, running_);
    stage = ordered_.back() ? first_stage(rows_max_, std::move(stage))
                            : top_stage(running_, {}, rows_max_, std::move(stage));
    const std::size_t first = first_that_looks_at_all();
    if (first == query_.commands.size()) stage = count_stage(running_, std::move(stage));
    for (std::size_t i = query_.commands.size(); i-- > 0;) {
      stage = step(i, std::move(stage));
      if (i == first) stage = count_stage(running_, std::move(stage));
    }
    return stage;
  }

 private:
  std::size_t first_that_looks_at_all() const {
    std::size_t i = 0;
    while (i < query_.commands.size() && !looks_at_all_rows(query_.commands[i])) ++i;
    return i;
  }

  Next step(std::size_t at, Next next) {
    const Command& command = query_.commands[at];
    if (const auto* it = std::get_if<FilterCommand>(&command))
      return filter_stage(running_, *it, std::move(next));
    if (const auto* it = std::get_if<FieldsCommand>(&command))
      return fields_stage(running_, *it, std::move(next));
    if (const auto* it = std::get_if<ParseCommand>(&command))
      return parse_stage(running_, *it, std::move(next));
    if (const auto* it = std::get_if<UnnestCommand>(&command))
      return unnest_stage(running_, *it, std::move(next));
    if (const auto* it = std::get_if<StatsCommand>(&command))
      return stats_stage(running_, *it, std::move(next));
    if (const auto* it = std::get_if<PatternCommand>(&command))
      return pattern_stage(running_, *it, query_.slots, std::move(next));
    if (const auto* it = std::get_if<DedupCommand>(&command))
      return dedup_stage(running_, *it, ordered_[at], std::move(next));
    if (const auto* it = std::get_if<SortCommand>(&command))
      return top_stage(running_, {it->keys}, rows_wanted(query_, at + 1, rows_max_), std::move(next));
    const auto& limit = std::get<LimitCommand>(command);
    if (limit.any) return first_stage(limit.rows, std::move(next));
    if (limit.last) {
      next = last_stage(running_, limit.rows, std::move(next));
      return ordered_[at] ? std::move(next) : top_stage(running_, {}, kSortedRowsMax, std::move(next));
    }
    return ordered_[at] ? first_stage(limit.rows, std::move(next))
                        : top_stage(running_, {}, limit.rows, std::move(next));
  }

  const Query& query_;
  Running& running_;
  const std::size_t rows_max_;
  const std::vector<bool> ordered_;  // before each command, and at the end
};

Window earlier_window(const Window& window, DiffWith how) {
  switch (how) {
    case DiffWith::kPreceding:
      return {window.start - (window.end - window.start), window.start};
    case DiffWith::kDay:
      return {window.start - std::chrono::days{1}, window.end - std::chrono::days{1}};
    case DiffWith::kWeek:
      return {window.start - std::chrono::days{7}, window.end - std::chrono::days{7}};
    default:
      return {window.start - std::chrono::days{30}, window.end - std::chrono::days{30}};
  }
}

std::optional<DiffWith> diff_of(const Query& query) {
  for (const auto& command : query.commands)
    if (const auto* pattern = std::get_if<PatternCommand>(&command); pattern != nullptr && pattern->diff)
      return pattern->diff;
  return std::nullopt;
}

}  // namespace

Result<QueryResult> run_query(const Query& query, const EventSource& source, const RunOptions& options,
                              RunProgress& progress) {
  const FieldMeanings meanings(query.slots, options.account);
  Running running(meanings, options.now, options.memory_bytes_max);
  QueryResult out;
  const auto pipeline = PipelineBuilder(query, running, options.rows_max).build(out.rows);
  const auto needed = needed_pattern(query);
  Row row(meanings);
  std::uint64_t visited = 0;
  const auto visit = [&](const LogEventView& event) {
    if (++visited % 256 == 0) {
      progress.visited = visited;
      if (progress.cancelled) return false;
    }
    row.begin(event);
    return pipeline->take(row);
  };
  const auto scan = [&](const Window& window) -> Result<void> {
    const auto scanned = source.scan(window, needed ? &*needed : nullptr, visit);
    if (!scanned) return tl::unexpected(scanned.error());
    out.scanned.records += scanned->records;
    out.scanned.bytes += scanned->bytes;
    return {};
  };
  if (const auto diff = diff_of(query)) {
    running.earlier = true;
    if (auto scanned = scan(earlier_window(options.window, *diff)); !scanned)
      return tl::unexpected(scanned.error());
    running.earlier = false;
  }
  if (running.failure.empty() && !progress.cancelled)
    if (auto scanned = scan(options.window); !scanned) return tl::unexpected(scanned.error());
  out.cancelled = progress.cancelled;
  if (running.failure.empty() && !out.cancelled) pipeline->finish();
  if (!running.failure.empty()) return fail(ErrorCode::kInput, running.failure);
  out.records_matched = running.matched;
  return out;
}

}  // namespace culprit::insights
