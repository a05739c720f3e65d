#include "conduct/system_patch.h"

#include <fmt/format.h>

#include <algorithm>

namespace culprit {

namespace {

constexpr std::size_t kContext = 3;

using Lines = std::vector<std::string>;

Lines lines_of(std::string_view text) {
  Lines out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

void append(Lines& to, Lines more) { to.insert(to.end(), more.begin(), more.end()); }

// Lines that go in before line `at`, in place of `removed` lines.
struct Edit {
  std::size_t at = 0, removed = 0;
  Lines added;
};

bool is_top_level(std::string_view line) {
  return !line.empty() && line.front() != ' ' && line.front() != '#' && line.front() != '-' &&
         line.front() != '\r';
}

std::string_view indent_of(std::string_view line) { return line.substr(0, line.find_first_not_of(' ')); }

bool is_item(std::string_view line) {
  const std::size_t at = line.find_first_not_of(' ');
  return at != std::string_view::npos && line[at] == '-' && (at + 1 == line.size() || line[at + 1] == ' ');
}

Lines item_lines(const AddedItems& added, std::string_view indent) {
  Lines out;
  for (const auto& item : added.items) {
    bool first = true;
    for (const auto& line : lines_of(item)) {
      out.push_back(line.empty() ? std::string() : fmt::format("{}{}{}", indent, first ? "- " : "  ", line));
      first = false;
    }
  }
  return out;
}

Result<Edit> edit_for(const Lines& lines, const std::string& file, const AddedItems& added) {
  const std::string key = added.list + ":";
  const auto found =
      std::ranges::find_if(lines, [&](const std::string& line) { return line.starts_with(key); });
  if (found == lines.end()) {
    Edit out{lines.size(), 0, {}};
    if (!lines.empty() && !lines.back().empty()) out.added.emplace_back();
    out.added.push_back(key);
    append(out.added, item_lines(added, "  "));
    return out;
  }
  const auto at = static_cast<std::size_t>(found - lines.begin());
  std::string rest = found->substr(key.size());
  rest = rest.substr(0, rest.find('#'));
  std::erase_if(rest, [](char c) { return c == ' ' || c == '\r'; });
  if (rest == "[]") {
    Edit out{at, 1, {key}};
    append(out.added, item_lines(added, "  "));
    return out;
  }
  if (!rest.empty())
    return fail(ErrorCode::kInput, fmt::format("{} is written on one line", added.list),
                fmt::format("{}:{}", file, at + 1), "Write it as a list, an item a line, and ask again.");
  std::size_t end = at + 1;
  std::string_view indent = "  ";
  bool has_item = false;
  while (end < lines.size() && !is_top_level(lines[end])) {
    if (!has_item && is_item(lines[end])) indent = indent_of(lines[end]), has_item = true;
    ++end;
  }
  // Blank lines and comments before the next key belong to it.
  while (end > at + 1 &&
         (lines[end - 1].find_first_not_of(' ') == std::string::npos || lines[end - 1].front() == '#'))
    --end;
  return Edit{end, 0, item_lines(added, indent)};
}

// Hunks of sorted edits, with three lines around each; those that touch are one.
std::string unified(const Lines& before, const std::vector<Edit>& edits, const std::string& file,
                    bool ends_open) {
  std::string out = fmt::format("--- {}\n+++ {}\n", before.empty() ? "/dev/null" : file, file);
  std::ptrdiff_t shift = 0;
  for (std::size_t i = 0; i < edits.size();) {
    std::size_t last = i;
    while (last + 1 < edits.size() &&
           edits[last + 1].at <= edits[last].at + edits[last].removed + 2 * kContext)
      ++last;
    const std::size_t from = edits[i].at - std::min(edits[i].at, kContext);
    const std::size_t to = std::min(before.size(), edits[last].at + edits[last].removed + kContext);
    std::string body;
    std::size_t added = 0, removed = 0, line = from;
    const auto put = [&](char sign, const std::string& text, bool open) {
      body += fmt::format("{}{}\n{}", sign, text, open ? "\\ No newline at end of file\n" : "");
    };
    const auto context_until = [&](std::size_t end) {
      for (; line < end; ++line) put(' ', before[line], ends_open && line + 1 == before.size());
    };
    for (std::size_t e = i; e <= last; ++e) {
      context_until(edits[e].at);
      for (std::size_t n = 0; n < edits[e].removed; ++n, ++line, ++removed)
        put('-', before[line], ends_open && line + 1 == before.size());
      for (const auto& text : edits[e].added) put('+', text, false), ++added;
    }
    context_until(to);
    const std::size_t old_count = to - from, new_count = old_count + added - removed;
    out += fmt::format("@@ -{},{} +{},{} @@\n{}", from + (old_count > 0 ? 1 : 0), old_count,
                       static_cast<std::ptrdiff_t>(from) + shift + (new_count > 0 ? 1 : 0), new_count, body);
    shift += static_cast<std::ptrdiff_t>(added) - static_cast<std::ptrdiff_t>(removed);
    i = last + 1;
  }
  return out;
}

}  // namespace

std::string yaml_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      (out += '\\') += c;
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    else
      out += c;
  }
  return out + "\"";
}

std::string diff_of_new(std::string_view text, const std::string& file) {
  return unified({}, {Edit{0, 0, lines_of(text)}}, file, false);
}

Result<SystemPatch> patch_system(std::string_view before, const std::string& file,
                                 const std::vector<AddedItems>& added) {
  const Lines lines = lines_of(before);
  const bool ends_open = !before.empty() && before.back() != '\n';
  std::vector<Edit> edits;
  // Lists that are there first: new ones stand behind a last list that grows.
  std::vector<AddedItems> ordered = added;
  std::stable_partition(ordered.begin(), ordered.end(), [&](const AddedItems& one) {
    return std::ranges::any_of(lines, [&](const auto& line) { return line.starts_with(one.list + ":"); });
  });
  for (const auto& one : ordered) {
    if (one.items.empty()) continue;
    auto edit = edit_for(lines, file, one);
    if (!edit) return tl::unexpected(edit.error());
    if (!edits.empty() && edit->at == lines.size() && edits.back().at == lines.size() &&
        edits.back().removed == 0)
      append(edits.back().added, std::move(edit->added));
    else
      edits.push_back(std::move(*edit));
  }
  std::ranges::stable_sort(edits, {}, &Edit::at);
  // What follows a last line without an end gives it one.
  if (ends_open && !edits.empty() && edits.back().at == lines.size() && edits.back().removed == 0) {
    Edit& last = edits.back();
    --last.at;
    last.removed = 1;
    last.added.insert(last.added.begin(), lines.back());
  }
  SystemPatch out;
  std::size_t line = 0;
  const auto keep_until = [&](std::size_t end) {
    for (; line < end; ++line) out.text += lines[line] + (ends_open && line + 1 == lines.size() ? "" : "\n");
  };
  for (const auto& edit : edits) {
    keep_until(edit.at);
    line += edit.removed;
    for (const auto& text : edit.added) out.text += text + "\n";
  }
  keep_until(lines.size());
  if (!edits.empty()) out.diff = unified(lines, edits, file, ends_open);
  return out;
}

}  // namespace culprit
