// A regular expression followed through text byte by byte, its states made as they are met (a lazy DFA: Cox,
// "Regular Expression Matching in the Wild", 2010). Static text moves a state to another always the same way,
// so whoever reads a message in pieces may remember what a piece did; and a variable of which only the kind
// is known moves it to a state that stands for all its texts, by which a log type is decided.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/regex_program.h"

namespace culprit::engine {

// One thread at a time.
class TextAutomaton {
 public:
  using State = std::uint32_t;
  static constexpr State kMatched = 0;  // never left

  explicit TextAutomaton(std::shared_ptr<const RegexProgram> program);

  State start() { return start_; }
  // Where the text before is not known: matches are those that begin later. `word`: whether the byte before
  // is one of a word.
  State fresh(bool word);
  State step(State state, unsigned char byte) {
    const State next = table_[state + classes_[byte]];
    return next != kUnknown ? next : make_next(state, byte);
  }
  State run(State state, std::string_view text) {
    for (const char c : text) state = step(state, static_cast<unsigned char>(c));
    return state;
  }
  // Whether there is a match once the text ends here.
  bool matched_at_end(State state);

  // After any text of one or more of these bytes; kMatched: one of them may lead there.
  State after_any(State state, const ByteSet& bytes);
  // After any text with a byte of each set in turn.
  State after_each(State state, std::span<const ByteSet> bytes);

  // Too many states were met: from then on answers mean nothing.
  bool gave_up() const { return gave_up_; }
  std::size_t states() const { return sets_.size(); }

 private:
  static constexpr State kUnknown = ~State{0};
  enum class Before : std::uint8_t { kBegin, kOther, kWord, kEither };
  // Steps that take a byte or ask, ascending; where a match was met, none.
  struct Set {
    std::vector<std::uint32_t> steps;
    Before before = Before::kOther;
    bool operator==(const Set&) const = default;
  };
  struct SetHash {
    std::size_t operator()(const Set& set) const;
  };
  // A set being made.
  struct Draft {
    std::vector<std::uint32_t> steps;
    std::vector<std::uint32_t> marks;  // by step: the round in which it was added
    std::uint32_t round = 0;
    bool matched = false;
  };

  void find_classes();
  void find_simulation();
  bool simulates(std::uint32_t stronger, std::uint32_t weaker) const;
  void begin(Draft& draft) const;
  void follow(std::uint32_t step, Draft& draft) const;
  void follow_asking(const Set& set, bool may_bound, bool may_be_inside, bool at_end, Draft& draft) const;
  void take(const Set& set, const ByteSet& bytes, bool word, Draft& out);
  State state_of(Draft& draft, Before before);
  State make_next(State state, unsigned char byte);
  const Set& set_of(State state) const { return *sets_[state / width_]; }

  std::shared_ptr<const RegexProgram> program_;
  std::array<std::uint8_t, 256> classes_{};
  std::vector<unsigned char> class_bytes_;  // one of each
  std::uint32_t width_ = 0;                 // classes
  std::vector<State> table_;                // by state + class; states count in steps of width_
  std::unordered_map<Set, State, SetHash> numbers_;
  std::vector<const Set*> sets_;
  std::vector<std::uint8_t> ends_;    // by state / width_: 0 unknown, 1 no match, 2 match
  std::vector<std::uint32_t> first_;  // what follows from the program's start
  bool start_matches_ = false;
  State start_ = 0;
  bool gave_up_ = false;
  std::vector<std::vector<bool>> weaker_;  // [stronger][weaker], empty when not known
  Draft asked_;
  Draft draft_;
};

}  // namespace culprit::engine
