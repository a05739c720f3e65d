// XML answers of the query protocol: the bytes as they are, and a well-formed document built from them, since
// chance bytes hardly ever get past the XML parser to the conversion.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sources/aws/xml_json.h"

namespace {

constexpr std::array<std::string_view, 12> kNames{"DBInstances", "DBInstance", "member",  "Values",
                                                  "Timestamps",  "Port",       "MultiAZ", "Threshold",
                                                  "Date",        "Endpoint",   "Message", "XResult"};

void add_text(std::string& out, std::uint8_t byte) {
  if (byte == '<' || byte == '&' || byte == '>') return;
  out += static_cast<char>(byte);
}

std::string well_formed(const std::uint8_t* data, std::size_t size) {
  std::string out = "<XResponse><XResult>";
  std::vector<std::string_view> open;
  for (std::size_t i = 0; i < size; ++i) {
    if (data[i] < kNames.size()) {
      open.push_back(kNames[data[i]]);
      out.append("<").append(open.back()).append(">");
    } else if (data[i] == 0xff && !open.empty()) {
      out.append("</").append(open.back()).append(">");
      open.pop_back();
    } else {
      add_text(out, data[i]);
    }
  }
  for (; !open.empty(); open.pop_back()) out.append("</").append(open.back()).append(">");
  return out + "</XResult></XResponse>";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view raw(reinterpret_cast<const char*>(data), size);
  const std::string built = well_formed(data, size);
  for (const std::string_view text : {raw, std::string_view(built)}) {
    if (const auto json = culprit::aws::xml_to_json(text)) static_cast<void>(boost::json::serialize(*json));
    static_cast<void>(culprit::aws::parse_xml_error(text));
  }
  return 0;
}
