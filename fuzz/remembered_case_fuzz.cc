// Files of the memory of incidents: whatever is read can be compared, and reads the same when written again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "conduct/case_document.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto past = culprit::read_case(text);
  if (!past) return 0;
  (void)culprit::compare(past->signature, past->signature);
  const auto written = culprit::write_case(*past);
  const auto again = culprit::read_case(written);
  if (!again && written.size() <= culprit::kCaseBytesMax) std::abort();
  if (again && culprit::write_case(*again) != written) std::abort();
  return 0;
}
