// Redaction takes any bytes.
#include <cstdint>
#include <string_view>

#include "redaction/redactor.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 1 << 14) return 0;
  culprit::Redactor redactor;
  redactor.redact(std::string_view(reinterpret_cast<const char*>(data), size));
  redactor.note();
  return 0;
}
