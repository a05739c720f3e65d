#include "insights/discover.h"

#include "insights/value.h"

namespace culprit::insights {

namespace {

constexpr std::size_t kDepthMax = 32;

using Fields = std::vector<std::pair<std::string, std::string>>;

void collect(const std::string& name, const boost::json::value& value, std::size_t depth, Fields& out) {
  if (out.size() >= kDiscoveredMax || depth > kDepthMax) return;
  const auto below = [&](std::string_view part) {
    // A document's own "@name" is told apart from the service's.
    const std::string own =
        name.empty() && part.starts_with('@') ? "@" + std::string(part) : std::string(part);
    return name.empty() ? own : name + "." + own;
  };
  if (const auto* object = value.if_object()) {
    for (const auto& [key, member] : *object) collect(below(key), member, depth + 1, out);
  } else if (const auto* array = value.if_array()) {
    for (std::size_t i = 0; i < array->size(); ++i)
      collect(below(std::to_string(i)), (*array)[i], depth + 1, out);
  } else if (const Value scalar = from_json(value); !is_missing(scalar)) {
    out.emplace_back(name, text_of(scalar));
  }
}

}  // namespace

std::vector<std::pair<std::string, std::string>> discovered_fields(std::string_view message) {
  Fields out;
  const auto first = message.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || (message[first] != '{' && message[first] != '[')) return out;
  boost::json::parse_options options;
  options.max_depth = kDepthMax;
  boost::system::error_code error;
  const auto parsed = boost::json::parse(message, error, {}, options);
  if (!error) collect("", parsed, 0, out);
  return out;
}

}  // namespace culprit::insights
