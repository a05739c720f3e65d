#include "engine/regex_search.h"

#include <algorithm>

#include "engine/digits.h"
#include "engine/stamp_form.h"

namespace culprit::engine {

namespace {

using State = TextAutomaton::State;

constexpr State kNone = ~State{0};

bool in_a_word(char c) { return word_bytes()[static_cast<unsigned char>(c)]; }

ByteSet bytes_of(const TypeShape::Variable& v) {
  ByteSet bytes;
  for (unsigned c = 0; c < 256; ++c) {
    const auto byte = static_cast<unsigned char>(c);
    const bool may =
        v.kind == VariableKind::kWord ? (byte_class(byte) & v.classes) != 0 : may_hold(v.kind, v.form, byte);
    if (may) bytes.set(c);
  }
  return bytes;
}

// The bytes that may stand in each place of a text of the variable; empty when its texts differ in length.
std::vector<ByteSet> places_of(const TypeShape::Variable& v) {
  std::vector<std::string> samples;
  if (v.kind == VariableKind::kUuid) {
    samples.assign(1, "00000000-0000-0000-0000-000000000000");
  } else if (v.kind == VariableKind::kStamp && v.form != kAnyForm) {
    for (const std::int64_t day : {20'000, 20'005, 20'019}) {  // days of one digit and of two
      samples.emplace_back();
      render_stamp(day * 86'400'000'000, v.form, samples.back());
    }
  }
  std::vector<ByteSet> places;
  for (const std::string& sample : samples) {
    if (places.empty()) places.resize(sample.size());
    if (places.size() != sample.size()) return {};
    for (std::size_t i = 0; i < sample.size(); ++i) {
      const char c = sample[i];
      const bool digit = c >= '0' && c <= '9';
      const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      for (unsigned b = 0; b < 256; ++b) {
        const auto byte = static_cast<unsigned char>(b);
        const bool in_digits = byte >= '0' && byte <= '9';
        const bool in_letters = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
        const bool in_hex = v.kind == VariableKind::kUuid && byte >= 'a' && byte <= 'f';
        if (digit ? in_digits || in_hex : letter ? in_letters : byte == static_cast<unsigned char>(c))
          places[i].set(b);
      }
    }
  }
  return places;
}

}  // namespace

State RegexSearch::after(State state, const TypeShape::Variable& v) {
  const std::uint64_t key = std::uint64_t{state} << 32 | static_cast<std::uint64_t>(v.kind) << 24 |
                            std::uint64_t{v.form} << 8 | v.classes;
  const auto [at, added] = after_.try_emplace(key, kNone);
  if (!added) return at->second;
  const auto places = places_of(v);
  const State next =
      places.empty() ? automaton_.after_any(state, bytes_of(v)) : automaton_.after_each(state, places);
  after_[key] = next;
  return next;
}

// Whether every message of the type matches for what stands in one static run.
bool RegexSearch::in_a_run(const TypeShape& shape) {
  for (std::size_t i = 0; i < shape.run_ends.size(); ++i) {
    const std::string_view run = shape.run(i);
    State state = automaton_.start();
    if (i > 0) {
      if (run.empty()) continue;
      state = automaton_.fresh(in_a_word(run.front()));
    }
    state = automaton_.run(state, run.substr(i == 0 ? 0 : 1));
    if (state == TextAutomaton::kMatched) return true;
    if (i + 1 == shape.run_ends.size() && automaton_.matched_at_end(state)) return true;
  }
  return false;
}

Truth RegexSearch::decide(const TypeShape& shape) {
  if (in_a_run(shape)) return automaton_.gave_up() ? Truth::kPerhaps : Truth::kSurely;
  State state = automaton_.start();
  for (std::size_t i = 0; i < shape.run_ends.size() && state != TextAutomaton::kMatched; ++i) {
    state = automaton_.run(state, shape.run(i));
    if (i < shape.variables.size()) state = after(state, shape.variables[i]);
  }
  if (automaton_.gave_up()) return Truth::kPerhaps;
  return automaton_.matched_at_end(state) ? Truth::kPerhaps : Truth::kNever;
}

RegexRows::RegexRows(RegexSearch& search, RowReader& rows, std::uint32_t type, const TypeShape& shape,
                     UuidMoves& uuid_moves)
    : search_(search),
      automaton_(search.automaton()),
      rows_(rows),
      type_(type),
      shape_(shape),
      uuid_moves_(uuid_moves),
      run_moves_(shape.run_ends.size()),
      columns_(shape.variables.size()) {
  for (auto& moves : run_moves_) moves.fill({kNone, kNone});
}

Result<bool> RegexRows::keep_matching(RowSet& candidates) {
  RowSet kept(candidates.rows());
  Result<void> done;
  candidates.for_each([&](std::size_t row) {
    if (!done || automaton_.gave_up()) return;
    const auto matched = matches(static_cast<std::uint32_t>(row));
    if (!matched)
      done = tl::unexpected(matched.error());
    else if (*matched)
      kept.add(row);
  });
  if (!done) return tl::unexpected(done.error());
  if (automaton_.gave_up()) return false;
  candidates = std::move(kept);
  return true;
}

Result<bool> RegexRows::matches(std::uint32_t row) {
  new_in_row_ = 0;
  State state = automaton_.start();
  for (std::size_t i = 0;; ++i) {
    state = after_run(i, state);
    if (state == TextAutomaton::kMatched) return true;
    if (i == shape_.variables.size()) return automaton_.matched_at_end(state);
    const auto next = after(i, row, state);
    if (!next) return tl::unexpected(next.error());
    state = *next;
    if (state == TextAutomaton::kMatched) return true;
  }
}

State RegexRows::after_run(std::size_t run, State state) {
  auto& move = run_moves_[run][(state * 0x9e3779b9U) >> 30];
  if (move.first != state) move = {state, automaton_.run(state, shape_.run(run))};
  return move.second;
}

Result<void> RegexRows::load(std::size_t variable) {
  const auto& v = shape_.variables[variable];
  const auto columns = rows_.columns(type_, v.slot, v.slot + 1);
  if (!columns) return tl::unexpected(columns.error());
  columns_[variable].values = &(*columns)->slot(v.slot);
  columns_[variable].loaded = true;
  const bool stamp = v.kind == VariableKind::kStamp;
  const bool uuid = v.kind == VariableKind::kUuid;
  if (!stamp && !uuid) return {};
  if (auto done = rows_.load_streams(); !done) return done;
  if (auto done = rows_.prepare(stamp, uuid); !done) return done;
  row_numbers_ = rows_.rows_of(type_);
  if (!uuid) return {};
  const auto uuids = rows_.uuids();
  if (!uuids) return tl::unexpected(uuids.error());
  uuids_ = *uuids;
  if (uuid_moves_.empty()) uuid_moves_.assign(uuids_->high.size(), {kNone, kNone});
  return {};
}

Result<State> RegexRows::after(std::size_t variable, std::uint32_t row, State state) {
  Column& column = columns_[variable];
  if (!column.loaded)
    if (auto done = load(variable); !done) return tl::unexpected(done.error());
  const auto& v = shape_.variables[variable];
  switch (v.kind) {
    case VariableKind::kNumber:
      return after_number(*column.values, row, state);
    case VariableKind::kIp:
      text_.clear();
      render_ip(static_cast<std::uint32_t>(column.values->values[row]), text_);
      return automaton_.run(state, text_);
    case VariableKind::kUuid:
      return after_uuid(*column.values, row, state);
    case VariableKind::kStamp:
      return after_stamp(column, row, state);
    case VariableKind::kList:
      return after_list(*column.values, row, state);
    case VariableKind::kWord:
      return after_word(column, row, state);
  }
  return state;
}

State RegexRows::run_digits(std::uint64_t value, State state) {
  std::array<char, 20> digits;
  const char* const end = digits.data() + digits.size();
  const char* const begin = digits_before(value, digits.data() + digits.size());
  return automaton_.run(state, {begin, static_cast<std::size_t>(end - begin)});
}

State RegexRows::after_number(const SlotColumns& column, std::uint32_t row, State state) {
  const std::uint16_t form = column.form_of(row);
  if (form == 0) return run_digits(column.values[row], state);
  text_.clear();
  render_number(column.values[row], form, text_);
  return automaton_.run(state, text_);
}

Result<State> RegexRows::after_uuid(const SlotColumns& column, std::uint32_t row, State state) {
  RowContext context;
  context.uuids_before = rows_.uuids_before(row_numbers_[row]);
  const std::uint32_t index = uuid_index(column.values[row], context, new_in_row_);
  if (index >= uuids_->high.size())
    return fail(ErrorCode::kDamaged, "a message of the segment does not fit its columns");
  auto& move = uuid_moves_[index];
  if (move.first != state) {
    text_.clear();
    render_uuid({uuids_->high[index], uuids_->low[index]}, text_);
    move = {state, automaton_.run(state, text_)};
  }
  return move.second;
}

// What comes before the fraction is the same in all rows of a second.
State RegexRows::after_stamp(Column& column, std::uint32_t row, State state) {
  const std::uint16_t form = column.values->form_of(row);
  RowContext context;
  context.time_us = rows_.time_us(row_numbers_[row]);
  const std::int64_t time_us = stamp_time_us(column.values->values[row], form, context);
  const unsigned digits = fraction_digits(form);
  const std::int64_t fraction = (time_us % 1'000'000 + 1'000'000) % 1'000'000;
  const auto second_us =
      static_cast<std::int64_t>(static_cast<std::uint64_t>(time_us) - static_cast<std::uint64_t>(fraction));
  auto& last = column.stamp;
  if (last.form != form || last.from != state || last.second_us != second_us) {
    text_.clear();
    render_stamp(second_us, form, text_);
    std::string_view before = text_;
    if (digits > 0) before.remove_suffix(std::min<std::size_t>(before.size(), digits + 1));
    last = {form, second_us, state, automaton_.run(state, before)};
  }
  if (digits == 0) return last.to;
  std::array<char, 8> text;
  text[0] = (form & kStampComma) != 0 ? ',' : '.';
  auto rest = static_cast<unsigned>(fraction);
  for (unsigned i = 6; i > 0; --i, rest /= 10) text[i] = static_cast<char>('0' + rest % 10);
  return automaton_.run(last.to, {text.data(), digits + 1});
}

State RegexRows::after_list(const SlotColumns& column, std::uint32_t row, State state) {
  const std::string_view separator = kListSeparators[column.form_of(row)];
  const std::uint32_t begin = column.element_begins[row];
  for (std::uint32_t i = begin; i < column.element_begins[row + 1]; ++i) {
    if (i > begin) state = automaton_.run(state, separator);
    state = run_digits(column.elements[i], state);
    if (state == TextAutomaton::kMatched) break;
  }
  return state;
}

State RegexRows::after_word(Column& column, std::uint32_t row, State state) {
  const WordValues& word = column.values->word;
  const auto indexes = word.indexes();
  if (!indexes.empty()) {
    const std::uint32_t entry = indexes[row];
    if (column.entries.empty()) column.entries.assign(word.begins().size(), {kNone, kNone});
    auto& move = column.entries[entry];
    if (move.first != state) move = {state, automaton_.run(state, word.entry(entry))};
    return move.second;
  }
  text_.clear();
  word.append(row, text_);
  return automaton_.run(state, text_);
}

}  // namespace culprit::engine
