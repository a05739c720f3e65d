#include "diagnosis/case_file.h"

#include "diagnosis/predicate.h"

namespace culprit {

std::vector<const Signal*> CaseFile::harmed_signals() const {
  std::vector<const Signal*> out;
  for (const auto& rule : system.severity_rules) {
    const bool holds = !rule.all.empty() && std::ranges::all_of(rule.all, [&](const Predicate& p) {
      return decide(p, *this).truth == Truth::kHolds;
    });
    if (!holds) continue;
    for (const auto& p : rule.all)
      if (const Signal* s = signal(p.signal); std::ranges::find(out, s) == out.end()) out.push_back(s);
  }
  return out;
}

}  // namespace culprit
