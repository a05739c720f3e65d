#include "sources/aws/iam_policy.h"

#include <fmt/format.h>

#include <algorithm>

namespace culprit::aws {

std::string least_policy(std::vector<std::string> actions) {
  std::ranges::sort(actions);
  const auto repeated = std::ranges::unique(actions);
  actions.erase(repeated.begin(), repeated.end());
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
