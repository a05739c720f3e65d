// Evidence, and claims that cannot exist without it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "telemetry/log_event.h"
#include "telemetry/metric.h"
#include "telemetry/window.h"

namespace culprit {

enum class EvidenceKind { kLog, kMetric, kState, kChange, kGap };

// A log line as shown: the first lines of the event, cut at a stated length.
struct Excerpt {
  EventNumber number = 0;  // position in the store: `culprit explain CAPSULE event:NUMBER`
  Time time;
  std::string stream;
  std::string text;  // valid UTF-8 (invalid bytes shown as \xNN)
  bool cut = false;
};

// Where a claim can be checked. Made by EvidenceBook only.
struct Evidence {
  int id = 0;  // 1, 2 …: shown as "E1"
  EvidenceKind kind = EvidenceKind::kLog;
  std::string title;      // "38 statement time-outs in …/postgresql"
  std::string component;  // or empty
  std::string source;     // log group, metric identity, resource id
  std::optional<Window> window;
  std::uint64_t count = 0;        // events or datapoints behind it
  std::vector<Excerpt> excerpts;  // kLog: first, peak, last …: a sample
  std::vector<Datapoint> points;  // kMetric: the datapoints that carry the claim
  std::string statistic;          // kMetric
  std::string unit;               // kMetric
  std::string document;           // kState, kChange: the part of the answer that shows it, as JSON text
  std::string aws_command;        // shows it on the live system
  std::string culprit_command;    // shows it from the capsule
};

class EvidenceBook;

// A reference to a piece of evidence; only a book can make one.
class EvidenceRef {
 public:
  int id() const { return id_; }
  auto operator<=>(const EvidenceRef&) const = default;

 private:
  friend class EvidenceBook;
  explicit EvidenceRef(int id) : id_(id) {}
  int id_;
};

class EvidenceBook {
 public:
  EvidenceRef add(Evidence evidence);  // gives it the next id
  const std::vector<Evidence>& all() const { return all_; }
  const Evidence& get(EvidenceRef ref) const { return all_[static_cast<std::size_t>(ref.id()) - 1]; }
  Evidence& edit(int id) { return all_[static_cast<std::size_t>(id) - 1]; }  // redaction only

 private:
  std::vector<Evidence> all_;
};

// A statement of the report. There is no constructor without evidence.
class Claim {
 public:
  Claim(std::string text, EvidenceRef evidence) : text_(std::move(text)), evidence_{evidence} {}
  Claim(std::string text, EvidenceRef first, std::vector<EvidenceRef> more);

  const std::string& text() const { return text_; }
  const std::vector<EvidenceRef>& evidence() const { return evidence_; }
  void rewrite(std::string text) { text_ = std::move(text); }  // redaction only

 private:
  std::string text_;
  std::vector<EvidenceRef> evidence_;  // never empty
};

}  // namespace culprit
