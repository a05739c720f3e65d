#include "server/page_token.h"

#include <fmt/format.h>

#include <charconv>

#include "base/digest.h"
#include "store/base64.h"

namespace culprit::server {

namespace {
constexpr std::size_t kTokenBytesMax = 4096;
constexpr std::size_t kDigestDigits = 16;
}  // namespace

std::string question_digest(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const auto part : parts) text += fmt::format("{}:{};", part.size(), part);
  return to_hex(sha256(text)).substr(0, kDigestDigits);
}

std::string make_token(std::string_view question, std::initializer_list<std::int64_t> numbers) {
  std::string text(question);
  for (const auto number : numbers) text += fmt::format("/{}", number);
  return to_base64(text);
}

std::optional<std::vector<std::int64_t>> read_token(std::string_view token, std::string_view question,
                                                    std::size_t numbers) {
  if (token.size() > kTokenBytesMax) return std::nullopt;
  const auto decoded = from_base64(token);
  if (!decoded || !decoded->starts_with(question)) return std::nullopt;
  std::string_view text = std::string_view(*decoded).substr(question.size());
  std::vector<std::int64_t> out;
  while (!text.empty()) {
    if (text.front() != '/') return std::nullopt;
    text.remove_prefix(1);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) return std::nullopt;
    out.push_back(number);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  }
  if (out.size() != numbers) return std::nullopt;
  return out;
}

}  // namespace culprit::server
