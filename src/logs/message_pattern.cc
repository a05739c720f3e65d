#include "logs/message_pattern.h"

#include <fmt/format.h>

namespace culprit {

namespace {
constexpr std::size_t kLiteralBytesMax = 64UL * 1024;
}

struct MessagePattern::Meaning {
  std::string text;
  std::optional<FilterPattern> filter;
  TermsPlan terms;  // when there is no filter
  NecessaryLiterals necessary;
};

Result<MessagePattern> MessagePattern::filter(std::string_view pattern) {
  auto filter = FilterPattern::parse(pattern);
  if (!filter) return tl::unexpected(std::move(filter.error()));
  MessagePattern out;
  out.meaning_ = std::make_shared<Meaning>(Meaning{std::string(pattern), *filter, {}, filter->necessary()});
  return out;
}

Result<MessagePattern> MessagePattern::of_terms(std::string_view text, TermsPlan terms) {
  auto necessary = terms.necessary();
  MessagePattern out;
  out.meaning_ = std::make_shared<Meaning>(
      Meaning{std::string(text), std::nullopt, std::move(terms), std::move(necessary)});
  return out;
}

Result<MessagePattern> MessagePattern::literal(std::string_view text, bool ignore_case) {
  if (text.size() > kLiteralBytesMax)
    return fail(ErrorCode::kInput, fmt::format("a text of {} bytes to look for; at most {} are taken",
                                               text.size(), kLiteralBytesMax));
  TermsPlan terms;
  if (!text.empty()) terms.required.push_back(Term{Needle{std::string(text), ignore_case}, std::nullopt});
  return of_terms(text, std::move(terms));
}

Result<MessagePattern> MessagePattern::regex(std::string_view pattern) {
  auto regex = TextRegex::re2(pattern);
  if (!regex) return tl::unexpected(std::move(regex.error()));
  TermsPlan terms;
  terms.required.push_back(Term{{}, std::move(*regex)});
  return of_terms(pattern, std::move(terms));
}

const std::string& MessagePattern::text() const { return meaning_->text; }

bool MessagePattern::matches(std::string_view message) const {
  return meaning_->filter ? meaning_->filter->matches(message) : meaning_->terms.matches(message);
}

const TermsPlan* MessagePattern::terms() const {
  return meaning_->filter ? meaning_->filter->terms() : &meaning_->terms;
}

const NecessaryLiterals& MessagePattern::necessary() const { return meaning_->necessary; }

const FilterPattern* MessagePattern::as_filter() const {
  return meaning_->filter ? &*meaning_->filter : nullptr;
}

}  // namespace culprit
