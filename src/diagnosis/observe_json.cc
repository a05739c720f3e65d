#include "diagnosis/latency_minutes.h"
#include "diagnosis/observation.h"
#include "logs/json_line.h"
#include "logs/statement.h"

namespace culprit {

namespace {

constexpr std::string_view kResponses = "{ $.status >= 100 }";  // by the usual name of the field

class JsonObserver : public LogObserver {
 public:
  JsonObserver(Observations& seen, const Component& component)
      : seen_(seen), component_(component), duration_ms_(seen.grid), in_lists_(seen.grid) {
    seen_.counter(component_, "responses", kResponses);
    seen_.counter(component_, "failed_responses", "{ $.status >= 500 }");
  }

  void see(const LogEventView& event) override {
    const auto line = parse_json_line(event.message);
    if (!line) return;
    if (const auto n = in_list_size(line->message).largest; n > 0)
      in_lists_.add(event.time, static_cast<double>(n));
    if (!line->status && !line->duration_ms) return;
    seen_.counter(component_, "responses").add(event.time, event.number);
    if (line->status.value_or(0) >= 500)
      seen_.counter(component_, "failed_responses").add(event.time, event.number);
    if (line->duration_ms) duration_ms_.add(event.time, *line->duration_ms);
  }

  Result<void> finish() override {
    seen_.measure(component_, "response_p95_ms", "ms", duration_ms_.quantiles(0.95), kResponses);
    seen_.measure(component_, "in_list_max", "elements", in_lists_.quantiles(1), "\"IN (\"");
    return {};
  }

 private:
  Observations& seen_;
  const Component& component_;
  LatencyMinutes duration_ms_;
  LatencyMinutes in_lists_;
};

}  // namespace

std::unique_ptr<LogObserver> observe_json(Observations& seen, const Component& component) {
  return std::make_unique<JsonObserver>(seen, component);
}

}  // namespace culprit
