#include "engine/text_automaton.h"

#include <algorithm>
#include <map>

namespace culprit::engine {

namespace {

using Kind = RegexProgram::Kind;

constexpr std::size_t kStatesMax = 20'000;
constexpr std::size_t kTableMax = std::size_t{4} << 20;  // entries
constexpr std::size_t kSimulatedStepsMax = 300;

bool is_leaf(Kind kind) { return kind != Kind::kFork; }

}  // namespace

std::size_t TextAutomaton::SetHash::operator()(const Set& set) const {
  std::uint64_t hash = static_cast<std::uint64_t>(set.before) + 0x9e3779b97f4a7c15U;
  for (const std::uint32_t step : set.steps) hash = (hash ^ step) * 0x9e3779b97f4a7c15U;
  return hash ^ hash >> 29;
}

TextAutomaton::TextAutomaton(std::shared_ptr<const RegexProgram> program) : program_(std::move(program)) {
  find_classes();
  find_simulation();
  for (Draft* draft : {&asked_, &draft_}) draft->marks.assign(program_->steps.size(), 0);
  // The state in which everything has matched.
  const auto matched = numbers_.emplace(Set{{}, Before::kEither}, kMatched).first;
  sets_.push_back(&matched->first);
  ends_.push_back(2);
  table_.assign(width_, kMatched);
  begin(draft_);
  follow(program_->start, draft_);
  first_ = draft_.steps;
  start_matches_ = draft_.matched;
  const bool asks = program_->asks_words || program_->asks_begin;
  start_ = state_of(draft_, asks ? Before::kBegin : Before::kOther);
}

// Bytes that no step and no question tells apart share a class.
void TextAutomaton::find_classes() {
  std::map<std::vector<bool>, std::uint8_t> known;
  for (unsigned c = 0; c < 256; ++c) {
    std::vector<bool> sign;
    for (const auto& step : program_->steps)
      if (step.kind == Kind::kBytes) sign.push_back(step.bytes[c]);
    sign.push_back(program_->asks_words && word_bytes()[c]);
    const auto [at, added] = known.try_emplace(std::move(sign), static_cast<std::uint8_t>(known.size()));
    classes_[c] = at->second;
    if (added) class_bytes_.push_back(static_cast<unsigned char>(c));
  }
  width_ = static_cast<std::uint32_t>(class_bytes_.size());
}

// A step is weaker than another if whatever it leads to a match, the other does too: then a set need not keep
// it. So the many places that a counted ".{0,40}" may have reached are one. The largest such relation is what
// is left of "takes no byte that the other does not" when pairs that fail one step further are taken out.
void TextAutomaton::find_simulation() {
  const auto& steps = program_->steps;
  const std::size_t n = steps.size();
  if (n > kSimulatedStepsMax) return;
  std::vector<std::vector<std::uint32_t>> behind(n);  // leaves that follow a leaf
  Draft draft;
  draft.marks.assign(n, 0);
  for (std::size_t s = 0; s < n; ++s) {
    if (!is_leaf(steps[s].kind) || steps[s].kind == Kind::kMatch) continue;
    draft.steps.clear();
    ++draft.round;
    draft.matched = false;
    follow(steps[s].next, draft);
    behind[s] = draft.steps;
    if (draft.matched) behind[s].push_back(0);  // the program's first step is the match
  }
  weaker_.assign(n, std::vector<bool>(n, false));
  for (std::size_t a = 0; a < n; ++a)
    for (std::size_t b = 0; b < n; ++b)
      weaker_[a][b] = is_leaf(steps[a].kind) && steps[a].kind == steps[b].kind &&
                      (steps[a].kind != Kind::kBytes || (steps[b].bytes & ~steps[a].bytes).none());
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t a = 0; a < n; ++a) {
      for (std::size_t b = 0; b < n; ++b) {
        if (a == b || !weaker_[a][b]) continue;
        const bool holds = std::all_of(behind[b].begin(), behind[b].end(), [&](std::uint32_t y) {
          return std::any_of(behind[a].begin(), behind[a].end(),
                             [&](std::uint32_t x) { return weaker_[x][y]; });
        });
        if (!holds) {
          weaker_[a][b] = false;
          changed = true;
        }
      }
    }
  }
}

bool TextAutomaton::simulates(std::uint32_t stronger, std::uint32_t weaker) const {
  // Of two that are worth the same, the first is kept.
  return weaker_[stronger][weaker] && (!weaker_[weaker][stronger] || stronger < weaker);
}

void TextAutomaton::begin(Draft& draft) const {
  draft.steps.clear();
  ++draft.round;
  draft.matched = false;
}

// Adds the step, or where the forks from it lead.
void TextAutomaton::follow(std::uint32_t first, Draft& draft) const {
  std::vector<std::uint32_t> open{first};
  while (!open.empty()) {
    const std::uint32_t at = open.back();
    open.pop_back();
    if (draft.marks[at] == draft.round) continue;
    draft.marks[at] = draft.round;
    const auto& step = program_->steps[at];
    if (step.kind == Kind::kFork) {
      open.push_back(step.next);
      open.push_back(step.other);
    } else if (step.kind == Kind::kMatch) {
      draft.matched = true;
    } else {
      draft.steps.push_back(at);
    }
  }
}

// The set with what lies behind the questions that may be answered yes.
void TextAutomaton::follow_asking(const Set& set, bool may_bound, bool may_be_inside, bool at_end,
                                  Draft& draft) const {
  begin(draft);
  for (const std::uint32_t s : set.steps) follow(s, draft);
  for (std::size_t i = 0; i < draft.steps.size(); ++i) {
    const auto& step = program_->steps[draft.steps[i]];
    const bool yes = (step.kind == Kind::kBegin && set.before == Before::kBegin) ||
                     (step.kind == Kind::kBoundary && may_bound) ||
                     (step.kind == Kind::kInside && may_be_inside) || (step.kind == Kind::kEnd && at_end);
    if (yes) follow(step.next, draft);
  }
}

// Adds to `out` what any of the bytes lead to; `word`: they are all of words, or none is.
void TextAutomaton::take(const Set& set, const ByteSet& bytes, bool word, Draft& out) {
  const bool from_word = set.before == Before::kWord;
  const bool either = set.before == Before::kEither;
  follow_asking(set, either || from_word != word, either || from_word == word, false, asked_);
  out.matched = out.matched || asked_.matched;
  for (const std::uint32_t s : asked_.steps) {
    const auto& step = program_->steps[s];
    if (step.kind == Kind::kBytes && (step.bytes & bytes).any()) follow(step.next, out);
  }
}

TextAutomaton::State TextAutomaton::state_of(Draft& draft, Before before) {
  if (draft.matched || start_matches_) return kMatched;
  Set set;
  set.before = before;
  for (const std::uint32_t s : draft.steps) {
    const bool kept =
        weaker_.empty() || std::none_of(draft.steps.begin(), draft.steps.end(),
                                        [&](auto other) { return other != s && simulates(other, s); });
    if (kept) set.steps.push_back(s);
  }
  std::sort(set.steps.begin(), set.steps.end());
  if (!program_->asks_words && before != Before::kBegin) set.before = Before::kOther;
  if (sets_.size() >= kStatesMax || table_.size() + width_ > kTableMax) {
    gave_up_ = true;
    return kMatched;
  }
  const auto [at, added] = numbers_.emplace(std::move(set), static_cast<State>(table_.size()));
  if (!added) return at->second;
  sets_.push_back(&at->first);
  ends_.push_back(0);
  table_.insert(table_.end(), width_, kUnknown);
  return at->second;
}

TextAutomaton::State TextAutomaton::fresh(bool word) {
  begin(draft_);
  for (const std::uint32_t s : first_) follow(s, draft_);
  return state_of(draft_, word ? Before::kWord : Before::kOther);
}

TextAutomaton::State TextAutomaton::make_next(State state, unsigned char byte) {
  ByteSet bytes;
  bytes.set(byte);
  const bool word = word_bytes()[byte];
  begin(draft_);
  take(set_of(state), bytes, word, draft_);
  for (const std::uint32_t s : first_) follow(s, draft_);
  const State next = state_of(draft_, word ? Before::kWord : Before::kOther);
  table_[state + classes_[byte]] = next;
  return next;
}

bool TextAutomaton::matched_at_end(State state) {
  std::uint8_t& known = ends_[state / width_];
  if (known != 0) return known == 2;
  const Set& set = set_of(state);
  const bool either = set.before == Before::kEither;
  const bool from_word = set.before == Before::kWord;
  follow_asking(set, either || from_word, either || !from_word, true, asked_);
  known = asked_.matched ? 2 : 1;
  return asked_.matched;
}

TextAutomaton::State TextAutomaton::after_each(State state, std::span<const ByteSet> bytes) {
  for (const ByteSet& set : bytes) {
    if (state == kMatched) break;
    const ByteSet words = set & word_bytes();
    const ByteSet others = set & ~word_bytes();
    begin(draft_);
    if (words.any()) take(set_of(state), words, true, draft_);
    if (others.any()) take(set_of(state), others, false, draft_);
    for (const std::uint32_t s : first_) follow(s, draft_);
    const Before before = others.none() ? Before::kWord : words.none() ? Before::kOther : Before::kEither;
    state = state_of(draft_, before);
  }
  return state;
}

TextAutomaton::State TextAutomaton::after_any(State state, const ByteSet& bytes) {
  const std::array<ByteSet, 1> once{bytes};
  // The set of what one byte more leads to is joined to what was reached before, until nothing is new.
  State reached = after_each(state, once);
  while (reached != kMatched) {
    const State further = after_each(reached, once);
    if (further == kMatched) return kMatched;
    begin(draft_);
    for (const State s : {reached, further})
      for (const std::uint32_t step : set_of(s).steps) follow(step, draft_);
    const State joined = state_of(draft_, set_of(reached).before);
    if (joined == reached) break;
    reached = joined;
  }
  return reached;
}

}  // namespace culprit::engine
