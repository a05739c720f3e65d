#include "logs/template_texts.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_set>

#include "logs/log_bytes.h"
#include "logs/variable_kind.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace culprit {
namespace {

constexpr std::size_t kQuotedValues = 8;
constexpr std::string_view kKeysOfMessages[] = {"msg", "message",   "event", "error",
                                                "err", "exception", "text",  "log"};

struct Span {
  std::size_t start;  // of the text between the quotes
  std::size_t end;
};

bool names_message(std::string_view before) {
  while (!before.empty() && (is_unit_delimiter(before.back()) || before.back() == '>'))
    before.remove_suffix(1);
  std::size_t start = before.size();
  while (start > 0 && !is_unit_delimiter(before[start - 1])) --start;
  const auto key = before.substr(start);
  return std::find(std::begin(kKeysOfMessages), std::end(kKeysOfMessages), key) != std::end(kKeysOfMessages);
}

// Values of several words: behind key= or key: and between quotes.
std::vector<Span> quoted_texts(std::string_view text) {
  std::vector<Span> spans;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '"') continue;
    const std::size_t start = i + 1;
    std::size_t end = start;
    while (end < text.size() && (text[end] != '"' || text[end - 1] == '\\')) ++end;
    if (end >= text.size()) break;
    const auto before = text.substr(0, i);
    const auto sign = before.find_last_not_of(" >");
    const bool value = sign != std::string_view::npos && (before[sign] == ':' || before[sign] == '=');
    const bool words = text.substr(start, end - start).find(' ') != std::string_view::npos;
    if (value && words && !names_message(before)) spans.push_back({start, end});
    i = end;
  }
  return spans;
}

std::string replaced(std::string_view text, const std::vector<Span>& spans, const std::vector<bool>& which) {
  std::string out;
  std::size_t at = 0;
  for (std::size_t i = 0; i < spans.size(); ++i) {
    if (!which[i]) continue;
    out += text.substr(at, spans[i].start - at);
    out += code_of(VariableKind::kAny);
    at = spans[i].end;
  }
  out += text.substr(at);
  return out;
}

std::vector<std::string_view> tokens_of(std::string_view text) {
  std::vector<std::string_view> tokens;
  for (std::size_t i = 0; i <= text.size();) {
    const auto end = std::min(text.find(' ', i), text.size());
    tokens.push_back(text.substr(i, end - i));
    i = end + 1;
  }
  return tokens;
}

std::uint64_t key_of_token(std::size_t position, std::string_view token) {
  return XXH3_64bits_withSeed(token.data(), token.size(), position);
}

bool is_variable(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_code);
}

bool holds_variable(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return is_code(c) || is_digit(c); });
}

// The delimiters that all tokens share at one end.
std::size_t shared_delimiters(const std::vector<std::string_view>& tokens, std::size_t taken, bool at_end) {
  const auto byte = [&](std::string_view token, std::size_t i) {
    return at_end ? token[token.size() - 1 - i] : token[i];
  };
  std::size_t shared = 0;
  while (std::all_of(tokens.begin(), tokens.end(), [&](auto token) {
    return token.size() > taken + shared && byte(token, shared) == byte(tokens[0], shared) &&
           is_unit_delimiter(byte(token, shared));
  })) {
    ++shared;
  }
  return shared;
}

struct TokenEntry {
  std::uint64_t key;
  std::uint32_t text;
  std::uint32_t position;
};

// The token that stands for all of these; empty when they are no value.
std::string value_of_tokens(const std::vector<std::string_view>& tokens) {
  const auto before = shared_delimiters(tokens, 0, false);
  const auto after = shared_delimiters(tokens, before, true);
  bool variable = false;
  for (const auto token : tokens) {
    const auto core = token.substr(before, token.size() - before - after);
    if (!holds_variable(core)) return {};
    variable = variable || is_variable(core);
  }
  if (!variable) return {};
  std::string value(tokens[0].substr(0, before));
  value += code_of(VariableKind::kAny);
  value += tokens[0].substr(tokens[0].size() - after);
  return value;
}

// Where the next item of a list is, when a variable stands at `at` and one follows it; 0 otherwise.
std::size_t next_item(std::string_view text, std::size_t at) {
  for (const std::string_view between : {" ", ",", ", ", ",$", ", $"}) {
    const auto next = at + 1 + between.size();
    if (next < text.size() && is_code(text[next]) && text.substr(at + 1, between.size()) == between)
      return next;
  }
  return 0;
}

// Each run of variables as one: of `kind` when given, else of its own kind or a list.
std::string without_runs(std::string_view text, std::optional<VariableKind> kind) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_code(text[i])) {
      out += text[i];
      continue;
    }
    if (!out.empty() && out.back() == '$') out.pop_back();  // $1, as PostgreSQL numbers its parameters
    out += kind ? code_of(*kind) : text[i];
    for (auto next = next_item(text, i); next != 0; next = next_item(text, i)) {
      if (!kind) out.back() = code_of(VariableKind::kList);
      i = next;
    }
  }
  return out;
}

}  // namespace

void blank_quoted_texts(std::vector<std::string>& texts) {
  struct Member {
    std::size_t text;
    std::vector<Span> spans;
  };
  std::map<std::string, std::vector<Member>> groups;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    auto spans = quoted_texts(texts[i]);
    if (spans.empty()) continue;
    auto key = replaced(texts[i], spans, std::vector<bool>(spans.size(), true));
    groups[std::move(key)].push_back({i, std::move(spans)});
  }
  for (const auto& [key, members] : groups) {
    if (members.size() < kQuotedValues) continue;
    std::vector<bool> varies;
    for (std::size_t s = 0; s < members[0].spans.size(); ++s) {
      std::set<std::string_view> values;
      for (const auto& m : members) {
        values.insert(
            std::string_view(texts[m.text]).substr(m.spans[s].start, m.spans[s].end - m.spans[s].start));
      }
      varies.push_back(values.size() >= kQuotedValues);
    }
    for (const auto& m : members) texts[m.text] = replaced(texts[m.text], m.spans, varies);
  }
}

void merge_tokens(std::vector<std::string>& texts) {
  std::vector<std::vector<std::string_view>> tokens;
  std::vector<TokenEntry> entries;
  for (std::uint32_t i = 0; i < texts.size(); ++i) {
    tokens.push_back(tokens_of(texts[i]));
    std::uint64_t key = tokens[i].size();
    for (std::size_t t = 0; t < tokens[i].size(); ++t) key += key_of_token(t, tokens[i][t]);
    for (std::uint32_t t = 0; t < tokens[i].size(); ++t) {
      if (holds_variable(tokens[i][t])) {
        entries.push_back({key - key_of_token(t, tokens[i][t]) + key_of_token(t, {}), i, t});
      }
    }
  }
  std::sort(entries.begin(), entries.end(), [](const TokenEntry& a, const TokenEntry& b) {
    return a.key != b.key ? a.key < b.key : a.text < b.text;
  });
  std::vector<std::vector<std::string>> changed(texts.size());
  for (std::size_t i = 0; i < entries.size();) {
    std::size_t end = i;
    std::vector<std::string_view> values;
    for (; end < entries.size() && entries[end].key == entries[i].key; ++end) {
      values.push_back(tokens[entries[end].text][entries[end].position]);
    }
    const auto value = values.size() > 1 ? value_of_tokens(values) : std::string();
    for (; i < end && !value.empty(); ++i) {
      auto& words = changed[entries[i].text];
      if (words.empty()) words.assign(tokens[entries[i].text].begin(), tokens[entries[i].text].end());
      words[entries[i].position] = value;
    }
    i = end;
  }
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (changed[i].empty()) continue;
    std::string text = changed[i][0];
    for (std::size_t t = 1; t < changed[i].size(); ++t) text += ' ' + changed[i][t];
    texts[i] = std::move(text);
  }
}

void merge_lists(std::vector<std::string>& texts) {
  std::unordered_set<std::string> lists;
  for (const auto& text : texts) {
    if (text.find(code_of(VariableKind::kList)) != std::string::npos)
      lists.insert(without_runs(text, VariableKind::kAny));
  }
  if (lists.empty()) return;
  for (auto& text : texts) {
    if (lists.contains(without_runs(text, VariableKind::kAny))) text = without_runs(text, {});
  }
}

}  // namespace culprit
