#include "engine/message_parser.h"

#include <array>
#include <cstring>

#include "engine/digits.h"
#include "engine/stamp_form.h"

namespace culprit::engine {

namespace {

constexpr unsigned kElementDigitsMax = 9;
constexpr unsigned kUuidDashes[] = {8, 13, 18, 23};

constexpr std::array<std::uint8_t, 256> make_hex_values() {
  std::array<std::uint8_t, 256> values{};
  for (auto& v : values) v = 255;
  for (unsigned i = 0; i < 10; ++i) values['0' + i] = static_cast<std::uint8_t>(i);
  for (unsigned i = 0; i < 6; ++i) values['a' + i] = static_cast<std::uint8_t>(10 + i);
  return values;
}
constexpr auto kHexValues = make_hex_values();

// 16 lower-case hex digits; false when one is none.
bool hex16(const char* p, std::uint64_t& value) {
  std::uint64_t v = 0;
  unsigned bad = 0;
  for (unsigned i = 0; i < 16; ++i) {
    const unsigned digit = kHexValues[static_cast<unsigned char>(p[i])];
    bad |= digit;
    v = v << 4 | (digit & 15U);
  }
  value = v;
  return bad < 16;
}

}  // namespace

bool MessageParser::take(std::size_t begin, std::size_t end) {
  piece_begin_ = position_;
  piece_end_ = begin;
  position_ = end;
  return true;
}

bool MessageParser::next(ParsedVariable& variable) {
  const char* const data = text_.data();
  const char* const end = data + text_.size();
  const char* p = next_digit(data + position_, end);
  if (p == end) {
    take(text_.size(), text_.size());
    return false;
  }
  const auto at = static_cast<std::size_t>(p - data);
  std::size_t begin = at;
  while (begin > position_ && is_word(data[begin - 1])) --begin;
  return begin == at ? digit_word(at, variable) : lettered_word(begin, at, variable);
}

bool MessageParser::word(std::size_t begin, std::size_t end, ParsedVariable& variable) {
  if (end - begin > kWordVariableBytesMax) end = begin + kWordVariableBytesMax;
  variable = {VariableKind::kWord, 0, begin, end - begin};
  return take(begin, end);
}

bool MessageParser::at(std::size_t at, VariableKind likely, ParsedVariable& variable) {
  if (is_digit(text_[at])) return digit_word(at, variable);
  // A uuid may begin with a letter. The one read last has a digit where next() looks for it.
  if (likely != VariableKind::kUuid || memory_.uuid_text[0] == '\0' || text_.size() - at < kUuidChars ||
      std::memcmp(text_.data() + at, memory_.uuid_text, kUuidChars) != 0)
    return false;
  return uuid(at, variable);
}

// A word that begins with a digit.
bool MessageParser::digit_word(std::size_t at, ParsedVariable& variable) {
  const char* const data = text_.data();
  const char* const end = data + text_.size();
  const StampText stamp = read_stamp(text_, position_, at, reference_us_, memory_.stamp);
  if (stamp.size > 0) {
    const std::size_t begin = at - stamp.before;
    const std::size_t behind = begin + stamp.size;
    if (!is_word(peek(behind)) || peek(behind) == 'Z' || peek(behind) == 'T') {
      variable = {VariableKind::kStamp, stamp.form, static_cast<std::uint64_t>(stamp.time_us), 0};
      return take(begin, behind);
    }
  }
  const char* const first = data + at;
  const char* digits = first;
  const std::uint64_t value = leading_number(digits, end);
  const char* word_end = digits;
  unsigned classes = 0;
  while (word_end < end && is_word(*word_end)) classes |= char_class(*word_end++);
  const auto digits_at = static_cast<std::size_t>(digits - data);
  const auto word_at = static_cast<std::size_t>(word_end - data);
  if (word_at - at == 8 && peek(word_at) == '-' && uuid(at, variable)) return true;
  if (classes == 0) return number(at, digits_at, value, variable);
  if (*first == '0' && digits_at == at + 1 && *digits == 'x' && word_at > digits_at + 1)
    return word(digits_at + 1, word_at, variable);
  // 35ms, 10GB: a number with its unit, unless the rest could be hex or holds digits again.
  if ((classes & kLetter) != 0 && (classes & kDigit) == 0) return number(at, digits_at, value, variable);
  return word(at, word_at, variable);
}

// A word with letters before its first digit.
bool MessageParser::lettered_word(std::size_t begin, std::size_t at, ParsedVariable& variable) {
  const char* const data = text_.data();
  const char* const end = data + text_.size();
  unsigned before = 0;
  for (std::size_t i = begin; i < at; ++i) before |= char_class(data[i]);
  const char* digits = data + at;
  const std::uint64_t value = leading_number(digits, end);
  const char* word_end = digits;
  while (word_end < end && is_word(*word_end)) ++word_end;
  const auto word_at = static_cast<std::size_t>(word_end - data);
  if (word_at - begin == 8 && peek(word_at) == '-' && uuid(begin, variable)) return true;
  // node246: a name and a number, unless the letters could be hex.
  if ((before & kLetter) != 0 && word_end == digits) return number(at, word_at, value, variable);
  return word(begin, word_at, variable);
}

bool MessageParser::uuid(std::size_t at, ParsedVariable& variable) {
  if (at + kUuidChars > text_.size()) return false;
  const char* p = text_.data() + at;
  for (const unsigned dash : kUuidDashes)
    if (p[dash] != '-') return false;
  if (is_word(peek(at + kUuidChars))) return false;
  if (std::memcmp(p, memory_.uuid_text, kUuidChars) != 0) {
    char digits[32];
    std::memcpy(digits, p, 8);
    std::memcpy(digits + 8, p + 9, 4);
    std::memcpy(digits + 12, p + 14, 4);
    std::memcpy(digits + 16, p + 19, 4);
    std::memcpy(digits + 20, p + 24, 12);
    Uuid read;
    if (!hex16(digits, read.high) || !hex16(digits + 16, read.low)) return false;
    memory_.uuid = read;
    std::memcpy(memory_.uuid_text, p, kUuidChars);
  }
  variable = {VariableKind::kUuid, 0, memory_.uuid.high, memory_.uuid.low};
  return take(at, at + kUuidChars);
}

// `value` is that of the digits [at, end) when there are at most kNumberDigitsMax.
bool MessageParser::number(std::size_t at, std::size_t end, std::uint64_t value, ParsedVariable& variable) {
  const std::size_t digits = end - at;
  if (digits > kNumberDigitsMax) return word(at, end, variable);
  const char* const data = text_.data();
  const bool quoted = at > 0 && data[at - 1] == '"' && peek(end) == '"';
  if (quoted) return word(at, end, variable);  // "tid":"36849": other values there may have letters
  const unsigned width = data[at] == '0' && digits > 1 ? static_cast<unsigned>(digits) : 0;
  if (peek(end) == '.' && is_digit(peek(end + 1))) {
    const char* fraction = data + end + 1;
    const std::uint64_t fraction_value = leading_number(fraction, data + text_.size());
    const auto fraction_end = static_cast<std::size_t>(fraction - data);
    const bool more = peek(fraction_end) == '.' && is_digit(peek(fraction_end + 1));
    if (more && ip(at, end, variable)) return true;
    const std::size_t scale = fraction_end - end - 1;
    if (!more && digits + scale <= kNumberDigitsMax) {
      const unsigned width_all = width > 0 ? width + static_cast<unsigned>(scale) : 0;
      variable = {VariableKind::kNumber, number_form(static_cast<unsigned>(scale), width_all),
                  value * kPowersOfTen[scale] + fraction_value, 0};
      return take(at, fraction_end);
    }
  }
  if (width == 0 && digits <= kElementDigitsMax && peek(end) == ',' && list(at, end, variable)) return true;
  variable = {VariableKind::kNumber, number_form(0, width), value, 0};
  return take(at, end);
}

bool MessageParser::ip(std::size_t at, std::size_t first_end, ParsedVariable& variable) {
  std::size_t begin = at;
  std::size_t end = first_end;
  std::uint64_t value = 0;
  for (int part = 0; part < 4; ++part) {
    if (part > 0) {
      if (peek(end) != '.') return false;
      begin = end + 1;
      end = begin;
      while (is_digit(peek(end)) && end - begin < 4) ++end;
    }
    if (end == begin || end - begin > 3 || (text_[begin] == '0' && end - begin > 1)) return false;
    const std::uint64_t octet = digits_value(text_.data() + begin, text_.data() + end);
    if (octet > 255) return false;
    value = value << 8 | octet;
  }
  if (is_word(peek(end)) || (peek(end) == '.' && is_digit(peek(end + 1)))) return false;
  variable = {VariableKind::kIp, 0, value, 0};
  return take(at, end);
}

// An integer of a list at `at`, which then stands behind it. Not part of a decimal or a word.
bool MessageParser::element(std::size_t& at, std::uint32_t& value) const {
  const char* const p = text_.data() + at;
  std::size_t digits = 0;
  if (text_.size() - at >= 10) {
    digits = short_number(p, value);
    if (digits == 8 && is_digit(p[8])) {
      value = value * 10 + static_cast<std::uint32_t>(p[8] - '0');
      digits = 9;
    }
  } else {
    const char* const end = digits_end(p, text_.data() + text_.size());
    digits = static_cast<std::size_t>(end - p);
    if (digits <= kElementDigitsMax) value = static_cast<std::uint32_t>(digits_value(p, end));
  }
  if (digits == 0 || digits > kElementDigitsMax || (*p == '0' && digits > 1)) return false;
  const char behind = peek(at + digits);
  if (is_word(behind) || (behind == '.' && is_digit(peek(at + digits + 1)))) return false;
  at += digits;
  return true;
}

// As many as can be read without a look at the message's end, from `end` of the first one on; their end.
std::size_t MessageParser::elements(std::size_t end, std::string_view separator) {
  constexpr std::size_t kReach = 16;  // separator, nine digits, two bytes behind
  const char* p = text_.data() + end;
  const bool space = separator.size() > 1 && separator[1] == ' ';
  const bool dollar = separator.back() == '$';
  for (std::size_t left = kListElementsMax - 1; left > 0; --left) {
    if (text_.data() + text_.size() - p < static_cast<std::ptrdiff_t>(kReach) || *p != ',') break;
    if ((space && p[1] != ' ') || (dollar && p[separator.size() - 1] != '$')) break;
    const char* const q = p + separator.size();
    std::uint32_t value = 0;
    unsigned digits = short_number(q, value);
    if (digits == 8 && is_digit(q[8])) {
      value = value * 10 + static_cast<std::uint32_t>(q[8] - '0');
      digits = 9;
    }
    const char behind = q[digits];
    if (digits == 0 || (*q == '0' && digits > 1)) break;
    if (behind != ',' && (is_word(behind) || (behind == '.' && is_digit(q[digits + 1])))) break;
    elements_.push_back(value);
    p = q + digits;
  }
  return static_cast<std::size_t>(p - text_.data());
}

bool MessageParser::list(std::size_t at, std::size_t first_end, ParsedVariable& variable) {
  const bool space = peek(first_end + 1) == ' ';
  const std::size_t after_space = first_end + (space ? 2 : 1);
  const bool dollar = peek(after_space) == '$';
  const std::string_view separator = kListSeparators[(dollar ? 2 : 0) + (space ? 0 : 1)];
  std::size_t end = first_end;
  const std::size_t first = elements_.size();
  std::uint32_t value = static_cast<std::uint32_t>(digits_value(text_.data() + at, text_.data() + first_end));
  std::uint64_t count = 1;
  elements_.push_back(value);
  end = elements(end, separator);
  count = elements_.size() - first;
  while (count < kListElementsMax) {
    std::size_t next = end + separator.size();
    if (next >= text_.size() || text_[end] != ',' || text_.compare(end, separator.size(), separator) != 0)
      break;
    if (!element(next, value)) break;
    elements_.push_back(value);
    ++count;
    end = next;
  }
  if (count < 2) {
    elements_.pop_back();
    return false;
  }
  const auto form = static_cast<std::uint16_t>((dollar ? 2 : 0) + (space ? 0 : 1));
  variable = {VariableKind::kList, form, first, count};
  return take(at, end);
}

}  // namespace culprit::engine
