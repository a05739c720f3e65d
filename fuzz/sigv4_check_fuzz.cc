// A request with any signature: never a crash, and never accepted by a secret that nobody was told.
#include <cstdlib>

#include "aws_wire/sigv4_check.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  culprit::aws::SigningRequest request;
  std::size_t at = text.find('\n');
  request.query = text.substr(0, at);
  while (at != std::string_view::npos) {
    const auto end = text.find('\n', at + 1);
    const auto line = text.substr(at + 1, end == std::string_view::npos ? end : end - at - 1);
    const auto colon = line.find(':');
    if (colon != std::string_view::npos)
      request.headers.emplace_back(line.substr(0, colon), line.substr(colon + 1));
    at = end;
  }
  const auto signer = culprit::aws::check_signature(
      request, "", culprit::from_epoch_ms(1'795'500'000'000),
      [](std::string_view) { return std::optional<std::string>("secret of nobody"); });
  if (signer) std::abort();
  return 0;
}
