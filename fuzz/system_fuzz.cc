// System files: any bytes give a system or problems, and what was read reads back to itself.
#include <cstdint>
#include <cstdlib>

#include "system/load_system.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view yaml(reinterpret_cast<const char*>(data), size);
  if (const auto system = culprit::parse_system(yaml, "fuzz.yaml")) {
    const auto again = culprit::parse_system(system->source_text, "again.yaml");
    if (!again || again->source_text != system->source_text) std::abort();
    culprit::system_as_json(*system);
  } else if (system.error().what.empty()) {
    std::abort();
  }
  return 0;
}
