// Markdown that GitHub renders (GitHub Flavored Markdown; tables, <details>, <a id>).
#include "report/markdown.h"

#include <fmt/format.h>

#include <cctype>

#include "base/printable.h"
#include "report/report.h"

namespace culprit {

namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

// ":name:" would become an emoji, "://" a link.
bool colon_means_something(std::string_view after) {
  if (after.starts_with("//")) return true;
  const std::size_t end = after.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_+-");
  return end != std::string_view::npos && end > 0 && after[end] == ':' &&
         after.substr(0, end).find_first_of("abcdefghijklmnopqrstuvwxyz+-") != std::string_view::npos;
}

// A character that would start a list, a heading or a rule at the front of a block.
bool opens_block(std::string_view text) {
  if (text.find_first_of("-+=") == 0) return true;
  const std::size_t end = text.find_first_not_of("0123456789");
  return end != 0 && end != std::string_view::npos && (text[end] == '.' || text[end] == ')') &&
         (end + 1 == text.size() || text[end + 1] == ' ');
}

// Text that means itself: nothing of a log becomes markup, a link, a mention or an issue's number.
std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const char before = i > 0 ? text[i - 1] : ' ';
    const char after = i + 1 < text.size() ? text[i + 1] : ' ';
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '@':
        out += "&#64;";
        break;
      case ':':
        out += colon_means_something(text.substr(i + 1)) ? "&#58;" : ":";
        break;
      case '#':
        out += i == 0 || std::isdigit(static_cast<unsigned char>(after)) != 0 ? "&#35;" : "#";
        break;
      case '|':
      case '\\':
      case '`':
      case '*':
      case '[':
      case ']':
      case '~':
      case '$':
        out += '\\';
        out += c;
        break;
      case '_':
        out += is_word(before) && is_word(after) ? "_" : "\\_";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string escaped_block(std::string_view text) {
  if (!opens_block(text)) return escaped(text);
  const std::size_t at = text.find_first_not_of("0123456789");
  return std::string(text.substr(0, at)) + "\\" + escaped(text.substr(at));
}

// Inside raw HTML, where Markdown is not read.
std::string html_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '&')
      out += "&amp;";
    else
      out += c;
  }
  return out;
}

// A run of backticks longer than any inside.
std::string fence_for(std::string_view text, std::size_t at_least) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return std::string(std::max(at_least, longest + 1), '`');
}

std::string code_span(std::string_view text, bool in_table) {
  // In a table a pipe splits cells even inside a code span, and a backslash there cannot prevent it reliably.
  if (in_table && text.find('|') != std::string_view::npos) return "<code>" + escaped(text) + "</code>";
  const std::string fence = fence_for(text, 1);
  const std::string_view pad = text.starts_with('`') || text.ends_with('`') ? " " : "";
  return fmt::format("{0}{1}{2}{1}{0}", fence, pad, text);
}

// Text in which `…` is code: escaped outside, verbatim inside.
std::string with_code(std::string_view text, bool in_table) {
  std::string out;
  if (!in_table && opens_block(text) && text.find('`') == std::string_view::npos) return escaped_block(text);
  while (!text.empty()) {
    const std::size_t open = text.find('`');
    const std::size_t close = open == std::string_view::npos ? open : text.find('`', open + 1);
    if (close == std::string_view::npos || close == open + 1) return out + escaped(text);
    out += escaped(text.substr(0, open));
    out += code_span(text.substr(open + 1, close - open - 1), in_table);
    text.remove_prefix(close + 1);
  }
  return out;
}

std::string links(const std::vector<EvidenceRef>& refs) {
  std::string out;
  for (const auto& ref : refs)
    out += fmt::format("{}[E{}](#e{})", out.empty() ? " " : ", ", ref.id(), ref.id());
  return out;
}

std::string phrase(const Phrase& p, bool in_table = false) {
  std::string text = p.code ? code_span(p.text, in_table) : with_code(p.text, in_table);
  if (p.tone == Tone::kStrong && !p.code) text = "**" + text + "**";
  return text + links(p.evidence);
}

void put_table(std::string& out, const Table& t) {
  std::string rule;
  for (const auto& column : t.columns) {
    out += "| " + escaped(column.title) + " ";
    rule += column.numeric ? "|---:" : "|---";
  }
  out += "|\n" + rule + "|\n";
  for (const auto& row : t.rows) {
    for (const auto& c : row) out += "| " + phrase(c, true) + " ";
    out += "|\n";
  }
  out += '\n';
}

void put_items(std::string& out, const std::vector<Item>& items, bool numbered) {
  std::size_t n = 0;
  for (const auto& item : items) {
    out += numbered ? fmt::format("{}. ", ++n) : "- ";
    if (!item.label.empty()) out += "**" + escaped(item.label) + ":** ";
    out += phrase(item.phrase) + "\n";
  }
  out += '\n';
}

void put_code(std::string& out, const Block& b) {
  const std::string fence = fence_for(b.phrase.text, 3);
  out += fence + b.language + "\n" + b.phrase.text;
  if (!b.phrase.text.ends_with('\n')) out += '\n';
  out += fence + "\n\n";
}

void put_block(std::string& out, const Block& b);

void put_visual(std::string& out, const Block& b) {
  if (b.plain.empty()) return;
  const bool folded = b.visual == Block::Visual::kEvidence;
  if (folded) {
    out += fmt::format("<a id=\"e{}\"></a>\n<details>\n<summary>{}</summary>\n\n", b.index + 1,
                       html_escaped(b.phrase.text));
  }
  for (const auto& inner : b.plain) put_block(out, inner);
  if (folded) out += "</details>\n\n";
}

void put_block(std::string& out, const Block& b) {
  switch (b.kind) {
    case Block::Kind::kHeading:
      out +=
          std::string(static_cast<std::size_t>(b.level), '#') + " " + with_code(b.phrase.text, true) + "\n\n";
      break;
    case Block::Kind::kParagraph:
      out += phrase(b.phrase) + "\n\n";
      break;
    case Block::Kind::kList:
      put_items(out, b.items, false);
      break;
    case Block::Kind::kSteps:
      put_items(out, b.items, true);
      break;
    case Block::Kind::kTable:
      put_table(out, b.table);
      break;
    case Block::Kind::kCode:
      put_code(out, b);
      break;
    case Block::Kind::kVisual:
      put_visual(out, b);
      break;
  }
}

}  // namespace

std::string markdown_of(std::string_view title, const std::vector<Section>& sections) {
  std::string out = "# " + escaped(title) + "\n\n";
  for (const auto& section : sections) {
    out += "## " + escaped(section.title) + "\n\n";
    for (const auto& block : section.blocks) put_block(out, block);
  }
  while (out.ends_with("\n\n")) out.pop_back();
  return out;
}

std::string render_markdown(const Findings& findings) {
  return markdown_of(report_title(findings), outline(findings));
}

}  // namespace culprit
