// CSV metrics: recognition, and reading in two sizes of blocks, which must agree.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "sources/files/metrics_csv.h"

namespace {
std::size_t points(std::string_view text, std::size_t block_bytes) {
  culprit::MetricsCsvReader reader;
  for (std::size_t i = 0; i < text.size(); i += block_bytes) reader.feed(text.substr(i, block_bytes));
  reader.finish();
  std::size_t count = reader.wrong_lines();
  for (const auto& series : reader.take_series()) count += series.points.size();
  return count;
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)culprit::recognise_csv(text);
  if (points(text, 5) != points(text, size + 1)) std::abort();
  return 0;
}
