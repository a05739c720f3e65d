#include "insights/query_regex.h"

#include <fmt/format.h>
#include <re2/re2.h>
#include <simdjson.h>

#include <algorithm>

#include "logs/regex_literals.h"

namespace culprit::insights {

namespace {

constexpr std::int64_t kMemoryBytesMax = 16 << 20;
constexpr std::size_t kGroupsMax = 100;

std::shared_ptr<re2::RE2> compiled(std::string_view pattern, re2::RE2::Options::Encoding encoding) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_encoding(encoding);
  options.set_max_mem(kMemoryBytesMax);
  return std::make_shared<re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
}

// (?<name>…) becomes a plain group; `names` gets a name for each group that captures.
std::string without_names(std::string_view pattern, std::vector<std::string>& names) {
  std::string out;
  bool in_class = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '\\' && i + 1 < pattern.size()) {
      out += c;
      out += pattern[++i];
      continue;
    }
    if (c == '[') in_class = true;
    if (c == ']') in_class = false;
    out += c;
    if (c != '(' || in_class) continue;
    std::string_view rest = pattern.substr(i + 1);
    if (!rest.starts_with('?')) {
      names.emplace_back();
      continue;
    }
    const std::size_t mark = rest.starts_with("?P<") ? 3 : 2;
    const bool named =
        rest.substr(0, mark).ends_with('<') && rest.size() > mark && rest[mark] != '=' && rest[mark] != '!';
    const auto close = rest.find('>');
    if (!named || close == std::string_view::npos) continue;
    names.emplace_back(rest.substr(mark, close - mark));
    i += close + 1;
  }
  return out;
}

}  // namespace

Result<QueryRegex> QueryRegex::build(std::string pattern, std::string shown, std::vector<std::string> names) {
  QueryRegex out;
  auto characters = compiled(pattern, re2::RE2::Options::EncodingUTF8);
  auto bytes = compiled(pattern, re2::RE2::Options::EncodingLatin1);
  for (const auto& each : {characters, bytes})
    if (!each->ok())
      return fail(ErrorCode::kInput, fmt::format("invalid regular expression: {}", each->error()), shown);
  if (characters->NumberOfCapturingGroups() > static_cast<int>(kGroupsMax))
    return fail(ErrorCode::kInput, fmt::format("a regular expression has more than {} groups", kGroupsMax));
  out.pattern_ = std::move(shown);
  out.names_ = std::move(names);
  out.characters_ = std::move(characters);
  out.bytes_ = std::move(bytes);
  // Literals are told of patterns in ASCII, where both readings look for the same bytes.
  if (std::ranges::all_of(pattern, [](char c) { return static_cast<unsigned char>(c) < 0x80; }))
    out.necessary_ = regex_literals(pattern);
  return out;
}

Result<QueryRegex> QueryRegex::compile(std::string_view pattern) {
  std::vector<std::string> names;
  std::string plain = without_names(pattern, names);
  auto out = build(std::move(plain), std::string(pattern), std::move(names));
  if (out && out->names_.size() != static_cast<std::size_t>(out->characters_->NumberOfCapturingGroups()))
    return fail(ErrorCode::kInput, "the groups of a regular expression cannot be told apart",
                std::string(pattern));
  return out;
}

Result<QueryRegex> QueryRegex::glob(std::string_view pattern) {
  const std::string shown(pattern);
  std::string regex = "(?s)";
  std::vector<std::string> names;
  while (!pattern.empty()) {
    const auto star = std::min(pattern.find('*'), pattern.size());
    const std::string_view fixed = pattern.substr(0, star);
    regex += re2::RE2::QuoteMeta(re2::StringPiece(fixed.data(), fixed.size()));
    if (star < pattern.size()) {
      names.emplace_back();
      regex += star + 1 == pattern.size() ? "(.*)$" : "(.*?)";
    }
    pattern.remove_prefix(std::min(star + 1, pattern.size()));
  }
  return build(std::move(regex), shown, std::move(names));
}

const re2::RE2& QueryRegex::for_text(std::string_view text) const {
  return simdjson::validate_utf8(text.data(), text.size()) ? *characters_ : *bytes_;
}

bool QueryRegex::found_in(std::string_view text) const {
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), for_text(text));
}

bool QueryRegex::groups_in(std::string_view text, std::vector<std::string_view>& groups) const {
  std::vector<re2::StringPiece> found(names_.size() + 1);
  const re2::StringPiece whole(text.data(), text.size());
  if (!for_text(text).Match(whole, 0, text.size(), re2::RE2::UNANCHORED, found.data(),
                            static_cast<int>(found.size())))
    return false;
  groups.clear();
  for (std::size_t i = 1; i < found.size(); ++i)
    groups.push_back(found[i].data() == nullptr ? std::string_view()
                                                : std::string_view(found[i].data(), found[i].size()));
  return true;
}

std::string QueryRegex::replace_all(std::string_view text, std::string_view with) const {
  std::string out(text);
  re2::RE2::GlobalReplace(&out, for_text(text), re2::StringPiece(with.data(), with.size()));
  return out;
}

}  // namespace culprit::insights
