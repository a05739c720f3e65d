// The state file of `culprit watch`.
#include <cstdint>
#include <string_view>

#include "watch/state_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto state = culprit::read_state({reinterpret_cast<const char*>(data), size});
  if (!state) return 0;
  // Numbers of metrics may change in their last digit; everything else reads back as it was.
  auto written = *state;
  written.metrics.clear();
  const auto again = culprit::read_state(culprit::state_text(written));
  if (!again || *again != written) __builtin_trap();
  return 0;
}
