// A segment: up to kSegmentMessageBytes of one log group's events, each encoded as log type + variables,
// lossless to the byte. Immutable once made; self-contained (nothing outside is needed to read it). The form
// is described in docs/formats/segment.md.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"
#include "telemetry/log_event.h"
#include "telemetry/window.h"

namespace culprit {

constexpr std::size_t kSegmentMessageBytes = std::size_t{32} << 20;  // a builder is full from here on

// One event as it enters or leaves a segment; the view is valid only during the call it is passed to.
struct SegmentRow {
  EventNumber number = 0;
  std::uint32_t stream_id = 0;  // of the catalogue that holds the segment
  Time time{};
  Time ingestion{};
  std::string_view message{};
};

// What a catalogue keeps of a segment, so that it can skip it unopened.
struct SegmentSummary {
  std::uint64_t events = 0;
  EventNumber first_number = 0;
  EventNumber last_number = 0;
  Time first_time;  // smallest and largest event time
  Time last_time;
  std::uint64_t message_bytes = 0;
  std::uint64_t segment_bytes = 0;
  bool operator==(const SegmentSummary&) const = default;
};

// Collects rows until they become a segment. One thread at a time; builders share nothing, so that each
// thread can have one. Numbers must ascend; times need not.
class SegmentBuilder {
 public:
  SegmentBuilder();
  SegmentBuilder(SegmentBuilder&&) noexcept;
  SegmentBuilder& operator=(SegmentBuilder&&) noexcept;
  ~SegmentBuilder();

  // Into a builder that is not full(); messages of up to 64 MB. (128 MB or 4 million rows in one segment
  // abort.)
  void add(const SegmentRow& row);
  bool empty() const;
  bool full() const;
  // The segment's bytes; the builder is empty afterwards.
  std::string finish(SegmentSummary& summary);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// A segment opened for reading. All functions may be called from several threads at once. Errors are kDamaged
// (without `where`: the caller knows the file) and name the byte range that is not readable.
class Segment {
 public:
  // Checks header and directory, not yet every block. `owner` keeps `bytes` alive (a mapped file, a string).
  // kDamaged for a form that no builder makes, and for one of a newer version, which the message names.
  static Result<Segment> open(std::string_view bytes, std::shared_ptr<const void> owner);
  Segment(Segment&&) noexcept;
  Segment& operator=(Segment&&) noexcept;
  ~Segment();

  const SegmentSummary& summary() const;

  // Rows in ingestion order, of the window only when one is given; the visitor returns false to stop.
  Result<void> scan(const Window* window, const std::function<bool(const SegmentRow&)>& visit) const;

  // The row with that number; kNotFound when there is none.
  Result<void> row(EventNumber number, const std::function<void(const SegmentRow&)>& visit) const;

  // A reader for row() that keeps what it has decoded: for asking a segment more than once. One thread at a
  // time; the segment must outlive it.
  class Lookup;

  // As scan(), going on over what cannot be read: `lost` is called for each such row, with the damage. An
  // error only when no row at all can be read.
  Result<void> salvage(const std::function<void(const SegmentRow&)>& visit,
                       const std::function<void(const Error&)>& lost) const;

  // Every checksum and every block decoded.
  Result<void> check() const;

  struct State;  // for the engine's own use (engine/segment_state.h)
  const State& state() const { return *state_; }

 private:
  Segment();
  std::shared_ptr<const State> state_;
};

class Segment::Lookup {
 public:
  explicit Lookup(const Segment& segment);
  Lookup(Lookup&&) noexcept;
  Lookup& operator=(Lookup&&) noexcept;
  ~Lookup();
  Result<void> row(EventNumber number, const std::function<void(const SegmentRow&)>& visit);

 private:
  struct Reading;
  const State* state_;
  std::unique_ptr<Reading> reading_;
};

}  // namespace culprit
