#include "logs/pattern_set.h"

#include <algorithm>
#include <map>

#include "logs/literal_set.h"

namespace culprit {

namespace {

using LiteralIds = std::vector<std::uint32_t>;

// What the literals found say about one pattern.
struct Gate {
  std::vector<LiteralIds> all_of;  // at least one of each list was found, or the pattern does not match
  LiteralIds none_of;              // none of them was found, or it does not
  bool decisive = false;           // and nothing else is to be looked at
};

bool is_literal(const Term& term) { return !term.regex; }

// Literals given numbers, each once.
class Numbering {
 public:
  std::uint32_t id(const Needle& needle) {
    const auto [at, added] = ids_.try_emplace(needle, static_cast<std::uint32_t>(literals.size()));
    if (added) literals.push_back({needle.text, needle.ignore_case, true});
    return at->second;
  }
  LiteralIds ids(const std::vector<Needle>& needles) {
    LiteralIds out;
    for (const auto& needle : needles) out.push_back(id(needle));
    return out;
  }
  std::vector<Literal> literals;

 private:
  std::map<Needle, std::uint32_t> ids_;
};

Gate gate_of_literals(const TermsPlan& plan, Numbering& numbering) {
  Gate gate;
  gate.decisive = true;
  for (const auto& term : plan.required) gate.all_of.push_back({numbering.id(term.literal)});
  if (!plan.optional.empty()) {
    gate.all_of.emplace_back();
    for (const auto& term : plan.optional) gate.all_of.back().push_back(numbering.id(term.literal));
  }
  for (const auto& term : plan.excluded) gate.none_of.push_back(numbering.id(term.literal));
  return gate;
}

// The best group alone: what it lets through is verified anyway, and short literals would cost every message.
Gate gate_of(const MessagePattern& pattern, Numbering& numbering) {
  const auto* plan = pattern.terms();
  if (plan != nullptr && std::all_of(plan->required.begin(), plan->required.end(), is_literal) &&
      std::all_of(plan->optional.begin(), plan->optional.end(), is_literal) &&
      std::all_of(plan->excluded.begin(), plan->excluded.end(), is_literal))
    return gate_of_literals(*plan, numbering);
  Gate gate;
  if (const auto* best = pattern.necessary().best()) gate.all_of.push_back(numbering.ids(*best));
  return gate;
}

}  // namespace

struct PatternSet::State {
  std::vector<MessagePattern> patterns;
  std::vector<Gate> gates;
  std::optional<LiteralSet> literals;
  std::vector<std::uint8_t> found;  // per literal, during a match
  LiteralIds found_ids;
  std::vector<std::uint32_t> matched;

  bool is_open(const Gate& gate) const {
    const auto hit = [this](std::uint32_t id) { return found[id] != 0; };
    return std::all_of(gate.all_of.begin(), gate.all_of.end(),
                       [&](const auto& ids) { return std::any_of(ids.begin(), ids.end(), hit); }) &&
           std::none_of(gate.none_of.begin(), gate.none_of.end(), hit);
  }
};

PatternSet::PatternSet() : state_(std::make_unique<State>()) {}
PatternSet::PatternSet(const PatternSet& other) : state_(std::make_unique<State>(*other.state_)) {}
PatternSet& PatternSet::operator=(const PatternSet& other) {
  if (this != &other) state_ = std::make_unique<State>(*other.state_);
  return *this;
}
PatternSet::PatternSet(PatternSet&&) noexcept = default;
PatternSet& PatternSet::operator=(PatternSet&&) noexcept = default;
PatternSet::~PatternSet() = default;

Result<PatternSet> PatternSet::make(std::span<const MessagePattern> patterns) {
  PatternSet out;
  State& state = *out.state_;
  Numbering numbering;
  state.patterns.assign(patterns.begin(), patterns.end());
  for (const auto& pattern : patterns) state.gates.push_back(gate_of(pattern, numbering));
  auto set = LiteralSet::make(numbering.literals);
  if (!set) return tl::unexpected(std::move(set.error()));
  state.literals = std::move(*set);
  state.found.resize(numbering.literals.size());
  return out;
}

std::span<const std::uint32_t> PatternSet::match(std::string_view message) {
  State& state = *state_;
  for (const auto id : state.found_ids) state.found[id] = 0;
  state.found_ids.clear();
  state.literals->find(
      message,
      [](void* context, std::uint32_t literal, std::size_t) {
        auto& s = *static_cast<State*>(context);
        if (s.found[literal] != 0) return;
        s.found[literal] = 1;
        s.found_ids.push_back(literal);
      },
      &state);
  state.matched.clear();
  for (std::uint32_t i = 0; i < state.gates.size(); ++i) {
    const Gate& gate = state.gates[i];
    if (state.is_open(gate) && (gate.decisive || state.patterns[i].matches(message)))
      state.matched.push_back(i);
  }
  return state.matched;
}

std::size_t PatternSet::size() const { return state_->patterns.size(); }

}  // namespace culprit
