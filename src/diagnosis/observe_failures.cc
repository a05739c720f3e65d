#include "diagnosis/observation.h"
#include "logs/failure.h"

namespace culprit {

namespace {

struct FailureSignal {
  Failure failure;
  std::string_view name;
  std::string_view filter;  // a CloudWatch filter pattern that finds (at least) these
};

constexpr FailureSignal kSignals[] = {
    {Failure::kRackTimeout, "rack_timeouts", "\"Rack::Timeout\""},
    {Failure::kActiveStorage, "active_storage_failures", "ActiveStorage"},
    {Failure::kImageProcessing, "image_processing_failures", "?resize_to_fill ?ImageProcessing ?Vips ?MiniMagick"},
    {Failure::kS3, "s3_failures", "\"Aws::S3::Errors\""},
    {Failure::kMemoryKill, "memory_kills", "?OutOfMemory ?\"oom-kill\" ?137"},
    {Failure::kMemoryAllocation, "memory_allocation_failures", "?NoMemoryError ?\"Cannot allocate memory\""},
    {Failure::kQueryCanceled, "query_cancellations", "QueryCanceled"},
    {Failure::kDatabaseConnection, "database_connection_failures", "?ConnectionNotEstablished ?ConnectionBad"},
    {Failure::kRedis, "redis_failures", "Redis"},
    {Failure::kUpstreamTimeout, "upstream_timeouts", "?ReadTimeout ?OpenTimeout ?TimeoutError"},
    {Failure::kError, "errors", "?ERROR ?FATAL"},
};

class FailureObserver : public LogObserver {
 public:
  FailureObserver(Observations& seen, const Component& component) {
    for (const auto& s : kSignals)
      counters_.emplace(s.failure, &seen.counter(component, s.name, s.filter));
  }

  void see(const LogEventView& event) override {
    for (const Failure f : classify_failure(event.message)) counters_.at(f)->add(event.time, event.number);
  }

 private:
  std::map<Failure, EventCounter*> counters_;
};

}  // namespace

std::unique_ptr<LogObserver> observe_failures(Observations& seen, const Component& component) {
  return std::make_unique<FailureObserver>(seen, component);
}

}  // namespace culprit
