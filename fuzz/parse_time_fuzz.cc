// Times as people type them, ISO 8601 times, durations and zone names.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/zone.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static const culprit::Zone zones[] = {culprit::Zone::utc(), *culprit::Zone::find("America/New_York"),
                                        *culprit::Zone::find("Australia/Lord_Howe")};
  for (const auto& zone : zones)
    if (const auto parsed = culprit::parse_time(text, zone, culprit::from_epoch_ms(1755864000000)))
      (void)zone.format(parsed->time);
  (void)culprit::parse_duration(text);
  (void)culprit::Zone::find(text);
  return 0;
}
