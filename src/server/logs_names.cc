#include "server/logs_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace culprit::server {

namespace {

constexpr std::size_t kNameMax = 512;
constexpr std::size_t kPatternMax = 1024;

// `valid` is what the service's regular expression says.
std::string checked(std::string name, std::string_view parameter, bool valid, std::string_view expression) {
  if (name.size() > kNameMax)
    throw constraint_fault("InvalidParameterException", name.substr(0, 600), std::string(parameter),
                           "Member must have length less than or equal to 512");
  if (!valid)
    throw constraint_fault("InvalidParameterException", name, std::string(parameter),
                           fmt::format("Member must satisfy regular expression pattern: {}", expression));
  return name;
}

}  // namespace

std::string need_group_name(const Parameters& p) {
  std::string name = p.need_text("logGroupName");
  const bool valid = std::ranges::all_of(name, [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("_-/.#").find(static_cast<char>(c)) != std::string_view::npos;
  });
  return checked(std::move(name), "logGroupName", valid, "[\\.\\-_/#A-Za-z0-9]+");
}

std::string need_stream_name(const Parameters& p) {
  std::string name = p.need_text("logStreamName");
  const bool valid = name.find_first_of(":*") == std::string::npos;
  return checked(std::move(name), "logStreamName", valid, "[^:*]*");
}

std::string need_filter_name(const Parameters& p) {
  std::string name = p.need_text("filterName");
  const bool valid = name.find_first_of(":*") == std::string::npos;
  return checked(std::move(name), "filterName", valid, "[^:*]*");
}

std::string short_text(const Parameters& p, std::string_view name, std::size_t characters_max) {
  std::string text = p.text_or(name, "");
  if (text.size() > characters_max)
    throw constraint_fault("InvalidParameterException", text.substr(0, 40) + "…", std::string(name),
                           fmt::format("Member must have length less than or equal to {}", characters_max));
  return text;
}

std::string need_filter_pattern(const Parameters& p) {
  if (!p.has("filterPattern")) p.missing("filterPattern");
  return short_text(p, "filterPattern", kPatternMax);
}

}  // namespace culprit::server
