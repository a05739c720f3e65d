#include "diagnosis/observation.h"
#include "logs/failure.h"

namespace culprit {

namespace {

struct FailureSignal {
  Failure failure;
  std::string_view filter;  // a CloudWatch filter pattern that finds (at least) these
};

constexpr FailureSignal kSignals[] = {
    {Failure::kRackTimeout, "\"Rack::Timeout\""},
    {Failure::kActiveStorage, "ActiveStorage"},
    {Failure::kImageProcessing, "?resize_to_fill ?ImageProcessing ?Vips ?MiniMagick"},
    {Failure::kS3, "\"Aws::S3::Errors\""},
    {Failure::kMemoryKill, "?OutOfMemory ?\"oom-kill\" ?137"},
    {Failure::kMemoryAllocation, "?NoMemoryError ?\"Cannot allocate memory\""},
    {Failure::kQueryCanceled, "QueryCanceled"},
    {Failure::kDatabaseConnection, "?ConnectionNotEstablished ?ConnectionBad"},
    {Failure::kRedis, "Redis"},
    {Failure::kUpstreamTimeout, "?ReadTimeout ?OpenTimeout ?TimeoutError"},
    {Failure::kError, "?ERROR ?FATAL"},
};

class FailureObserver : public LogObserver {
 public:
  FailureObserver(Observations& seen, const Component& component) {
    for (const auto& s : kSignals)
      counters_.emplace(s.failure, &seen.counter(component, to_string(s.failure), s.filter));
  }

  void see(const LogEventView& event) override {
    for (const Failure f : classify_failure(event.message)) counters_.at(f)->add(event.time, event.number);
  }

  Result<void> ask(std::vector<MessagePattern>& patterns) override {
    first_pattern_ = patterns.size();
    for (const auto& literal : failure_literals()) {
      auto pattern = MessagePattern::literal(literal.text, literal.ignore_case);
      if (!pattern) return tl::unexpected(pattern.error());
      patterns.push_back(std::move(*pattern));
    }
    last_pattern_ = patterns.size();
    return {};
  }

  Result<void> see_segment(const SegmentFeed& feed) override {
    TypeRows& rows = *feed.rows;
    std::vector<std::uint32_t> worth_a_look;
    for (std::uint32_t t = 0; t < rows.types(); ++t) {
      auto of_type = suspects(rows, t);
      if (!of_type) return tl::unexpected(of_type.error());
      if (of_type->none()) continue;
      const auto all = rows.rows_of(t);
      of_type->for_each([&](std::size_t rank) { worth_a_look.push_back(all[rank]); });
    }
    if (!std::ranges::is_sorted(worth_a_look)) std::ranges::sort(worth_a_look);
    for (const std::uint32_t row : worth_a_look) {
      if (!feed.wants(row)) continue;
      const auto event = feed.event(row);
      if (!event) return tl::unexpected(event.error());
      see(*event);
    }
    return {};
  }

 private:
  // The type's rows that hold a literal without which there is no failure.
  Result<engine::RowSet> suspects(TypeRows& rows, std::uint32_t type) const {
    engine::RowSet out(rows.rows_of_type(type));
    for (std::size_t p = first_pattern_; p < last_pattern_; ++p) {
      const auto truth = rows.truth(type, p);
      if (!truth) return tl::unexpected(truth.error());
      if (*truth == engine::Truth::kNever) continue;
      if (*truth == engine::Truth::kSurely) return engine::RowSet(rows.rows_of_type(type), true);
      const auto some = rows.matching(type, p);
      if (!some) return tl::unexpected(some.error());
      out |= *some;
    }
    return out;
  }

  std::size_t first_pattern_ = 0, last_pattern_ = 0;
  std::map<Failure, EventCounter*> counters_;
};

}  // namespace

std::unique_ptr<LogObserver> observe_failures(Observations& seen, const Component& component) {
  return std::make_unique<FailureObserver>(seen, component);
}

}  // namespace culprit
