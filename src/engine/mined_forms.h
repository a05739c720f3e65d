// Templates mined from segments: rows that look alike share a masked form, so that the miner is asked once
// for thousands of messages. The answers are those of giving it every message.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "base/error.h"
#include "engine/search.h"
#include "engine/segment.h"
#include "logs/template_histogram.h"
#include "logs/template_miner.h"
#include "telemetry/window.h"

namespace culprit {

struct MinedForms {
  TemplateMiner miner;
  TemplateHistogram histogram;  // by the miner's forms
  std::uint64_t events = 0;
};

// What is mined of a message: its first line.
std::string_view mined_line(std::string_view message);

// Over many segments, in their order, on `threads` threads (0: one a core). `open` gives the i-th segment,
// and is called from these threads.
Result<MinedForms> mine_segments(std::size_t segments, const OpenSegment& open, const Window* window,
                                 unsigned threads = 0);

// The messages whose forms are wanted, in ingestion order; only these are written out. `miner` should know
// the segment's forms. The visitor returns false to stop, and so does this.
using WantedForm = std::function<bool(TemplateMiner::FormNumber)>;
using VisitFormRow = std::function<bool(TemplateMiner::FormNumber, const SegmentRow&)>;
Result<bool> visit_form_rows(const Segment& segment, const Window* window, TemplateMiner& miner,
                             const WantedForm& wanted, const VisitFormRow& visit);

}  // namespace culprit
