#include "base/printable.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace culprit {

namespace {

struct Range {
  char32_t first, last;
};

// Zero-width: combining marks and variation selectors that occur in practice.
constexpr Range kZeroWidth[] = {{0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD},  {0x0610, 0x061A},
                                {0x064B, 0x065F}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF},  {0x20D0, 0x20FF},
                                {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xE0100, 0xE01EF}};

// East Asian Wide and Fullwidth, and emoji with emoji presentation (UAX #11, UTS #51), coarsely.
constexpr Range kWide[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x23E9, 0x23EC},   {0x23F0, 0x23F0},   {0x23F3, 0x23F3},
    {0x25FD, 0x25FE},   {0x2614, 0x2615},   {0x2648, 0x2653},   {0x267F, 0x267F},   {0x2693, 0x2693},
    {0x26A1, 0x26A1},   {0x26AA, 0x26AB},   {0x26BD, 0x26BE},   {0x26C4, 0x26C5},   {0x26CE, 0x26CE},
    {0x26D4, 0x26D4},   {0x26EA, 0x26EA},   {0x26F2, 0x26F3},   {0x26F5, 0x26F5},   {0x26FA, 0x26FA},
    {0x26FD, 0x26FD},   {0x2705, 0x2705},   {0x270A, 0x270B},   {0x2728, 0x2728},   {0x274C, 0x274C},
    {0x274E, 0x274E},   {0x2753, 0x2755},   {0x2757, 0x2757},   {0x2795, 0x2797},   {0x27B0, 0x27B0},
    {0x27BF, 0x27BF},   {0x2B1B, 0x2B1C},   {0x2B50, 0x2B50},   {0x2B55, 0x2B55},   {0x2E80, 0x303E},
    {0x3041, 0x33FF},   {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},   {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},   {0x1F004, 0x1F004},
    {0x1F0CF, 0x1F0CF}, {0x1F18E, 0x1F18E}, {0x1F191, 0x1F19A}, {0x1F1E6, 0x1F1FF}, {0x1F200, 0x1F320},
    {0x1F32D, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F7E0, 0x1F7EB}, {0x1F90C, 0x1F9FF}, {0x1FA70, 0x1FAFF},
    {0x20000, 0x3FFFD}};

template <std::size_t N>
bool in(const Range (&ranges)[N], char32_t c) {
  return std::any_of(std::begin(ranges), std::end(ranges),
                     [c](const Range& r) { return r.first <= c && c <= r.last; });
}

bool is_control(char32_t c) { return c < 0x20 || (c >= 0x7F && c < 0xA0); }

// Characters that make a reader see something else than what is there (Unicode TR #36), and line
// separators that some viewers break at.
bool is_deceptive(char32_t c) {
  return c == 0x00AD || c == 0x061C || c == 0x180E || (c >= 0x200B && c <= 0x200F) ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF ||
         (c >= 0xFFF0 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE007F);
}

std::size_t width_of(char32_t c) {
  if (in(kZeroWidth, c)) return 0;
  return c >= 0x1100 && in(kWide, c) ? 2 : 1;
}

void append_printable(std::string& out, std::string_view text, bool single_line) {
  for (std::size_t i = 0; i < text.size();) {
    const char byte = text[i];
    if (byte == '\n' || byte == '\t') {
      out += single_line ? ' ' : byte;
      ++i;
      continue;
    }
    if (byte == '\r' && i + 1 < text.size() && text[i + 1] == '\n') {
      ++i;
      continue;
    }
    const CodePoint c = first_code_point(text.substr(i));
    if (!c.valid || is_control(c.value))
      out += fmt::format("\\x{:02x}", c.valid ? static_cast<unsigned>(c.value)
                                              : static_cast<unsigned>(static_cast<unsigned char>(byte)));
    else if (is_deceptive(c.value))
      out += fmt::format("\\u{{{:x}}}", static_cast<unsigned>(c.value));
    else
      out.append(text, i, c.length);
    i += c.length;
  }
}

}  // namespace

CodePoint first_code_point(std::string_view text) {
  if (text.empty()) return {};
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {lead, 1, true};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
  if (length == 0 || lead > 0xF4 || text.size() < length) return {};
  char32_t value = lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0U) != 0x80U) return {};
    value = value << 6U | (next & 0x3FU);
  }
  static constexpr std::array<char32_t, 5> kLeast{0, 0, 0x80, 0x800, 0x10000};
  if (value < kLeast[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return {};
  return {value, length, true};
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  append_printable(out, text, false);
  return out;
}

std::string printable_text(std::string_view bytes, std::size_t bytes_max) {
  std::string out;
  while (!bytes.empty()) {
    if (out.size() >= bytes_max) return out + "\xE2\x80\xA6";
    const auto length = first_code_point(bytes).length;
    const std::string_view piece = bytes.substr(0, length);
    if (piece == "\n" || piece == "\r")
      out += fmt::format("\\x{:02x}", static_cast<unsigned>(piece.front()));
    else
      append_printable(out, piece, true);
    bytes.remove_prefix(length);
  }
  return out;
}

std::string one_line(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  append_printable(out, text, true);
  return out;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size();) {
    const CodePoint c = first_code_point(text.substr(i));
    // VS16 asks for the emoji form of the character before it: two columns.
    if (c.valid && c.value == 0xFE0F) ++width;
    width += c.valid ? width_of(c.value) : 1;
    i += c.length;
  }
  return width;
}

namespace {

// Splits one line without new lines.
void wrap_line(std::string_view line, std::size_t width, std::vector<std::string>& out) {
  std::string current;
  std::size_t used = 0;
  const auto push = [&] {
    out.push_back(current);
    current.clear();
    used = 0;
  };
  // Leading blanks are kept: they are the indentation of a statement or a backtrace.
  const std::size_t indent = std::min(line.find_first_not_of(' '), std::min(line.size(), width / 2));
  current.assign(indent, ' ');
  used = indent;
  std::size_t i = indent;
  bool line_has_word = false;
  while (i < line.size()) {
    std::size_t end = line.find(' ', i);
    if (end == std::string_view::npos) end = line.size();
    std::string_view word = line.substr(i, end - i);
    i = end + 1;
    if (word.empty()) continue;
    std::size_t word_width = display_width(word);
    if (line_has_word && used + 1 + word_width > width) {
      push();
      line_has_word = false;
    }
    if (line_has_word) {
      current += ' ';
      ++used;
    }
    while (used + word_width > width) {  // a word wider than the line
      std::size_t taken = 0;
      std::size_t bytes = 0;
      while (bytes < word.size()) {
        const CodePoint c = first_code_point(word.substr(bytes));
        const std::size_t w = c.valid ? width_of(c.value) : 1;
        if (used + taken + w > width && (taken > 0 || used > 0)) break;
        taken += w;
        bytes += c.length;
        if (used + taken >= width) break;
      }
      current.append(word.substr(0, bytes));
      word.remove_prefix(bytes);
      word_width = display_width(word);
      push();
      if (word.empty()) break;
    }
    current.append(word);
    used += word_width;
    line_has_word = !word.empty();
  }
  if (!current.empty() || out.empty() || line.empty()) push();
}

}  // namespace

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  width = std::max<std::size_t>(width, 4);
  std::vector<std::string> out;
  std::string expanded;
  for (std::size_t start = 0; start <= text.size();) {
    std::size_t end = text.find('\n', start);
    if (end == std::string_view::npos) end = text.size();
    expanded.clear();
    for (const char c : text.substr(start, end - start)) {
      if (c == '\t')
        expanded += "    ";
      else
        expanded += c;
    }
    std::vector<std::string> lines;
    wrap_line(expanded, width, lines);
    out.insert(out.end(), lines.begin(), lines.end());
    start = end + 1;
  }
  return out;
}

namespace {

// Bytes of the longest prefix of line that is at most `width` wide; at least one character.
std::size_t fitting(std::string_view line, std::size_t width) {
  std::size_t used = 0;
  std::size_t bytes = 0;
  while (bytes < line.size()) {
    const CodePoint c = first_code_point(line.substr(bytes));
    const std::size_t w = c.valid ? width_of(c.value) + (c.value == 0xFE0F ? 1 : 0) : 1;
    if (used + w > width && bytes > 0) break;
    used += w;
    bytes += c.length;
  }
  return bytes;
}

}  // namespace

std::vector<std::string> wrap_verbatim(std::string_view text, std::size_t width) {
  width = std::max<std::size_t>(width, 4);
  if (text.ends_with('\n')) text.remove_suffix(1);
  std::vector<std::string> out;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    std::string expanded;
    for (const char c : text.substr(start, end - start)) expanded += c == '\t' ? "    " : std::string(1, c);
    std::string_view line = expanded;
    while (display_width(line) > width) {
      std::size_t bytes = fitting(line, width);
      const std::size_t space = line.substr(0, bytes).rfind(' ');
      if (space != std::string_view::npos && space > bytes / 2) bytes = space + 1;
      out.emplace_back(line.substr(0, bytes));
      line.remove_prefix(bytes);
    }
    out.emplace_back(line);
    start = end + 1;
  }
  return out;
}

std::string shorten(std::string_view text, std::size_t width, std::string_view mark) {
  if (display_width(text) <= width) return std::string(text);
  const std::size_t room = width > display_width(mark) ? width - display_width(mark) : 0;
  std::size_t used = 0;
  std::size_t i = 0;
  while (i < text.size()) {
    const CodePoint c = first_code_point(text.substr(i));
    const std::size_t w = c.valid ? width_of(c.value) + (c.value == 0xFE0F ? 1 : 0) : 1;
    if (used + w > room) break;
    used += w;
    i += c.length;
  }
  return std::string(text.substr(0, i)) + std::string(mark);
}

std::string to_ascii(std::string_view text) {
  struct Name {
    char32_t symbol;
    std::string_view name;
  };
  static constexpr Name kNames[] = {
      {0x2705, "[ok]"}, {0x26A0, "[!]"}, {0x1F6A8, "[!!]"}, {0x2754, "[?]"}, {0x2014, "-"},  {0x2013, "-"},
      {0x2026, "..."},  {0x00B7, "-"},   {0x2192, "->"},    {0x00B5, "u"},   {0x2018, "'"},  {0x2019, "'"},
      {0x201C, "\""},   {0x201D, "\""},  {0x2212, "-"},     {0x00D7, "x"},   {0x2265, ">="}, {0x2264, "<="},
      {0x2022, "*"},    {0x00A0, " "},   {0x2009, " "},     {0x202F, " "},   {0xFE0F, ""}};
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const CodePoint c = first_code_point(text.substr(i));
    if (c.valid && c.value < 0x80) {
      out += text[i];
    } else {
      const auto* found = std::find_if(std::begin(kNames), std::end(kNames),
                                       [&](const Name& n) { return c.valid && n.symbol == c.value; });
      if (found != std::end(kNames))
        out += found->name;
      else
        out += '?';
    }
    i += c.length;
  }
  return out;
}

}  // namespace culprit
