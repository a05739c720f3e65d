#include "diagnosis/filter_pattern.h"

#include <fmt/format.h>

#include <algorithm>

namespace culprit {

std::string quoted_term(std::string_view text) {
  const bool plain = !text.empty() && std::ranges::none_of(text, [](char c) {
    return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
  });
  return plain ? fmt::format("\"{}\"", text) : std::string{};
}

std::string endpoint_filter(std::string_view endpoint, bool lograge) {
  const std::size_t hash = endpoint.find('#');
  if (!lograge) return quoted_term(fmt::format("Processing by {} as", endpoint));
  const std::string controller = quoted_term(endpoint.substr(0, hash));
  const std::string action =
      hash == std::string_view::npos ? std::string{} : quoted_term(endpoint.substr(hash + 1));
  if (controller.empty() || action.empty()) return {};
  return fmt::format("{{ $.controller = {} && $.action = {} }}", controller, action);
}

std::string leading_words_filter(std::string_view text) {
  constexpr std::size_t kWordsMax = 3;
  std::size_t end = 0;  // of the words taken
  for (std::size_t words = 0, at = 0; words < kWordsMax && at < text.size(); ++words) {
    std::size_t stop = at;
    const auto is_letter = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    };
    while (stop < text.size() && is_letter(text[stop])) ++stop;
    if (stop == at || (stop < text.size() && text[stop] != ' ')) break;
    end = stop;
    at = stop + 1;
  }
  return quoted_term(text.substr(0, end));
}

}  // namespace culprit
