// Values of named fields in a message: the members of a JSON message as CloudWatch Logs Insights names them
// ("ctx.class", "list.0.id"), key=value pairs, and what Rails and PostgreSQL lines tell.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData-discoverable-fields.html
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "logs/json_select.h"

namespace culprit {

class MessageFields {
 public:
  explicit MessageFields(std::vector<std::string> names);

  const std::vector<std::string>& names() const { return names_; }

  // One value a name, nullopt where the message has no such field. A JSON value that is no string is given as
  // it is written; null counts as absent.
  std::vector<std::optional<std::string>> of(std::string_view message) const;

 private:
  std::vector<std::string> names_;
  std::vector<JsonSelector> selectors_;
};

}  // namespace culprit
