#include "server/http_message.h"

#include <algorithm>

namespace culprit::server {

std::string_view HttpCall::header(std::string_view lower_case_name) const {
  const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; };
  for (const auto& [name, value] : headers)
    if (std::ranges::equal(name, lower_case_name, same)) return value;
  return {};
}

}  // namespace culprit::server
