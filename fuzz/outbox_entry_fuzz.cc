// Messages of the outbox, as files.
#include <cstdint>
#include <string_view>

#include "notify/outbox_entry.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto entry = culprit::read_entry({reinterpret_cast<const char*>(data), size});
  if (!entry) return 0;
  const auto again = culprit::read_entry(culprit::entry_text(*entry));
  if (!again || *again != *entry) __builtin_trap();
  return 0;
}
