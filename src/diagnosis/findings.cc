#include "diagnosis/findings.h"

namespace culprit {

EvidenceRef EvidenceBook::add(Evidence evidence) {
  evidence.id = static_cast<int>(all_.size()) + 1;
  all_.push_back(std::move(evidence));
  return EvidenceRef(static_cast<int>(all_.size()));
}

Claim::Claim(std::string text, EvidenceRef first, std::vector<EvidenceRef> more)
    : text_(std::move(text)), evidence_{first} {
  evidence_.insert(evidence_.end(), more.begin(), more.end());
}

std::string_view to_string(Verdict v) {
  switch (v) {
    case Verdict::kIncident:
      return "incident";
    case Verdict::kNoIncident:
      return "no-incident";
    case Verdict::kCannotTell:
      return "cannot-tell";
  }
  return "cannot-tell";
}

std::string_view to_string(Health h) {
  switch (h) {
    case Health::kHealthy:
      return "healthy";
    case Health::kDegraded:
      return "degraded";
    case Health::kDown:
      return "down";
    case Health::kUnknown:
      return "unknown";
  }
  return "unknown";
}

std::string_view to_string(MetricStatus s) {
  switch (s) {
    case MetricStatus::kNormal:
      return "normal";
    case MetricStatus::kElevated:
      return "elevated";
    case MetricStatus::kHigh:
      return "high";
    case MetricStatus::kNoData:
      return "no-data";
  }
  return "no-data";
}

std::string_view to_string(CauseRole r) {
  switch (r) {
    case CauseRole::kPrimary:
      return "primary";
    case CauseRole::kSecondary:
      return "secondary";
    case CauseRole::kContributing:
      return "contributing";
    case CauseRole::kNone:
      return "none";
  }
  return "none";
}

std::string_view to_string(EvidenceKind k) {
  switch (k) {
    case EvidenceKind::kLog:
      return "log";
    case EvidenceKind::kMetric:
      return "metric";
    case EvidenceKind::kState:
      return "state";
    case EvidenceKind::kChange:
      return "change";
    case EvidenceKind::kGap:
      return "gap";
  }
  return "gap";
}

std::string_view to_string(TimelineEntry::Kind k) {
  switch (k) {
    case TimelineEntry::Kind::kChange:
      return "change";
    case TimelineEntry::Kind::kOnset:
      return "onset";
    case TimelineEntry::Kind::kSymptom:
      return "symptom";
    case TimelineEntry::Kind::kPeak:
      return "peak";
    case TimelineEntry::Kind::kRecovery:
      return "recovery";
    case TimelineEntry::Kind::kState:
      return "state";
  }
  return "symptom";
}

}  // namespace culprit
