// "Seen before": which remembered incidents this one looks like, and why.
#include <fmt/format.h>

#include <algorithm>

#include "base/digest.h"
#include "diagnosis/case_file.h"
#include "diagnosis/past_case.h"
#include "diagnosis/phrasing.h"

namespace culprit {

namespace {

constexpr std::size_t kCasesTold = 3;

std::vector<LikeCase::Signal> told(const std::vector<SignalAgreement>& signals, const CaseFile& file) {
  std::vector<LikeCase::Signal> out;
  for (const auto& s : signals) {
    const Signal* signal = file.signal(s.name);
    out.push_back({s.name, signal == nullptr ? s.name : name_of(*signal, file.system).many, s.a, s.b});
  }
  return out;
}

LikeCase like_case(const PastCase& past, const IncidentLikeness& likeness, const CaseFile& file) {
  LikeCase out;
  out.id = past.id;
  out.digest = past.digest;
  out.system = past.system;
  out.cause = past.cause;
  out.hypothesis = past.hypothesis;
  out.severity = past.severity;
  out.onset = past.onset;
  out.window = past.window;
  out.same_incident = same_incident(past, file.system.name, file.findings.window);
  out.likeness = likeness.shape.likeness;
  out.same_order = likeness.same_order;
  out.agree = told(likeness.shape.agree, file);
  out.differ = told(likeness.shape.differ, file);
  return out;
}

std::string sentence(const LikeCase& c, const CaseFile& file) {
  const std::string when = file.zone.format_minute(c.onset.value_or(c.window.start)).substr(0, 10);
  if (c.same_incident) return fmt::format("Remembered: the confirmed cause of this incident is {}.", c.cause);
  return fmt::format("Seen before: {}, same shape ({:.2f}); the cause then: {}.", when, c.likeness, c.cause);
}

// This incident's own case first, then the most alike.
bool more_alike(const LikeCase& a, const LikeCase& b) {
  if (a.same_incident != b.same_incident) return a.same_incident;
  if (a.likeness != b.likeness) return a.likeness > b.likeness;
  const double order_a = a.same_order.value_or(0), order_b = b.same_order.value_or(0);
  return order_a != order_b ? order_a > order_b : a.id < b.id;
}

}  // namespace

std::string digest_of(const Memory& memory) {
  std::string text;
  for (const auto& c : memory.cases) text += fmt::format("{} {}\n", c.id, c.digest);
  return to_hex(sha256(text));
}

bool same_incident(const PastCase& a, std::string_view system, const Window& window) {
  return a.system == system && a.window.start < window.end && window.start < a.window.end;
}

void recall_cases(CaseFile& file) {
  const Memory& memory = file.options.memory;
  if (memory.empty()) return;
  auto& f = file.findings;
  auto& seen = f.seen_before.emplace();
  seen.cases = memory.cases.size();
  seen.digest = digest_of(memory);
  seen.unreadable = memory.unreadable;
  if (f.verdict == Verdict::kNoIncident) return;
  for (const auto& past : memory.cases) {
    const auto likeness = compare(f.signature, past.signature);
    seen.nearest = std::max(seen.nearest, likeness.shape.likeness);
    if (!same_shape(likeness) && !same_incident(past, file.system.name, f.window)) continue;
    seen.alike.push_back(like_case(past, likeness, file));
  }
  std::ranges::sort(seen.alike, more_alike);
  if (seen.alike.size() > kCasesTold) seen.alike.resize(kCasesTold);
  for (const auto& c : seen.alike) f.summary.push_back(sentence(c, file));
}

}  // namespace culprit
