// Headed tables, tables of pods, and graphs of calls.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "causes/aligned_table.h"
#include "sources/tables/call_list.h"
#include "sources/tables/nezha_table.h"
#include "sources/tables/petshop_table.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  culprit::MetricTable table;
  (void)culprit::add_headed_table(text, table);
  (void)culprit::add_pod_table(text, "pod", table);
  if (auto calls = culprit::read_call_list(text)) table.calls = std::move(*calls);
  (void)culprit::align_table(table);
  return 0;
}
