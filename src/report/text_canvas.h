// Lines of a terminal report: colours, wrapping with hanging indents, tables that fit. Private to src/report.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/outline.h"
#include "report/report.h"

namespace culprit {

class TextCanvas {
 public:
  explicit TextCanvas(const TextStyle& style);

  void verbatim(std::string_view text);  // one line, as it is
  // Wrapped after `lead` ("  - "), continued below its end. At most `lines_max` lines (0 = all).
  void paragraph(std::string_view lead, const Phrase& phrase, std::size_t lines_max = 0);
  void rule(std::string_view title);  // "── Timeline ─────"
  void table(const Table& table);
  // Every character of it, wrapped behind a bar.
  void code(std::string_view text, std::size_t indent = 4);
  // Not wrapped: the terminal does it, and what is copied stays one command.
  void command(std::string_view text, std::size_t indent = 4);
  void blank();  // one empty line, never two

  std::string paint(std::string_view text, Tone tone) const;
  std::string plain(std::string_view text) const;  // ASCII when the style asks for it
  int width() const { return static_cast<int>(width_); }
  std::string take() { return std::move(out_); }

 private:
  std::vector<std::size_t> column_widths(const Table& t,
                                         const std::vector<std::vector<std::string>>& cells) const;
  void records(const Table& t, const std::vector<std::vector<std::string>>& cells);

  TextStyle style_;
  std::size_t width_;
  std::string out_;
};

// "text [E1, E4]"
std::string with_evidence(const Phrase& phrase);

}  // namespace culprit
