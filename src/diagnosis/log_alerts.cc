#include <fmt/format.h>

#include <cmath>

#include "diagnosis/case_file.h"

namespace culprit {

namespace {

// The largest count in any `per` whole minutes ending inside the window, and the end of the first that is too
// large.
LogAlertFinding evaluate(const LogAlert& alert, CaseFile& file) {
  LogAlertFinding out;
  out.id = alert.id;
  out.title = alert.title;
  const auto per = static_cast<std::size_t>(std::max<std::int64_t>(1, alert.per.count()));
  out.rule = alert.above == 0 ? std::string("any")
                              : fmt::format("> {:g} per {}", alert.above,
                                            per == 1    ? "minute"
                                            : per == 60 ? "hour"
                                                        : fmt::format("{} minutes", per));
  const Signal* signal = file.signal(alert.signal);
  const auto window = file.window_minutes();
  if (signal == nullptr || values(*signal, window).empty()) {
    out.known = false;
    return out;
  }
  for (std::size_t end = window.first; end < window.last; ++end) {
    double sum = 0;
    for (std::size_t i = end + 1 >= per ? end + 1 - per : 0; i <= end; ++i)
      if (!std::isnan(signal->minutes[i])) sum += signal->minutes[i];
    out.worst = std::max(out.worst, sum);
    if (sum > alert.above && !out.first_fired) out.first_fired = file.seen.grid.time(end + 1);
  }
  out.fired = out.first_fired.has_value();
  if (out.worst > 0) out.evidence = file.evidence.of_signal(*signal);
  return out;
}

}  // namespace

void evaluate_log_alerts(CaseFile& file) {
  for (const auto& alert : file.system.log_alerts) file.findings.log_alerts.push_back(evaluate(alert, file));
}

}  // namespace culprit
