// CSV tables of metrics: reading, aligning, and ranking what came out, over any window.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "causes/rank_causes.h"
#include "sources/tables/plain_table.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto table = culprit::read_plain_table(text);
  if (!table) return 0;
  for (std::size_t i = 1; i < table->signals.size(); ++i)
    table->calls.push_back({table->signals[i - 1].component, table->signals[i].component});
  table->graph_given = size % 2 == 0;
  const auto aligned = culprit::align_table(*table);
  if (!aligned) return 0;
  culprit::CauseQuestion question;
  const auto& times = aligned->times;
  question.window = {times[times.size() / 2], times.back() + aligned->step};
  question.incident_known = true;
  const auto ranking = culprit::rank_causes(*aligned, question);
  if (!ranking) std::abort();
  for (const auto& cause : ranking->causes)
    if (!(cause.confidence >= 0 && cause.confidence < 1)) std::abort();
  return 0;
}
