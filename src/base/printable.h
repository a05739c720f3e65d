// Text of logs made safe to show: valid UTF-8, no control characters, and how wide it is on a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace culprit {

// One code point of valid UTF-8 at the front of text; length 1 and valid = false for a stray byte.
struct CodePoint {
  char32_t value = 0;
  std::size_t length = 1;
  bool valid = false;
};
CodePoint first_code_point(std::string_view text);

// Invalid bytes and control characters become "\xNN" (ESC is "\x1b"); characters that reorder or hide text
// (bidirectional overrides, zero-width) become "\u{202e}". Keeps new line and tab.
std::string printable(std::string_view text);
// The same on one line: line ends and tabs become a space.
std::string one_line(std::string_view text);

// One line as printable() writes it, with line ends as \x0a, cut to `bytes_max` with "…".
std::string printable_text(std::string_view bytes, std::size_t bytes_max);

// Columns on a terminal: 2 for wide East Asian and emoji, 0 for combining marks.
std::size_t display_width(std::string_view text);

// Breaks at spaces so that no line is wider than `width` (longer words are split). Keeps explicit new
// lines. At least one line.
std::vector<std::string> wrap(std::string_view text, std::size_t width);

// Breaks without changing a character: after the last space that fits, else in the middle of a word.
std::vector<std::string> wrap_verbatim(std::string_view text, std::size_t width);

// Cut to `width` columns with "…" (or "..." in ASCII).
std::string shorten(std::string_view text, std::size_t width, std::string_view mark);

// ASCII only: known symbols by their names, others as "?".
std::string to_ascii(std::string_view text);

}  // namespace culprit
