// What the lines of a log type say about Sidekiq's jobs, without writing them out.
#pragma once

#include <optional>
#include <string>

#include "diagnosis/segment_feed.h"
#include "logs/sidekiq.h"

namespace culprit {

// As RailsType, of JSON lines.
class SidekiqType {
 public:
  // nullopt: its messages have to be written out.
  static Result<std::optional<SidekiqType>> of(TypeRows& rows, std::uint32_t type);

  // Its rows neither begin nor end a job, nor tell how long one waited.
  bool says_nothing() const { return says_nothing_; }
  // As parse_sidekiq() of the row's message: event, teller, class and times only; valid until the next call.
  const SidekiqEntry& entry(std::uint64_t rank);

 private:
  class Maker;
  SidekiqEntry entry_;
  bool says_nothing_ = false;
  bool class_varies_ = false;
  TypeText class_;
  std::optional<TypeNumber> elapsed_, latency_;  // those that differ
  std::string scratch_;
};

}  // namespace culprit
