#include <fmt/format.h>

#include <cmath>

#include "diagnosis/case_file.h"

namespace culprit {

namespace {

std::string searched(const LogPattern& p) {
  std::string out;
  for (const auto& literal : p.any_of) out += (out.empty() ? "" : " or ") + literal;
  for (const auto& regex : p.all_regex) out += (out.empty() ? "/" : " and /") + regex + "/";
  if (p.ignore_case) out += " (any case)";
  return out;
}

double average_before(const Signal& signal, const CaseFile& file) {
  return aggregate(signal, file.baseline_minutes(), Predicate::Aggregate::kAverage).value_or(0);
}

PatternFinding row(const PatternObservation& observed, CaseFile& file) {
  const LogPattern& p = *observed.pattern;
  PatternFinding out;
  out.id = p.id;
  out.component = p.component;
  out.title = p.title;
  out.group = observed.group;
  out.pattern = searched(p);
  out.runbook = p.runbook;
  out.note = p.note;
  out.row = p.row;
  const Signal* signal = file.signal(p.id);
  if (signal == nullptr || !signal->events) return out;
  out.count = signal->events->window_count();
  out.baseline_per_minute = average_before(*signal, file);
  for (std::size_t i = 0; i < signal->minutes.size(); ++i)
    if (!std::isnan(signal->minutes[i]))
      out.per_minute.push_back({file.seen.grid.time(i), signal->minutes[i]});
  if (out.count == 0) return out;
  out.first = signal->events->first().time;
  out.last = signal->events->last().time;
  const auto window = file.window_minutes();
  for (std::size_t i = window.first; i < window.last; ++i) {
    const auto n = signal->events->per_minute()[i];
    if (n <= out.peak_count) continue;
    out.peak_count = n;
    out.peak = file.seen.grid.time(i);
  }
  out.evidence = file.evidence.of_signal(*signal);
  return out;
}

}  // namespace

void tabulate_patterns(CaseFile& file) {
  for (const auto& p : file.seen.patterns) file.findings.patterns.push_back(row(p, file));
}

}  // namespace culprit
