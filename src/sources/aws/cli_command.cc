#include "sources/aws/cli_command.h"

#include <fmt/format.h>

#include <array>

namespace culprit::aws {

namespace {

bool upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool digit(char c) { return c >= '0' && c <= '9'; }

bool is_page_token(std::string_view name) {
  return name == "nextToken" || name == "NextToken" || name == "Marker";
}

std::string text_of(const boost::json::value& value) {
  if (value.is_string()) return shell_quoted(std::string_view(value.get_string()));
  if (value.is_structured()) return shell_quoted(boost::json::serialize(value));
  return boost::json::serialize(value);
}

// JSON times are epoch seconds on the wire; the CLI takes them so too.
std::string argument(const boost::json::value& value) {
  const auto* list = value.if_array();
  if (list == nullptr) return text_of(value);
  std::string out;
  for (const auto& item : *list) {
    if (item.is_structured()) return text_of(value);
    if (!out.empty()) out += ' ';
    out += text_of(item);
  }
  return out;
}

}  // namespace

std::string kebab_case(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool after_small = i > 0 && (is_lower(name[i - 1]) || digit(name[i - 1]));
    const bool starts_word = i > 0 && upper(name[i - 1]) && i + 1 < name.size() && is_lower(name[i + 1]);
    if (upper(c) && (after_small || starts_word)) out += '-';
    out += upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

std::string shell_quoted(std::string_view text) {
  const auto plain = [](char c) {
    return upper(c) || is_lower(c) || digit(c) ||
           std::string_view("-_./:=,@%+").find(c) != std::string_view::npos;
  };
  if (!text.empty() && std::ranges::all_of(text, plain)) return std::string(text);
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'')
      out += "'\\''";
    else
      out += c;
  }
  return out + "'";
}

std::string cli_command(Service service, std::string_view operation, const boost::json::object& parameters,
                        std::string_view flags) {
  std::string out = fmt::format("aws {} {}", info(service).cli, kebab_case(operation));
  for (const auto& [key, value] : parameters)
    if (!is_page_token(key)) out += fmt::format(" --{} {}", kebab_case(key), argument(value));
  out += flags;
  return out;
}

}  // namespace culprit::aws
