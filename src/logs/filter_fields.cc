#include "logs/filter_fields.h"

#include <fmt/format.h>

#include <algorithm>

#include "logs/filter_scanner.h"

namespace culprit {

namespace {

// A field of a message: what its conditions see, and where it begins.
struct Token {
  std::string_view text;
  std::size_t begin = 0;
};

// Where the group ends that opens at `at` ([…] or "…"): the place behind its closing character, which must be
// followed by white space or the end. npos when it is no group but a word that begins so.
std::size_t group_end(std::string_view message, std::size_t at) {
  const char close = message[at] == '[' ? ']' : '"';
  for (auto i = at + 1; i < message.size(); ++i) {
    if (message[i] == '\\' && close == '"') {
      ++i;
    } else if (message[i] == close && (i + 1 == message.size() || is_blank(message[i + 1]))) {
      return i + 1;
    }
  }
  return std::string_view::npos;
}

// Reads the fields of a message, at most `most`. A bracket or quote that never closes is looked for once
// only, so that the work stays linear.
class Tokens {
 public:
  explicit Tokens(std::string_view message) : message_(message) {}

  bool next(Token& token) {
    while (at_ < message_.size() && is_blank(message_[at_])) ++at_;
    if (at_ >= message_.size()) return false;
    token.begin = at_;
    const char c = message_[at_];
    bool& hopeless = c == '[' ? no_bracket_ : no_quote_;
    if ((c == '[' || c == '"') && !hopeless) {
      const auto end = group_end(message_, at_);
      if (end != std::string_view::npos) {
        token.text = message_.substr(at_ + 1, end - at_ - 2);
        at_ = end;
        return true;
      }
      hopeless = true;
    }
    while (at_ < message_.size() && !is_blank(message_[at_])) ++at_;
    token.text = message_.substr(token.begin, at_ - token.begin);
    return true;
  }

 private:
  std::string_view message_;
  std::size_t at_ = 0;
  bool no_bracket_ = false;  // no group of this kind closes any more
  bool no_quote_ = false;
};

std::string_view without_last_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// The message cut into the pattern's n fields: the last takes the rest. False when there are too few.
bool cut(std::string_view message, std::size_t n, std::vector<Token>& out) {
  Tokens tokens(message);
  Token token;
  while (out.size() < n && tokens.next(token)) out.push_back(token);
  if (out.size() < n) return false;
  if (tokens.next(token)) out.back().text = without_last_blanks(message.substr(out.back().begin));
  return true;
}

// Index of the pattern's field that each token belongs to; ellipses are placed as far left as they can.
// Empty when the message does not match.
class Assignment {
 public:
  Assignment(const std::vector<PatternField>& fields, std::string_view message) : fields_(fields) {
    const bool open = std::any_of(fields.begin(), fields.end(), [](const auto& f) { return f.ellipsis; });
    if (!open) {
      if (!cut(message, fields.size(), tokens)) return;
      field_of.resize(tokens.size());
      matched = place(0, fields.size(), 0);
      return;
    }
    Tokens reader(message);
    for (Token token; reader.next(token);) tokens.push_back(token);
    field_of.assign(tokens.size(), kNone);
    matched = place_runs();
  }

  static constexpr std::size_t kNone = std::string_view::npos;
  std::vector<Token> tokens;
  std::vector<std::size_t> field_of;  // kNone: an ellipsis took it
  bool matched = false;

 private:
  // Whether the fields [from, to) take the tokens from `at` on; notes them when they do.
  bool place(std::size_t from, std::size_t to, std::size_t at) {
    if (tokens.size() - at < to - from) return false;
    for (auto i = from; i < to; ++i)
      if (!fields_[i].takes(tokens[at + i - from].text)) return false;
    for (auto i = from; i < to; ++i) field_of[at + i - from] = i;
    return true;
  }

  // The runs of fields between ellipses: the first at the start, the last at the end, each other as far left
  // as possible (which is enough, since a field's conditions look at that field alone).
  bool place_runs() {
    std::size_t at = 0;
    for (std::size_t from = 0; from <= fields_.size();) {
      auto to = from;
      while (to < fields_.size() && !fields_[to].ellipsis) ++to;
      const auto size = to - from;
      if (tokens.size() - at < size) return false;
      if (to == fields_.size()) return place(from, to, tokens.size() - size);
      if (from == 0) {
        if (!place(from, to, 0)) return false;
      } else {
        while (at + size <= tokens.size() && !place(from, to, at)) ++at;
        if (at + size > tokens.size()) return false;
      }
      at += size;
      from = to + 1;
    }
    return true;
  }

  const std::vector<PatternField>& fields_;
};

}  // namespace

bool PatternField::takes(std::string_view field) const {
  if (any_of.empty()) return true;
  const auto number = filter_number(field);
  return std::any_of(any_of.begin(), any_of.end(), [&](const auto& all) {
    return std::all_of(all.begin(), all.end(), [&](const auto& c) { return c.holds(field, number); });
  });
}

NecessaryLiterals PatternField::necessary() const {
  NecessaryLiterals out;
  for (std::size_t i = 0; i < any_of.size(); ++i) {
    NecessaryLiterals all;
    for (const auto& comparison : any_of[i]) all.add(comparison.necessary());
    out = i == 0 ? std::move(all) : either(out, all);
  }
  return out;
}

bool FieldsPlan::matches(std::string_view message) const {
  return fields.empty() || Assignment(fields, message).matched;
}

std::vector<std::pair<std::string, std::string>> FieldsPlan::extract(std::string_view message) const {
  std::vector<std::pair<std::string, std::string>> out;
  const Assignment assignment(fields, message);
  if (!assignment.matched) return out;
  for (std::size_t i = 0; i < assignment.tokens.size(); ++i) {
    const auto field = assignment.field_of[i];
    const bool named = field != Assignment::kNone && !fields[field].name.empty();
    out.emplace_back(named ? "$" + fields[field].name : fmt::format("${}", i + 1), assignment.tokens[i].text);
  }
  return out;
}

NecessaryLiterals FieldsPlan::necessary() const {
  NecessaryLiterals out;
  for (const auto& field : fields) out.add(field.necessary());
  return out;
}

}  // namespace culprit
