#include "logs/variable_forms.h"

#include <algorithm>
#include <array>

#include "logs/log_bytes.h"

namespace culprit {
namespace {

constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
constexpr std::string_view kDays = "MonTueWedThuFriSatSun";

bool is_one_of_threes(std::string_view word, std::string_view threes) {
  if (word.size() != 3) return false;
  for (std::size_t i = 0; i < threes.size(); i += 3) {
    if (threes.substr(i, 3) == word) return true;
  }
  return false;
}

bool equal_ignoring_case(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  bool equal = true;
  for (std::size_t i = 0; i < text.size(); ++i) equal = equal && (text[i] | 0x20) == lower[i];
  return equal;
}

bool digits_at(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return false;
  for (std::size_t i = at; i < at + count; ++i) {
    if (!is_digit(text[i])) return false;
  }
  return true;
}

bool byte_at(std::string_view text, std::size_t at, char c) { return at < text.size() && text[at] == c; }

bool unit_ends_at(std::string_view text, std::size_t at) {
  return at >= text.size() || is_unit_delimiter(text[at]);
}

// hh:mm[:ss[.fraction]][Z|+hh[:mm]] from `at` on.
std::size_t end_of_clock(std::string_view text, std::size_t at) {
  std::size_t end = at + 5;
  if (byte_at(text, end, ':') && digits_at(text, end + 1, 2)) end += 3;
  if ((byte_at(text, end, '.') || byte_at(text, end, ',')) && digits_at(text, end + 1, 1)) {
    ++end;
    while (digits_at(text, end, 1)) ++end;
  }
  if (byte_at(text, end, 'Z')) return end + 1;
  if ((byte_at(text, end, '+') || byte_at(text, end, '-')) && digits_at(text, end + 1, 2)) {
    if (byte_at(text, end + 3, ':') && digits_at(text, end + 4, 2)) return end + 6;
    return digits_at(text, end + 3, 2) ? end + 5 : end + 3;
  }
  return end;
}

// Words of a text, one after the other.
class Words {
 public:
  Words(std::string_view text, std::size_t at) : text_(text), at_(at) {}
  std::string_view next() {
    while (at_ < text_.size() && is_white_space(text_[at_])) ++at_;
    start_ = at_;
    while (at_ < text_.size() && !is_white_space(text_[at_])) ++at_;
    return text_.substr(start_, at_ - start_);
  }
  std::size_t start() const { return start_; }  // of the word last taken

 private:
  std::string_view text_;
  std::size_t at_;
  std::size_t start_ = 0;
};

bool is_year(std::string_view word) {
  return digits_at(word, 0, 4) && (word.size() == 4 || is_unit_delimiter(word[4]));
}

struct Groups {
  std::size_t end = 0;
  unsigned groups = 0;
  unsigned colons = 0;
  bool two_each = true;
  bool gap = false;  // "::"
  bool digit = false;
};

// Groups of up to four hexadecimal digits with colons between them.
std::optional<Groups> hex_groups(std::string_view text, std::size_t at) {
  Groups g;
  std::size_t i = at;
  while (i < text.size()) {
    std::size_t length = 0;
    while (i + length < text.size() && length < 5 && is_hex_digit(text[i + length])) {
      g.digit = g.digit || is_digit(text[i + length]);
      ++length;
    }
    if (length > 4) return {};
    if (length == 0 && text[i] != ':') break;
    g.groups += length != 0 ? 1 : 0;
    g.two_each = g.two_each && length == 2;
    i += length;
    if (!byte_at(text, i, ':')) break;
    if (byte_at(text, i + 1, ':')) {
      if (g.gap) return {};
      g.gap = true;
      ++i;
    } else if (i + 1 >= text.size() || !is_hex_digit(text[i + 1])) {
      break;
    }
    ++i;
    ++g.colons;
  }
  g.end = i;
  return g;
}

// What an atom is made of.
struct AtomShape {
  unsigned digits = 0;
  unsigned letters = 0;
  unsigned switches = 0;  // from digits to others and back
  bool hex = true;
};

AtomShape shape_of(std::string_view atom) {
  AtomShape shape;
  bool was_digit = false;
  for (std::size_t i = 0; i < atom.size(); ++i) {
    const char c = atom[i];
    const bool digit = is_digit(c);
    shape.digits += digit ? 1 : 0;
    shape.letters += is_ascii_letter(c) || static_cast<unsigned char>(c) >= 128 ? 1 : 0;
    shape.hex = shape.hex && is_hex_digit(c);
    if (i != 0 && digit != was_digit) ++shape.switches;
    was_digit = digit;
  }
  return shape;
}

// rdd_2: digits behind the last underscore.
bool ends_numbered(std::string_view atom) {
  std::size_t i = atom.size();
  while (i > 0 && is_digit(atom[i - 1])) --i;
  return i < atom.size() && i > 1 && atom[i - 1] == '_';
}

}  // namespace

std::string_view name_of(VariableKind kind) {
  constexpr std::array<std::string_view, kVariableKinds> kNames = {
      "int",  "decimal", "hex", "ip",   "host", "uuid", "mac",  "path", "url",
      "time", "amount",  "id",  "flag", "user", "list", "rest", "*"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::size_t end_of_iso_time(std::string_view text, std::size_t at) {
  if (!digits_at(text, at, 4) || !byte_at(text, at + 4, '-') || !digits_at(text, at + 5, 2) ||
      !byte_at(text, at + 7, '-') || !digits_at(text, at + 8, 2)) {
    return 0;
  }
  std::size_t end = at + 10;
  if ((byte_at(text, end, 'T') || byte_at(text, end, ' ')) && digits_at(text, end + 1, 2) &&
      byte_at(text, end + 3, ':') && digits_at(text, end + 4, 2)) {
    end = end_of_clock(text, end + 1);
  }
  return unit_ends_at(text, end) ? end : 0;
}

std::size_t end_of_calendar_time(std::string_view text, std::size_t at) {
  Words words(text, at);
  auto word = words.next();
  if (is_one_of_threes(word, kDays)) word = words.next();
  if (!is_one_of_threes(word, kMonths)) return 0;
  word = words.next();
  if (word.empty() || word.size() > 2 || !is_digit(word[0]) || !is_digit(word.back())) return 0;
  word = words.next();
  if (word.size() == 4 && is_year(word)) word = words.next();
  if (!digits_at(word, 0, 2) || !digits_at(word, 3, 2) || !digits_at(word, 6, 2) || word[2] != ':' ||
      word[5] != ':') {
    return 0;
  }
  std::size_t end = words.start() + 8;
  if (word.size() > 8) return is_unit_delimiter(word[8]) ? end : 0;
  word = words.next();
  if ((word.size() == 3 || word.size() == 4) && is_upper(word[0]) && is_upper(word[2])) word = words.next();
  if (is_year(word)) end = words.start() + 4;
  return end;
}

std::optional<ColonForm> colon_form(std::string_view text, std::size_t at) {
  const auto g = hex_groups(text, at);
  if (!g) return {};
  const std::size_t length = g->end - at;
  if (length == 10 && text[at + 4] == ':' && text[at + 7] == ':' && byte_at(text, g->end, '.') &&
      digits_at(text, g->end + 1, 1) && unit_ends_at(text, g->end + 2)) {
    return ColonForm{g->end + 2, VariableKind::kId};
  }
  if (!unit_ends_at(text, g->end) && std::string_view("/.%").find(text[g->end]) == std::string_view::npos)
    return {};
  if (g->two_each && g->groups >= 6 && !g->gap) return ColonForm{g->end, VariableKind::kMac};
  const bool version_6 = (g->gap && g->groups >= 1) || (g->groups == 8 && g->colons == 7 && !g->two_each);
  if (version_6 && g->digit) return ColonForm{g->end, VariableKind::kIp};
  return {};
}

bool is_uuid(std::string_view unit) {
  if (unit.size() != 36) return false;
  for (std::size_t i = 0; i < 36; ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? unit[i] != '-' : !is_hex_digit(unit[i])) return false;
  }
  return true;
}

bool is_ip4(std::string_view unit) {
  unsigned dots = 0;
  for (const char c : unit) {
    if (!is_digit(c) && c != '.') return false;
    dots += c == '.' ? 1 : 0;
  }
  return dots == 3;
}

bool is_numbered_host(std::string_view unit) {
  const auto dot = unit.find('.');
  if (dot == std::string_view::npos || unit.find('.', dot + 1) == std::string_view::npos) return false;
  for (const char c : unit) {
    if (!is_ascii_letter(c) && !is_digit(c) && c != '.' && c != '-') return false;
  }
  const auto first = unit.substr(0, dot);
  const auto digits = shape_of(first).digits;
  const bool numbered =
      digits >= 3 || is_digit(unit[0]) || (digits > 0 && first.find('-') != std::string_view::npos);
  return numbered && is_ascii_letter(unit.back());
}

bool is_numbered_throughout(std::string_view unit) {
  unsigned dashes = 0;
  bool digit = false;
  bool letter = false;
  for (const char c : unit) {
    if (is_digit(c)) {
      digit = true;
    } else if (c == '-' || c == '.') {
      if (!digit) return false;
      dashes += c == '-' ? 1 : 0;
      digit = false;
    } else if ((byte_class(c) & (kJointByte | kSlashByte)) != 0) {
      return false;
    } else {
      letter = true;
    }
  }
  // 2000-2002 is two numbers.
  return digit && dashes >= (letter ? 1U : 2U);
}

std::optional<VariableKind> kind_of_word(std::string_view word) {
  // By length first: this is asked for nearly each word.
  if (word.size() == 4) {
    if (equal_ignoring_case(word, "true") || equal_ignoring_case(word, "null")) return VariableKind::kFlag;
    if (equal_ignoring_case(word, "root")) return VariableKind::kUser;
  } else if (word.size() == 5) {
    if (equal_ignoring_case(word, "false")) return VariableKind::kFlag;
    if (equal_ignoring_case(word, "admin")) return VariableKind::kUser;
  } else if (word.size() >= 8 && std::all_of(word.begin(), word.end(), is_hex_digit)) {
    return VariableKind::kHex;
  }
  return {};
}

std::optional<VariableKind> kind_of_atom(std::string_view atom, char next) {
  const auto shape = shape_of(atom);
  if (shape.digits == 0) return kind_of_word(atom);
  if (shape.letters == 0) return VariableKind::kInt;
  if (atom.size() > 2 && atom[0] == '0' && (atom[1] | 0x20) == 'x') return VariableKind::kHex;
  if (shape.hex && atom.size() >= 6) return VariableKind::kHex;
  if (is_digit(atom[0])) return shape.switches == 1 ? VariableKind::kAmount : VariableKind::kId;
  const bool version = (atom[0] | 0x20) == 'v' && shape.digits + 1 == atom.size() && next == '.';
  if (version || shape.digits >= 3 || shape.switches >= 4 || ends_numbered(atom)) return VariableKind::kId;
  return {};
}

}  // namespace culprit
