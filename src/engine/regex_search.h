// A regular expression asked of log types and of their rows by the automaton, without messages being written
// out: static text moves a state as it did before, and only variables are followed.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/error.h"
#include "engine/row_set.h"
#include "engine/segment_state.h"
#include "engine/text_automaton.h"
#include "engine/type_shape.h"

namespace culprit::engine {

// An expression's automaton and what it remembers from type to type. One thread at a time.
class RegexSearch {
 public:
  explicit RegexSearch(std::shared_ptr<const RegexProgram> program) : automaton_(std::move(program)) {}

  // From the shape alone.
  Truth decide(const TypeShape& shape);

  TextAutomaton& automaton() { return automaton_; }

 private:
  TextAutomaton::State after(TextAutomaton::State state, const TypeShape::Variable& variable);
  bool in_a_run(const TypeShape& shape);

  TextAutomaton automaton_;
  std::unordered_map<std::uint64_t, TextAutomaton::State> after_;
};

// The rows of one type asked one after another.
class RegexRows {
 public:
  using State = TextAutomaton::State;
  // What a uuid did to a state, by its number in the segment.
  using UuidMoves = std::vector<std::pair<State, State>>;

  RegexRows(RegexSearch& search, RowReader& rows, std::uint32_t type, const TypeShape& shape,
            UuidMoves& uuid_moves);

  // Takes those that do not match out of the candidates. False when the automaton gave up: nothing is known.
  Result<bool> keep_matching(RowSet& candidates);

 private:
  struct Column {
    bool loaded = false;
    const SlotColumns* values = nullptr;
    std::vector<std::pair<State, State>> entries;  // what a dictionary's entry did
    struct {                                       // what the last stamp did, up to its second
      std::uint16_t form = kAnyForm;
      std::int64_t second_us = 0;
      State from = 0;
      State to = 0;
    } stamp;
  };
  Result<bool> matches(std::uint32_t row_of_type);
  Result<void> load(std::size_t variable);
  State after_run(std::size_t run, State state);
  Result<State> after(std::size_t variable, std::uint32_t row, State state);
  State run_digits(std::uint64_t value, State state);
  State after_number(const SlotColumns& column, std::uint32_t row, State state);
  Result<State> after_uuid(const SlotColumns& column, std::uint32_t row, State state);
  State after_stamp(Column& column, std::uint32_t row, State state);
  State after_list(const SlotColumns& column, std::uint32_t row, State state);
  State after_word(Column& column, std::uint32_t row, State state);

  RegexSearch& search_;
  TextAutomaton& automaton_;
  RowReader& rows_;
  std::uint32_t type_;
  const TypeShape& shape_;
  UuidMoves& uuid_moves_;
  std::vector<std::array<std::pair<State, State>, 4>> run_moves_;
  std::vector<Column> columns_;
  std::span<const std::uint32_t> row_numbers_;  // once a context was asked for
  const UuidValues* uuids_ = nullptr;
  std::uint32_t new_in_row_ = 0;  // uuids first seen in the row being followed
  std::string text_;
};

}  // namespace culprit::engine
