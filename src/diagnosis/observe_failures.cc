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

 private:
  std::map<Failure, EventCounter*> counters_;
};

}  // namespace

std::unique_ptr<LogObserver> observe_failures(Observations& seen, const Component& component) {
  return std::make_unique<FailureObserver>(seen, component);
}

}  // namespace culprit
