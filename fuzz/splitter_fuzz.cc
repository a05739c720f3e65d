// Any bytes, in blocks of any size, through detection and splitting: the events must not depend on the
// blocks.
#include <cstdlib>
#include <string>

#include "logs/format.h"

namespace {

std::string split(culprit::LogFormat format, std::string_view text, std::size_t block) {
  std::string out;
  const auto splitter = culprit::make_splitter(format, culprit::from_epoch_ms(1'755'817'200'000), 256);
  const auto emit = [&](const culprit::SplitEvent& e) {
    out += culprit::format_utc(e.time) + std::to_string(e.first_line) + (e.cut ? "!" : ":");
    out += e.text;
  };
  for (std::size_t at = 0; at < text.size(); at += block) splitter->feed(text.substr(at, block), emit);
  splitter->finish(emit);
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  culprit::detect_format(text);
  const auto format = static_cast<culprit::LogFormat>(data[0] % 8);
  const std::size_t block = 1 + data[1];
  if (split(format, text, text.size() + 1) != split(format, text, block)) std::abort();
  return 0;
}
