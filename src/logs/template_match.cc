#include "logs/template_match.h"

#include "logs/log_bytes.h"

namespace culprit {
namespace {

constexpr std::string_view kWildcard = "<*>";

std::string with_single_spaces(std::string_view message) {
  std::string out;
  out.reserve(message.size());
  for (const char c : message) {
    if (!is_white_space(c)) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::vector<std::string_view> literals_of(std::string_view text) {
  std::vector<std::string_view> literals;
  for (;;) {
    const auto at = text.find(kWildcard);
    literals.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return literals;
    text.remove_prefix(at + kWildcard.size());
  }
}

}  // namespace

std::optional<std::vector<std::string>> template_values(std::string_view text, std::string_view message) {
  const auto plain = with_single_spaces(message);
  std::string_view rest = plain;
  const auto literals = literals_of(text);
  if (literals.size() == 1) {
    if (rest != text) return {};
    return std::vector<std::string>{};
  }
  if (!rest.starts_with(literals.front())) return {};
  rest.remove_prefix(literals.front().size());
  std::vector<std::string> values;
  for (std::size_t i = 1; i + 1 < literals.size(); ++i) {
    const auto at = rest.find(literals[i]);
    if (at == std::string_view::npos) return {};
    values.emplace_back(rest.substr(0, at));
    rest.remove_prefix(at + literals[i].size());
  }
  if (!rest.ends_with(literals.back())) return {};
  rest.remove_suffix(literals.back().size());
  values.emplace_back(rest);
  return values;
}

bool matches_template(std::string_view text, std::string_view message) {
  return template_values(text, message).has_value();
}

}  // namespace culprit
