// A frame of the write-ahead log: any bytes decode to a batch that encodes to an equal one, or are refused.
#include <cstdint>
#include <cstdlib>

#include "store/event_batch.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto batch = culprit::decode_batch({reinterpret_cast<const char*>(data), size});
  if (!batch) return 0;
  const auto again = culprit::decode_batch(culprit::encode(*batch));
  if (!again || again->rows.size() != batch->rows.size() || again->bytes != batch->bytes) std::abort();
  return 0;
}
