// Metric math, composite rules and statistics: what users and accounts write into alarms.
#include <cstddef>
#include <cstdint>

#include "alarms/composite_rule.h"
#include "metrics/cloudwatch_statistic.h"
#include "metrics/metric_math.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto rule = culprit::CompositeRule::parse(text))
    static_cast<void>(rule->evaluate([](std::string_view) { return culprit::AlarmState::kOk; }));
  static_cast<void>(culprit::parse_statistic(text));
  if (const auto expression = culprit::MathExpression::parse(text)) {
    culprit::MathContext context;
    context.window = {culprit::from_epoch_ms(0), culprit::from_epoch_ms(600'000)};
    culprit::MathSeries series;
    for (int i = 0; i < 10; i += 3)
      series.points.push_back({context.window.start + std::chrono::minutes(i), static_cast<double>(i)});
    for (const auto& id : expression->ids()) context.values.emplace(id, series);
    context.metric_ids = expression->ids();
    static_cast<void>(expression->evaluate(context));
  }
  return 0;
}
