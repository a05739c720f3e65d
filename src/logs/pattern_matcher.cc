#include "logs/pattern_matcher.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

#include "logs/literal_set.h"

namespace culprit {

namespace {

constexpr std::int64_t kRegexMemoryMax = 32 << 20;

struct Pattern {
  bool always = false;  // no literal to wait for
  std::vector<std::shared_ptr<const re2::RE2>> regexes;
};

Result<std::shared_ptr<const re2::RE2>> compile(const std::string& text) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_dot_nl(true);
  options.set_encoding(
      re2::RE2::Options::EncodingLatin1);  // bytes, so that invalid UTF-8 is text like any other
  options.set_max_mem(kRegexMemoryMax);
  auto regex = std::make_shared<re2::RE2>(text, options);
  if (!regex->ok())
    return fail(ErrorCode::kInput, fmt::format("regular expression refused: {}", regex->error()), text,
                "RE2 syntax: https://github.com/google/re2/wiki/Syntax");
  return std::shared_ptr<const re2::RE2>(std::move(regex));
}

}  // namespace

struct PatternMatcher::State {
  std::vector<Pattern> patterns;
  std::vector<std::uint32_t> of_literal;  // literal → pattern
  std::vector<std::uint32_t> always;
  std::optional<LiteralSet> literals;
  std::vector<std::uint8_t> hit;  // per pattern, during a match
  std::vector<std::uint32_t> candidates;
  std::vector<std::uint32_t> matched;
};

PatternMatcher::PatternMatcher() : state_(std::make_unique<State>()) {}
PatternMatcher::PatternMatcher(const PatternMatcher& other)
    : state_(std::make_unique<State>(*other.state_)) {}
PatternMatcher& PatternMatcher::operator=(const PatternMatcher& other) {
  if (this != &other) state_ = std::make_unique<State>(*other.state_);
  return *this;
}
PatternMatcher::PatternMatcher(PatternMatcher&&) noexcept = default;
PatternMatcher& PatternMatcher::operator=(PatternMatcher&&) noexcept = default;
PatternMatcher::~PatternMatcher() = default;

Result<PatternMatcher> PatternMatcher::make(std::span<const PatternSpec> patterns) {
  PatternMatcher out;
  State& state = *out.state_;
  std::vector<Literal> literals;
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    const auto index = static_cast<std::uint32_t>(i);
    Pattern pattern;
    pattern.always = patterns[i].any_of.empty();
    for (const auto& text : patterns[i].all_regex) {
      auto regex = compile(text);
      if (!regex) return tl::unexpected(std::move(regex.error()));
      pattern.regexes.push_back(std::move(*regex));
    }
    if (pattern.always) state.always.push_back(index);
    for (const auto& text : patterns[i].any_of) {
      literals.push_back({text, patterns[i].ignore_case, true});
      state.of_literal.push_back(index);
    }
    state.patterns.push_back(std::move(pattern));
  }
  auto set = LiteralSet::make(literals);
  if (!set) return tl::unexpected(std::move(set.error()));
  state.literals = std::move(*set);
  state.hit.resize(patterns.size());
  return out;
}

std::span<const std::uint32_t> PatternMatcher::match(std::string_view event) {
  State& state = *state_;
  state.candidates = state.always;
  state.literals->find(
      event,
      [](void* context, std::uint32_t literal, std::size_t) {
        auto& s = *static_cast<State*>(context);
        const auto pattern = s.of_literal[literal];
        if (s.hit[pattern] != 0) return;
        s.hit[pattern] = 1;
        s.candidates.push_back(pattern);
      },
      &state);
  state.matched.clear();
  for (const auto pattern : state.candidates) {
    state.hit[pattern] = 0;
    const auto& regexes = state.patterns[pattern].regexes;
    const re2::StringPiece piece(event.data(), event.size());
    if (std::all_of(regexes.begin(), regexes.end(),
                    [&](const auto& regex) { return re2::RE2::PartialMatch(piece, *regex); }))
      state.matched.push_back(pattern);
  }
  std::sort(state.matched.begin(), state.matched.end());
  return state.matched;
}

std::size_t PatternMatcher::size() const { return state_->patterns.size(); }

}  // namespace culprit
