#include "engine/row_looks.h"

#include <algorithm>
#include <array>
#include <bit>

#include "engine/digits.h"
#include "engine/stamp_form.h"
#include "logs/log_bytes.h"
#include "logs/template_lists.h"
#include "logs/template_mask.h"
#include "logs/variable_forms.h"

namespace culprit::engine {

namespace {

constexpr std::uint32_t kItemsAlike = kListItems + kRunWords + 2;  // longer lists are folded all the same
constexpr std::size_t kHexWordMin = 6;                             // shorter ones may be words

constexpr std::size_t kRowsFew = 3;  // masked as they are
constexpr std::size_t kOtherVariableBytesMax = 40;
constexpr std::uint32_t kListItemBytesMax = 12;
constexpr std::int64_t kDayUs = 86'400'000'000;

unsigned digits_of(std::uint64_t value) {
  const unsigned guess = static_cast<unsigned>(std::bit_width(value | 1)) * 1233 >> 12;
  return guess + (value >= kPowersOfTen[guess] ? 1 : 0) + (value == 0 ? 1 : 0);
}

bool has_bytes(char c, unsigned classes) { return (culprit::byte_class(c) & classes) != 0; }

// Of the 16 hex digits, one below ten.
bool some_digit(std::uint64_t hex) {
  for (unsigned i = 0; i < 16; ++i, hex >>= 4)
    if ((hex & 15) < 10) return true;
  return false;
}

std::uint16_t form_of(const Slot& slot) { return static_cast<std::uint16_t>(slot.forms.base); }

bool has_month_name(std::uint16_t form) {
  const auto layout = static_cast<StampLayout>(form & 15U);
  return layout == StampLayout::kSyslog || layout == StampLayout::kSyslog0 || layout == StampLayout::kNginx;
}

// A unit of letters and digits is an atom, and known by its kind and its first byte; unless it is kept as it
// is.
std::uint64_t look_of_word(std::string_view word, bool alone) {
  const auto plain = [](char c) { return culprit::is_digit(c) || culprit::is_ascii_letter(c); };
  if (alone && std::all_of(word.begin(), word.end(), plain) &&
      std::any_of(word.begin(), word.end(), culprit::is_digit))
    if (const auto kind = culprit::kind_of_atom(word, ' '))
      return static_cast<std::uint64_t>(*kind) << 1 | (culprit::is_digit(word[0]) ? 1U : 0U);
  return checksum_of(word);
}

constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr unsigned kCapitals = 8 | 16;  // of word classes

}  // namespace

std::string_view RowLooks::piece(std::size_t i) const {
  const std::uint32_t begin = i == 0 ? 0 : body_->piece_ends[i - 1];
  return body_->text.substr(begin, body_->piece_ends[i] - begin);
}

// Whether a number in the slot begins an atom: then its digits are never part of a name that is kept.
bool RowLooks::apart_before(std::size_t slot) const {
  const std::string_view before = piece(slot);
  if (before.empty()) return slot == 0;
  if (before.ends_with("_-") || (before == "-" && slot > 0)) return false;  // a sign
  return has_bytes(before.back(), kSpaceByte | kDelimiterByte | kJointByte | kSlashByte);
}

// Whether what follows is the same in all rows, and no URL's "://", before which everything is kept.
bool RowLooks::apart_behind(std::size_t slot) const {
  const std::string_view behind = piece(slot + 1);
  if (behind.empty()) return slot + 1 == body_->slots.size();
  return behind.front() != ':' || !std::string_view("://").starts_with(behind.substr(0, 3));
}

// Whether the slot begins a unit; behind a colon more is asked.
bool RowLooks::alone_before(std::size_t slot) const {
  const std::string_view before = piece(slot);
  if (before.empty()) return slot == 0;
  return has_bytes(before.back(), kSpaceByte | kDelimiterByte) && before.back() != ':';
}

bool RowLooks::alone_behind(std::size_t slot) const {
  const std::string_view behind = piece(slot + 1);
  if (behind.empty()) return slot + 1 == body_->slots.size();
  return has_bytes(behind.front(), kSpaceByte | kDelimiterByte) && behind.front() != ':';
}

// Behind a month's name the masker looks whether a day, a clock and a year follow.
bool RowLooks::may_name_month() const {
  for (const std::string_view month : kMonths)
    if (body_->text.find(month) != std::string_view::npos) return true;
  return std::any_of(body_->slots.begin(), body_->slots.end(), [](const Slot& s) {
    if (s.kind == VariableKind::kStamp) return !s.forms.constant() || has_month_name(form_of(s));
    if (s.kind != VariableKind::kWord) return false;
    return s.word->mode == WordMode::kConstant || (s.word->classes & kCapitals) != 0;
  });
}

std::size_t RowLooks::slots_of_first_line() const {
  const std::size_t end = body_->text.find('\n');
  std::size_t slots = 0;
  while (slots < body_->slots.size() && body_->piece_ends[slots] <= end) ++slots;
  return slots;
}

void RowLooks::mix(std::size_t row, std::uint64_t value) {
  std::uint64_t& look = (*looks_)[row];
  look = (look ^ value) * 0x9e3779b97f4a7c15U;
  look ^= look >> 32;
}

// Each row for itself.
void RowLooks::part_all() {
  for (std::size_t i = 0; i < looks_->size(); ++i) mix(i, i + 1);
}

void RowLooks::mix_exactly(const SlotColumns& columns) {
  for (std::size_t i = 0; i < looks_->size(); ++i) {
    mix(i, columns.values[i]);
    if (!columns.forms.empty()) mix(i, columns.forms[i]);
  }
}

void RowLooks::mix_numbers(const SlotColumns& columns, std::size_t slot) {
  if (!apart_before(slot) || !apart_behind(slot)) return mix_exactly(columns);
  const bool alone = alone_before(slot) && alone_behind(slot) && !month_;
  if (alone && columns.forms.empty()) return;
  for (std::size_t i = 0; i < looks_->size(); ++i) {
    const std::uint64_t value = columns.values[i];
    const std::uint64_t form = std::uint64_t{columns.form_of(i)} << 8;
    mix(i, alone ? form : form | digits_of(value) << 1 | (value == 0 ? 1U : 0U));  // "0x" is no number
  }
}

void RowLooks::mix_ips(const SlotColumns& columns, std::size_t slot) {
  if (!apart_before(slot) || !apart_behind(slot)) return mix_exactly(columns);
  if (alone_before(slot) && alone_behind(slot)) return;
  for (std::size_t i = 0; i < looks_->size(); ++i) {
    std::uint64_t digits = 0;
    for (unsigned b = 0; b < 4; ++b) digits = digits << 2 | digits_of(columns.values[i] >> (8 * b) & 255);
    mix(i, digits);
  }
}

// Inner items stand between separators: of them nothing counts but that they are there.
void RowLooks::mix_lists(const SlotColumns& columns, std::size_t slot) {
  bytes_.resize(looks_->size());
  const bool first_alone = alone_before(slot) && !month_;
  const bool last_alone = alone_behind(slot) && !month_;
  const auto look_of = [](std::uint32_t element) {
    return digits_of(element) << 1 | (element == 0 ? 1U : 0U);
  };
  for (std::size_t i = 0; i < looks_->size(); ++i) {
    const std::uint32_t begin = columns.element_begins[i];
    const std::uint32_t end = columns.element_begins[i + 1];
    bytes_[i] += kListItemBytesMax * (end - begin);
    std::uint64_t look = std::uint64_t{columns.form_of(i)} << 8 | std::min(end - begin, kItemsAlike);
    if (!first_alone) look = look << 8 | look_of(columns.elements[begin]);
    if (!last_alone) look = look << 8 | look_of(columns.elements[end - 1]);
    mix(i, look);
  }
}

// Hex digits of a unit, one of them below ten, are a number or an id: which, the first and the letters tell.
bool RowLooks::mix_hex(const WordColumn& column, const WordValues& words) {
  if (column.mode != WordMode::kHex || column.hex_digits < kHexWordMin) return false;
  const auto parts = words.hex();
  for (std::size_t i = 0; i < looks_->size(); ++i) {
    bool letter = false;
    bool digit = false;
    for (std::uint32_t p = 0; p < parts.size(); ++p) {
      const std::uint32_t digits = std::min(column.hex_digits - 16 * p, 16U);
      const std::uint64_t all = 0x1111111111111111U >> (4 * (16 - digits));
      const std::uint64_t v = parts[p][i];
      const std::uint64_t letters = v >> 3 & (v >> 2 | v >> 1) & all;
      letter = letter || letters != 0;
      digit = digit || letters != all;
    }
    const std::uint32_t in_first = std::min(column.hex_digits, 16U);
    const bool first = (parts[0][i] >> (4 * (in_first - 1)) & 15) < 10;
    mix(i, digit ? (letter ? 1U : 0U) | (first ? 2U : 0U) : 16 + i);
  }
  return true;
}

void RowLooks::mix_words(const WordColumn& column, const WordValues& words, std::size_t slot) {
  bytes_.resize(looks_->size());
  const bool alone = alone_before(slot) && alone_behind(slot) && !month_;
  if (column.mode == WordMode::kConstant) {
    for (std::uint32_t& bytes : bytes_) bytes += static_cast<std::uint32_t>(column.constant.size());
    return;
  }
  if (column.mode == WordMode::kDictionary) {
    const auto indexes = words.indexes();
    std::vector<std::uint64_t> entries;
    for (std::uint32_t e = 0; e + 1 < words.begins().size(); ++e)
      entries.push_back(look_of_word(words.entry(e), alone));
    for (std::size_t i = 0; i < looks_->size(); ++i) {
      mix(i, entries[indexes[i]]);
      bytes_[i] += words.begins()[indexes[i] + 1] - words.begins()[indexes[i]];
    }
    return;
  }
  if (alone && mix_hex(column, words)) return;
  std::string text;
  for (std::size_t i = 0; i < looks_->size(); ++i) {
    text.clear();
    words.append(i, text);
    bytes_[i] += static_cast<std::uint32_t>(text.size());
    mix(i, look_of_word(text, alone));
  }
}

// To the masker, a uuid without a digit is none; unless there is one, all units that are a uuid look alike.
Result<void> RowLooks::mix_uuids(std::size_t slot) {
  if (!uuids_have_digits_) {
    const auto uuids = rows_.uuids();
    if (!uuids) return tl::unexpected(uuids.error());
    bool have = true;
    for (std::size_t u = 0; have && u < (*uuids)->high.size(); ++u)
      have = some_digit((*uuids)->high[u]) || some_digit((*uuids)->low[u]);
    uuids_have_digits_ = have;
  }
  if (!*uuids_have_digits_ || !alone_before(slot) || !alone_behind(slot)) part_all();
  return {};
}

// The digits of one form are as many in all rows; names of months differ, and days after a space.
Result<void> RowLooks::mix_stamps(const SlotColumns& columns) {
  if (columns.forms.empty() && !has_month_name(columns.form)) return {};
  if (auto done = rows_.prepare(true, false); !done) return done;
  const auto numbers = rows_.rows_of(type_);
  std::int64_t day = 0;
  std::uint64_t look_of_day = 0;
  std::uint16_t form_of_day = kAnyForm;
  std::string text;
  for (std::size_t i = 0; i < looks_->size(); ++i) {
    const std::uint16_t form = columns.form_of(i);
    mix(i, form);
    if (!has_month_name(form)) continue;
    RowContext context;
    context.time_us = rows_.time_us(numbers[i]);
    const std::int64_t time_us = stamp_time_us(columns.values[i], form, context);
    if (form != form_of_day || time_us / kDayUs != day) {
      day = time_us / kDayUs;
      form_of_day = form;
      text.clear();
      render_stamp(time_us, form, text);
      for (char& c : text) c = culprit::is_digit(c) ? '1' : c;
      look_of_day = checksum_of(text);
    }
    mix(i, look_of_day);
  }
  return {};
}

Result<void> RowLooks::add(std::size_t slot) {
  const Slot& s = body_->slots[slot];
  if (s.kind == VariableKind::kUuid) return mix_uuids(slot);
  if (s.values.constant() && s.forms.constant() && s.kind != VariableKind::kWord &&
      s.kind != VariableKind::kList && s.kind != VariableKind::kStamp)
    return {};
  const auto loaded = rows_.columns(type_, slot, slot + 1);
  if (!loaded) return tl::unexpected(loaded.error());
  const SlotColumns& columns = (*loaded)->slot(slot);
  const bool apart = apart_before(slot) && apart_behind(slot);
  switch (s.kind) {
    case VariableKind::kNumber:
      mix_numbers(columns, slot);
      break;
    case VariableKind::kIp:
      mix_ips(columns, slot);
      break;
    case VariableKind::kStamp:
      if (apart) return mix_stamps(columns);
      part_all();
      break;
    case VariableKind::kList:
      if (apart)
        mix_lists(columns, slot);
      else
        part_all();
      break;
    default:
      mix_words(*s.word, columns.word, slot);
  }
  return {};
}

// The masker takes so many bytes of a message; where they end matters in longer ones.
void RowLooks::part_long_rows() {
  std::size_t rest = body_->text.size();
  for (std::size_t s = 0; s < slots_; ++s)
    if (body_->slots[s].kind != VariableKind::kList && body_->slots[s].kind != VariableKind::kWord)
      rest += kOtherVariableBytesMax;
  for (std::size_t i = 0; i < looks_->size(); ++i)
    if (rest + (bytes_.empty() ? 0 : bytes_[i]) > kMinedMessageBytes) mix(i, i + 1);
}

Result<void> RowLooks::read(std::uint32_t type, std::vector<std::uint64_t>& looks) {
  looks.assign(rows_.rows_of(type).size(), 0);
  looks_ = &looks;
  if (looks.size() <= kRowsFew) {
    part_all();
    return {};
  }
  const auto body = rows_.body(type);
  if (!body) return tl::unexpected(body.error());
  type_ = type;
  body_ = *body;
  slots_ = slots_of_first_line();
  month_ = may_name_month();
  bytes_.clear();
  for (std::size_t slot = 0; slot < slots_; ++slot)
    if (auto done = add(slot); !done) return done;
  part_long_rows();
  return {};
}

}  // namespace culprit::engine
