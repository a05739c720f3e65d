// Rails requests: a line leads to at most one, and all leave at the end.
#include <string>

#include "logs/rails.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  culprit::RailsAssembler assembler;
  std::uint64_t requests = 0, number = 0;
  const auto emit = [&](const culprit::RailsRequest&) { ++requests; };
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    ++number;
    assembler.feed(number, culprit::from_epoch_ms(static_cast<std::int64_t>(number)),
                   text.substr(at, end - at), emit);
    at = end + 1;
  }
  assembler.feed(++number, culprit::Time{}, text, emit);
  assembler.finish(emit);
  if (requests > number + 8) __builtin_trap();  // the whole text as one event counts up to eight lines
  return 0;
}
