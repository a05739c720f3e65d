#include "engine/search_plan.h"

#include <map>

#include "engine/regex_positions.h"

namespace culprit {

namespace {

using Plan = LogSearch::Plan;

// The literals of a regular expression that is nothing but literals with ".*" between them; empty otherwise.
std::vector<std::string> sequence_of(std::string_view pattern) {
  std::vector<std::string> parts(1);
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '.' && i + 1 < pattern.size() && pattern[i + 1] == '*') {
      const char then = i + 2 < pattern.size() ? pattern[i + 2] : '\0';
      if (then == '?' || then == '+' || then == '*' || then == '{') return {};
      ++i;
      if (!parts.back().empty()) parts.emplace_back();
      continue;
    }
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       std::string_view(" _:-/,;#=@\"'<>!%&~`").find(c) != std::string_view::npos;
    if (!plain) return {};
    parts.back() += c;
  }
  if (parts.back().empty()) parts.pop_back();
  return parts;
}

class Planner {
 public:
  explicit Planner(Plan& plan) : plan_(plan) {}

  void add(const MessagePattern& pattern) {
    Plan::PatternPlan out;
    if (const TermsPlan* terms = pattern.terms()) {
      out.is_terms = true;
      any_byte_ = pattern.as_filter() == nullptr;
      for (const Term& t : terms->required) out.required.push_back(term(t));
      for (const Term& t : terms->optional) out.optional.push_back(term(t));
      for (const Term& t : terms->excluded) out.excluded.push_back(term(t));
    } else {
      out.necessary = groups(pattern.necessary());
    }
    plan_.plans.push_back(std::move(out));
  }

 private:
  std::uint32_t needle(const Needle& n) {
    const auto [at, added] = numbers_.try_emplace(n, static_cast<std::uint32_t>(plan_.needles.size()));
    if (added) plan_.needles.emplace_back(n);
    return at->second;
  }
  Plan::Groups groups(const NecessaryLiterals& necessary) {
    Plan::Groups out;
    for (const auto& group : necessary.all_of) {
      std::vector<std::uint32_t> numbers;
      for (const Needle& n : group) numbers.push_back(needle(n));
      if (!numbers.empty()) out.push_back(std::move(numbers));
    }
    return out;
  }
  std::optional<std::uint32_t> program(const TextRegex& regex) {
    if (!regex.over_bytes()) return std::nullopt;
    auto parsed = engine::RegexProgram::parse(regex.pattern());
    if (!parsed) return std::nullopt;
    plan_.programs.push_back(std::make_shared<const engine::RegexProgram>(std::move(*parsed)));
    return static_cast<std::uint32_t>(plan_.programs.size() - 1);
  }
  Plan::TermPlan term(const Term& t) {
    Plan::TermPlan out;
    if (!t.regex) {
      out.needles.push_back(needle(t.literal));
      return out;
    }
    out.kind = Plan::TermKind::kRegex;
    out.regex = &*t.regex;
    out.necessary = groups(t.regex->necessary());
    for (const std::string& part : sequence_of(t.regex->pattern()))
      out.sequence.push_back(needle({part, false}));
    std::vector<engine::NeedlePlan> plans;
    for (const std::string_view alternative : engine::regex_alternatives(t.regex->pattern())) {
      auto plan = engine::NeedlePlan::of_regex(alternative, any_byte_);
      if (!plan) {
        out.program = program(*t.regex);
        return out;
      }
      plans.push_back(std::move(*plan));
    }
    out.kind = Plan::TermKind::kNeedles;
    for (engine::NeedlePlan& p : plans) {
      out.needles.push_back(static_cast<std::uint32_t>(plan_.needles.size()));
      plan_.needles.push_back(std::move(p));
    }
    return out;
  }

  Plan& plan_;
  bool any_byte_ = false;  // regular expressions are over bytes
  std::map<Needle, std::uint32_t> numbers_;
};

}  // namespace

LogSearch::LogSearch(std::vector<MessagePattern> patterns) {
  auto plan = std::make_shared<Plan>();
  plan->patterns = std::move(patterns);
  Planner planner(*plan);
  for (const MessagePattern& p : plan->patterns) planner.add(p);
  plan_ = std::move(plan);
}

const std::vector<MessagePattern>& LogSearch::patterns() const { return plan_->patterns; }

}  // namespace culprit
