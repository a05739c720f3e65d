#include "report/text_canvas.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/printable.h"

namespace culprit {

namespace {

constexpr std::size_t kIndent = 2;  // of everything under a section's title
constexpr std::size_t kGap = 2;     // between columns

std::string_view colour_of(Tone tone) {
  switch (tone) {
    case Tone::kPlain:
      return {};
    case Tone::kGood:
      return "\x1b[32m";
    case Tone::kWarn:
      return "\x1b[33m";
    case Tone::kBad:
      return "\x1b[1;31m";
    case Tone::kMuted:
      return "\x1b[2m";
    case Tone::kStrong:
      return "\x1b[1m";
  }
  return {};
}

std::size_t longest_word(std::string_view text) {
  std::size_t longest = 0;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(' ', start), text.size());
    longest = std::max(longest, display_width(text.substr(start, end - start)));
    start = end + 1;
  }
  return longest;
}

std::string pad(std::string_view text, std::size_t width, bool right) {
  const std::size_t used = display_width(text);
  const std::string blanks(width > used ? width - used : 0, ' ');
  return right ? blanks + std::string(text) : std::string(text) + blanks;
}

void trim_right(std::string& line) {
  while (line.ends_with(' ')) line.pop_back();
}

}  // namespace

std::string with_evidence(const Phrase& phrase) {
  if (phrase.evidence.empty()) return phrase.text;
  std::string refs;
  for (const auto& ref : phrase.evidence) refs += fmt::format("{}E{}", refs.empty() ? "" : ", ", ref.id());
  return fmt::format("{} [{}]", phrase.text, refs);
}

TextCanvas::TextCanvas(const TextStyle& style)
    : style_(style), width_(static_cast<std::size_t>(std::clamp(style.width, 40, 400))) {}

std::string TextCanvas::plain(std::string_view text) const {
  return style_.unicode ? std::string(text) : to_ascii(text);
}

std::string TextCanvas::paint(std::string_view text, Tone tone) const {
  const std::string_view colour = colour_of(tone);
  if (!style_.colour || colour.empty() || text.empty()) return std::string(text);
  return fmt::format("{}{}\x1b[0m", colour, text);
}

void TextCanvas::verbatim(std::string_view text) {
  std::string shown(text);
  trim_right(shown);
  out_ += shown + "\n";
}

void TextCanvas::blank() {
  if (!out_.empty() && !out_.ends_with("\n\n")) out_ += '\n';
}

void TextCanvas::rule(std::string_view title) {
  blank();
  const std::string_view dash = style_.unicode ? "─" : "-";
  const std::string name = shorten(plain(title), width_ - 8, style_.unicode ? "…" : "...");
  std::string text = fmt::format("{}{} {} ", dash, dash, name);
  for (std::size_t used = display_width(text); used < width_; ++used) text += dash;
  out_ += paint(text, Tone::kStrong) + "\n\n";
}

void TextCanvas::paragraph(std::string_view lead, const Phrase& phrase, std::size_t lines_max) {
  const std::string shown_lead = plain(lead);
  const std::size_t hang = std::min(display_width(shown_lead), width_ / 2);
  std::vector<std::string> lines = wrap(plain(with_evidence(phrase)), width_ - hang);
  if (lines_max > 0 && lines.size() > lines_max) {
    lines.resize(lines_max);
    const std::string_view mark = style_.unicode ? "…" : "...";
    lines.back() = shorten(lines.back(), width_ - hang - display_width(mark), "") + std::string(mark);
  }
  for (std::size_t i = 0; i < lines.size(); ++i)
    out_ += (i == 0 ? shown_lead : std::string(hang, ' ')) + paint(lines[i], phrase.tone) + "\n";
}

void TextCanvas::code(std::string_view text, std::size_t indent) {
  const std::string bar = std::string(indent, ' ') + (style_.unicode ? "│ " : "| ");
  for (const auto& part : wrap_verbatim(plain(text), width_ - indent - 2)) {
    std::string shown = bar + part;
    trim_right(shown);
    out_ += shown + "\n";
  }
}

void TextCanvas::command(std::string_view text, std::size_t indent) {
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    verbatim(std::string(indent, ' ') + plain(text.substr(start, end - start)));
    start = end + 1;
  }
}

std::vector<std::size_t> TextCanvas::column_widths(const Table& t,
                                                   const std::vector<std::vector<std::string>>& cells) const {
  std::vector<std::size_t> widths(t.columns.size());
  std::vector<std::size_t> least(t.columns.size());
  for (std::size_t c = 0; c < t.columns.size(); ++c) {
    const auto consider = [&](const std::string& text) {
      widths[c] = std::max(widths[c], display_width(text));
      least[c] = std::max(least[c], std::min<std::size_t>(longest_word(text), 18));
    };
    consider(plain(t.columns[c].title));
    for (const auto& row : cells) consider(row[c]);
  }
  const std::size_t room = width_ - kIndent - kGap * (t.columns.size() - 1);
  if (kIndent + kGap * (t.columns.size() - 1) >= width_ ||
      std::accumulate(least.begin(), least.end(), std::size_t{0}) > room)
    return {};  // does not fit in any way
  while (std::accumulate(widths.begin(), widths.end(), std::size_t{0}) > room) {
    std::size_t widest = t.columns.size();
    for (std::size_t c = 0; c < widths.size(); ++c)
      if (widths[c] > least[c] && (widest == t.columns.size() || widths[c] > widths[widest])) widest = c;
    if (widest == t.columns.size()) return {};
    --widths[widest];
  }
  return widths;
}

// A table too wide for the screen: one record a row.
void TextCanvas::records(const Table& t, const std::vector<std::vector<std::string>>& cells) {
  std::size_t label = 0;
  for (std::size_t c = 1; c < t.columns.size(); ++c)
    label = std::max(label, display_width(plain(t.columns[c].title)));
  for (std::size_t r = 0; r < cells.size(); ++r) {
    paragraph(std::string(kIndent, ' '), Phrase{cells[r][0], {}, Tone::kStrong, false});
    for (std::size_t c = 1; c < t.columns.size(); ++c) {
      if (cells[r][c] == plain(wording::kNoValue)) continue;
      const std::string lead =
          std::string(kIndent + 2, ' ') + pad(plain(t.columns[c].title), label + 2, false);
      paragraph(lead, Phrase{cells[r][c], {}, t.rows[r][c].tone, false});
    }
  }
}

void TextCanvas::table(const Table& t) {
  std::vector<std::vector<std::string>> cells;
  for (const auto& row : t.rows) {
    auto& shown = cells.emplace_back();
    for (const auto& c : row) shown.push_back(plain(with_evidence(c)));
  }
  const std::vector<std::size_t> widths = column_widths(t, cells);
  if (widths.empty()) return records(t, cells);
  const auto put_row = [&](const std::vector<std::string>& row, const std::vector<Phrase>* tones) {
    std::vector<std::vector<std::string>> parts;
    std::size_t height = 0;
    for (std::size_t c = 0; c < row.size(); ++c) {
      parts.push_back(wrap(row[c], std::max<std::size_t>(widths[c], 4)));
      height = std::max(height, parts.back().size());
    }
    for (std::size_t h = 0; h < height; ++h) {
      std::string text(kIndent, ' ');
      for (std::size_t c = 0; c < row.size(); ++c) {
        const std::string part = h < parts[c].size() ? parts[c][h] : "";
        const Tone tone = tones != nullptr ? (*tones)[c].tone : Tone::kMuted;
        const std::string padded = pad(part, widths[c], t.columns[c].numeric);
        text += (c == 0 ? "" : std::string(kGap, ' ')) + (part.empty() ? padded : paint(padded, tone));
      }
      trim_right(text);
      out_ += text + "\n";
    }
  };
  std::vector<std::string> titles;
  for (const auto& column : t.columns) titles.push_back(plain(column.title));
  put_row(titles, nullptr);
  for (std::size_t r = 0; r < cells.size(); ++r) put_row(cells[r], &t.rows[r]);
}

}  // namespace culprit
