#include "report/html_text.h"

#include <fmt/format.h>

#include "base/printable.h"

namespace culprit::html {

std::string escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
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
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string inline_text(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t open = text.find('`');
    const std::size_t close = open == std::string_view::npos ? open : text.find('`', open + 1);
    if (close == std::string_view::npos) break;
    out += escape(text.substr(0, open));
    out += fmt::format("<code>{}</code>", escape(text.substr(open + 1, close - open - 1)));
    text.remove_prefix(close + 1);
  }
  return out + escape(text);
}

std::string references(const std::vector<EvidenceRef>& refs) {
  if (refs.empty()) return {};
  std::string out = "<span class=\"refs\">";
  for (const auto& ref : refs)
    out += fmt::format("<a class=\"ref\" href=\"#E{0}\" aria-label=\"Evidence {0}\">E{0}</a>", ref.id());
  return out + "</span>";
}

std::string code(std::string_view text) {
  std::string out = "<code>";
  for (std::size_t i = 0; i < text.size(); ++i) {
    out += escape(text.substr(i, 1));
    const bool after_colons = text[i] == ':' && i > 0 && text[i - 1] == ':';
    if (after_colons || text[i] == '#' || text[i] == '/') out += "<wbr>";  // where a long name may break
  }
  return out + "</code>";
}

std::string phrase(const Phrase& p) {
  std::string text = p.code ? code(p.text) : inline_text(p.text);
  if (p.tone == Tone::kStrong) text = "<strong>" + text + "</strong>";
  if (p.evidence.empty()) return text;
  return text + " " + references(p.evidence);
}

std::string_view tone_class(Tone tone) {
  switch (tone) {
    case Tone::kGood:
      return "good";
    case Tone::kWarn:
      return "warn";
    case Tone::kBad:
      return "bad";
    case Tone::kMuted:
      return "muted";
    case Tone::kPlain:
    case Tone::kStrong:
      return "";
  }
  return "";
}

std::string_view without_symbol(std::string_view text) {
  if (text.empty() || static_cast<unsigned char>(text.front()) < 0x80) return text;
  const std::size_t space = text.find(' ');
  return space == std::string_view::npos ? text : text.substr(space + 1);
}

std::string pill(std::string_view text, Tone tone) {
  const std::string_view name = tone_class(tone);
  return fmt::format("<span class=\"pill {}\">{}</span>", name.empty() ? "muted" : name, escape(text));
}

std::string command(std::string_view text) {
  return fmt::format(
      "<div class=\"cmd\"><pre><code>{}</code></pre><button type=\"button\" class=\"copy\" "
      "hidden>Copy</button></div>",
      escape(printable(text)));
}

std::string commands(std::string_view aws_command, std::string_view culprit_command) {
  std::string out;
  if (!aws_command.empty()) out += "<p class=\"cmd-label\">Live</p>" + command(aws_command);
  if (!culprit_command.empty())
    out += "<p class=\"cmd-label\">From the capsule</p>" + command(culprit_command);
  return out;
}

namespace {

constexpr std::size_t kOneLineMax = 20;  // columns of a cell that is not worth breaking

std::string cell(const Phrase& p, const Column& column, bool is_row_head) {
  const std::string_view tone = tone_class(p.tone);
  std::string inside;
  if (tone.empty() || tone == "muted" || column.numeric)
    inside = phrase(p);
  else
    inside = pill(p.text, p.tone) + (p.evidence.empty() ? "" : " " + references(p.evidence));
  std::string classes(column.numeric ? "num" : "");
  if (!column.numeric && !is_row_head && display_width(p.text) <= kOneLineMax) classes = "nw";
  if (!tone.empty() && (tone == "muted" || column.numeric))
    classes += (classes.empty() ? "" : " ") + std::string(tone);
  const std::string attribute = classes.empty() ? "" : fmt::format(" class=\"{}\"", classes);
  return is_row_head ? fmt::format("<th scope=\"row\"{}>{}</th>", attribute, inside)
                     : fmt::format("<td{}>{}</td>", attribute, inside);
}

}  // namespace

std::string table(const Table& t, std::string_view label) {
  std::string out = fmt::format(
      "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{}\"><table>\n<thead><tr>",
      escape(label));
  for (const auto& column : t.columns)
    out += fmt::format("<th scope=\"col\"{}>{}</th>", column.numeric ? " class=\"num\"" : "",
                       escape(column.title));
  out += "</tr></thead>\n<tbody>\n";
  for (const auto& row : t.rows) {
    out += "<tr>";
    for (std::size_t c = 0; c < row.size(); ++c) out += cell(row[c], t.columns[c], c == 0);
    out += "</tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

std::string list(const std::vector<Item>& items, bool numbered) {
  std::string out = numbered ? "<ol class=\"list\">\n" : "<ul class=\"list\">\n";
  for (const auto& item : items) {
    out += "<li>";
    if (!item.label.empty()) out += fmt::format("<span class=\"label\">{}</span> ", escape(item.label));
    out += phrase(item.phrase) + "</li>\n";
  }
  return out + (numbered ? "</ol>\n" : "</ul>\n");
}

std::string block(const Block& b) {
  switch (b.kind) {
    case Block::Kind::kHeading: {
      const std::string id = b.anchor.empty() ? "" : fmt::format(" id=\"{}\"", escape(b.anchor));
      return fmt::format("<h{0}{1}>{2}</h{0}>\n", b.level, id, inline_text(b.phrase.text));
    }
    case Block::Kind::kParagraph:
      return fmt::format("<p{}>{}</p>\n", b.phrase.tone == Tone::kMuted ? " class=\"muted\"" : "",
                         phrase(b.phrase));
    case Block::Kind::kList:
      return list(b.items, false);
    case Block::Kind::kSteps:
      return list(b.items, true);
    case Block::Kind::kTable:
      return table(b.table, "Table");
    case Block::Kind::kCode:
      if (b.language == "console") return command(b.phrase.text);
      return fmt::format("<pre class=\"code\"><code>{}</code></pre>\n", escape(b.phrase.text));
    case Block::Kind::kVisual:
      return {};
  }
  return {};
}

}  // namespace culprit::html
