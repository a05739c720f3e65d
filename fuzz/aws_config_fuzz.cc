// ~/.aws/config and ~/.aws/credentials.
#include <cstdint>
#include <string_view>

#include "sources/aws/config_files.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static_cast<void>(culprit::aws::parse_ini({reinterpret_cast<const char*>(data), size}, "config"));
  return 0;
}
