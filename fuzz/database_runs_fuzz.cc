// Recordings of a database as tables, and the regions beside them.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "metrics/disturbed_rows.h"
#include "sources/tables/dbsherlock_table.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)culprit::read_dbsherlock_regions(text);
  const auto run = culprit::read_dbsherlock_run(text);
  if (!run || (*run)[0].values.size() > 500) return 0;
  const auto found = culprit::find_disturbed_rows(*run, 2);
  const auto besides = culprit::rows_besides(found, 2, (*run)[0].values.size());
  const auto signature = culprit::signature_of(*run, found, besides);
  (void)culprit::compare_signatures(signature, signature);
  return 0;
}
