#include "logs/text_regex.h"

#include <re2/re2.h>
#include <simdjson.h>

#include "logs/regex_literals.h"

namespace culprit {

namespace {

constexpr std::int64_t kRegexMemoryBytesMax = 16 << 20;
constexpr std::size_t kPatternBytesMax = 64UL * 1024;

Result<std::shared_ptr<const re2::RE2>> compile_as(std::string_view pattern,
                                                   re2::RE2::Options::Encoding encoding) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_dot_nl(true);
  options.set_encoding(encoding);
  options.set_max_mem(kRegexMemoryBytesMax);
  auto regex = std::make_shared<re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
  if (!regex->ok())
    return fail(ErrorCode::kInput, fmt::format("regular expression refused: {}", regex->error()),
                std::string(pattern), "RE2 syntax: https://github.com/google/re2/wiki/Syntax");
  return std::shared_ptr<const re2::RE2>(std::move(regex));
}

}  // namespace

Result<TextRegex> TextRegex::compile(std::string_view pattern, bool characters) {
  if (pattern.size() > kPatternBytesMax)
    return fail(ErrorCode::kInput, fmt::format("regular expression of {} bytes; at most {} are taken",
                                               pattern.size(), kPatternBytesMax));
  auto compiled = std::make_shared<Compiled>();
  auto bytes = compile_as(pattern, re2::RE2::Options::EncodingLatin1);
  if (!bytes) return tl::unexpected(std::move(bytes.error()));
  compiled->bytes = std::move(*bytes);
  const bool differ =
      pattern.find('.') != std::string_view::npos || pattern.find("[^") != std::string_view::npos;
  if (characters && differ) {
    auto utf8 = compile_as(pattern, re2::RE2::Options::EncodingUTF8);
    if (!utf8) return tl::unexpected(std::move(utf8.error()));
    compiled->characters = std::move(*utf8);
  }
  compiled->pattern = pattern;
  compiled->necessary = regex_literals(pattern);
  TextRegex out;
  out.compiled_ = std::move(compiled);
  return out;
}

Result<TextRegex> TextRegex::re2(std::string_view pattern) { return compile(pattern, false); }
Result<TextRegex> TextRegex::of_characters(std::string_view pattern) { return compile(pattern, true); }

bool TextRegex::found_in(std::string_view text) const {
  const bool characters =
      compiled_->characters != nullptr && simdjson::validate_utf8(text.data(), text.size());
  const auto& regex = characters ? *compiled_->characters : *compiled_->bytes;
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), regex);
}

}  // namespace culprit
