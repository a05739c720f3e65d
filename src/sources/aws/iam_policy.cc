#include "sources/aws/iam_policy.h"

#include <fmt/format.h>

#include <algorithm>

namespace culprit::aws {

std::string least_policy(std::vector<std::string> actions) {
  std::ranges::sort(actions);
  actions.erase(std::unique(actions.begin(), actions.end()), actions.end());
  if (actions.empty()) return {};
  std::string list;
  for (const auto& action : actions)
    list += fmt::format("{}        \"{}\"", list.empty() ? "" : ",\n", action);
  return fmt::format(
      "{{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {{\n      \"Effect\": \"Allow\",\n      "
      "\"Action\": [\n{}\n"
      "      ],\n      \"Resource\": \"*\"\n    }}\n  ]\n}}\n",
      list);
}

}  // namespace culprit::aws
