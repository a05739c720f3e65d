#include "logs/filter_pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "logs/filter_fields.h"
#include "logs/filter_json.h"
#include "logs/filter_scanner.h"
#include "logs/json_fields.h"

namespace culprit {

namespace {

constexpr std::size_t kCharactersMax = 1024;  // FilterLogEvents, filterPattern

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

tl::unexpected<Error> unclosed(char open, char close, std::string_view pattern) {
  return fail(
      ErrorCode::kInput,
      fmt::format("Invalid filter pattern: If a filter pattern starts with '{}' it must end with '{}'", open,
                  close),
      std::string(pattern), "a text that begins with this character stands in double quotes");
}

}  // namespace

struct FilterPattern::Meaning {
  std::string text;
  std::variant<TermsPlan, JsonExpression, FieldsPlan> plan;
  NecessaryLiterals necessary;
};

Result<FilterPattern> FilterPattern::parse(std::string_view pattern) {
  if (characters(pattern) > kCharactersMax)
    return fail(ErrorCode::kInput,
                fmt::format("1 validation error detected: Value '{}' at 'filterPattern' failed to satisfy "
                            "constraint: Member must have length less than or equal to {}",
                            pattern, kCharactersMax),
                {}, "split the pattern into several");
  auto meaning = std::make_shared<Meaning>();
  meaning->text = pattern;
  const auto body = trimmed(pattern);
  const auto keep = [&](auto parsed) -> std::optional<Error> {
    if (!parsed) return std::move(parsed.error());
    meaning->necessary = parsed->necessary();
    meaning->plan = std::move(*parsed);
    return std::nullopt;
  };
  std::optional<Error> error;
  if (body.starts_with('{')) {
    if (!body.ends_with('}')) return unclosed('{', '}', body);
    error = keep(parse_filter_json(body));
  } else if (body.starts_with('[')) {
    if (!body.ends_with(']')) return unclosed('[', ']', body);
    error = keep(parse_filter_fields(body));
  } else {
    error = keep(parse_filter_terms(pattern));
  }
  if (error) return tl::unexpected(std::move(*error));
  FilterPattern out;
  out.meaning_ = std::move(meaning);
  return out;
}

bool FilterPattern::matches(std::string_view message) const {
  const auto& plan = meaning_->plan;
  if (const auto* terms = std::get_if<TermsPlan>(&plan)) return terms->matches(message);
  if (!meaning_->necessary.allow(message)) return false;
  if (const auto* json = std::get_if<JsonExpression>(&plan))
    return is_json_document(message) && json->holds(message);
  return std::get<FieldsPlan>(plan).matches(message);
}

FilterPattern::Kind FilterPattern::kind() const { return static_cast<Kind>(meaning_->plan.index()); }
const std::string& FilterPattern::text() const { return meaning_->text; }
const TermsPlan* FilterPattern::terms() const { return std::get_if<TermsPlan>(&meaning_->plan); }
const NecessaryLiterals& FilterPattern::necessary() const { return meaning_->necessary; }

std::vector<std::pair<std::string, std::string>> FilterPattern::extract(std::string_view message) const {
  const auto* fields = std::get_if<FieldsPlan>(&meaning_->plan);
  if (fields == nullptr || fields->fields.empty()) return {};
  return fields->extract(message);
}

std::optional<std::string> FilterPattern::value(std::string_view message, std::string_view selector) const {
  if (!matches(message)) return std::nullopt;
  if (kind() == Kind::kFields) {
    for (auto& [name, text] : extract(message))
      if (name == selector) return std::move(text);
    return std::nullopt;
  }
  if (kind() != Kind::kJson) return std::nullopt;
  const auto steps = parse_json_selector(selector);
  if (!steps) return std::nullopt;
  std::optional<std::string> out;
  select_json(message, *steps, [&out](std::string_view raw) {
    if (raw == "null" || raw.starts_with('{') || raw.starts_with('[')) return false;
    out = json_text(raw, raw.size());
    return true;
  });
  return out;
}

}  // namespace culprit
