#include "conduct/recurrence.h"

#include <algorithm>

namespace culprit {

namespace {

std::string primary_cause(const Findings& findings) {
  for (const auto& h : findings.hypotheses)
    if (h.role == CauseRole::kPrimary) return h.cause;
  return {};
}

bool same_words(std::string_view a, std::string_view b) {
  return !a.empty() && std::ranges::equal(a, b, [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
  });
}

}  // namespace

RecurrenceCheck check_recurrence(const Findings& findings, std::string_view confirmed, Time since,
                                 const std::vector<LaterIncident>& later) {
  RecurrenceCheck out{primary_cause(findings), std::string(confirmed), 0, {}};
  for (const auto& one : later) {
    if (one.time <= since) continue;
    ++out.looked_at;
    Again again{one, false, false, std::nullopt};
    again.same_cause = same_words(out.cause, one.cause) || same_words(confirmed, one.confirmed);
    if (one.signature && !one.signature->signals.empty() && !findings.signature.signals.empty()) {
      const auto likeness = compare(findings.signature, *one.signature);
      again.likeness = likeness.shape.likeness;
      again.same_shape = same_shape(likeness);
    }
    if (again.same_cause || again.same_shape) out.again.push_back(std::move(again));
  }
  std::ranges::stable_sort(out.again, {}, [](const Again& a) { return a.incident.time; });
  return out;
}

}  // namespace culprit
