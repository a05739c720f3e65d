// JSON answers and error bodies, in both protocols.
#include <cstdint>
#include <string>

#include "sources/aws/answer.h"
#include "sources/aws/protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using culprit::aws::Protocol;
  if (size == 0) return 0;
  culprit::aws::HttpResponse response;
  response.status = data[0] % 2 == 0 ? 200 : 400;
  response.body.assign(reinterpret_cast<const char*>(data) + 1, size - 1);
  for (const auto protocol : {Protocol::kJson, Protocol::kQuery}) {
    const auto answer = culprit::aws::read_answer(protocol, response);
    if (!answer) continue;
    boost::json::value value = *answer;
    culprit::aws::write_times_as_cli(value);
    for (const auto& [key, member] : value.get_object()) static_cast<void>(culprit::aws::time_of(member));
  }
  return 0;
}
