#include "sources/aws/environment.h"

#include <strings.h>
#include <unistd.h>

namespace culprit::aws {

Environment Environment::of_process() {
  std::map<std::string, std::string, std::less<>> variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto equals = text.find('=');
    if (equals != std::string_view::npos)
      variables.emplace(std::string(text.substr(0, equals)), std::string(text.substr(equals + 1)));
  }
  return Environment(std::move(variables));
}

std::optional<std::string> Environment::get(std::string_view name) const {
  const auto it = variables_.find(name);
  if (it == variables_.end() || it->second.empty()) return std::nullopt;
  return it->second;
}

bool Environment::is_true(std::string_view name) const {
  const auto value = get(name);
  return value && strcasecmp(value->c_str(), "true") == 0;
}

std::filesystem::path Environment::expand(std::string_view path) const {
  if (path == "~" || path.starts_with("~/"))
    return std::filesystem::path(get("HOME").value_or("/")) / path.substr(path.size() > 1 ? 2 : 1);
  return std::filesystem::path(path);
}

}  // namespace culprit::aws
