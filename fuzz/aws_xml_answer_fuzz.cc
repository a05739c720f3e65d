// XML answers of the query protocol.
#include <cstdint>
#include <string_view>

#include "sources/aws/xml_json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto json = culprit::aws::xml_to_json(text)) static_cast<void>(boost::json::serialize(*json));
  static_cast<void>(culprit::aws::parse_xml_error(text));
  return 0;
}
