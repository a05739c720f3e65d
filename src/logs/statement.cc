#include "logs/statement.h"

#include <fmt/format.h>
#include <pg_query.h>

#include <unordered_map>
#include <vector>

#include "logs/sql_shorten.h"
#include "logs/sql_tokens.h"

namespace culprit {

namespace {

// The parser's tree is walked recursively: a chain of 30,000 operators overflows a stack of 8 MB. Real
// statements, their lists shortened, have a few hundred tokens.
constexpr std::size_t kTokensMax = 4'000;
constexpr std::size_t kParserBytesMax = 1024 * 1024;
constexpr std::size_t kNormalisedBytesMax = 8'000;
constexpr std::size_t kMemoEntriesMax = 50'000;
constexpr std::size_t kMemoBytesMax = 32 * 1024 * 1024;

struct Fingerprint {
  explicit Fingerprint(const std::string& sql) : result(pg_query_fingerprint(sql.c_str())) {}
  ~Fingerprint() { pg_query_free_fingerprint_result(result); }
  Fingerprint(const Fingerprint&) = delete;
  Fingerprint& operator=(const Fingerprint&) = delete;
  bool ok() const { return result.error == nullptr && result.fingerprint_str != nullptr; }
  PgQueryFingerprintResult result;
};

struct Normalised {
  explicit Normalised(const std::string& sql) : result(pg_query_normalize(sql.c_str())) {}
  ~Normalised() { pg_query_free_normalize_result(result); }
  Normalised(const Normalised&) = delete;
  Normalised& operator=(const Normalised&) = delete;
  bool ok() const { return result.error == nullptr && result.normalized_query != nullptr; }
  PgQueryNormalizeResult result;
};

std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return hash;
}

std::size_t utf8_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0; };
  const unsigned char c = byte(at);
  const std::size_t length = c < 0x80                ? 1
                             : c >= 0xC2 && c < 0xE0 ? 2
                             : (c & 0xF0) == 0xE0    ? 3
                             : c >= 0xF0 && c < 0xF5 ? 4
                                                     : 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(at + i) & 0xC0) != 0x80) return 0;
  return length;
}

// The parser trusts its input to be UTF-8.
void replace_invalid_utf8(std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto length = utf8_length(text, at);
    if (length == 0) text[at] = '_';
    at += length == 0 ? 1 : length;
  }
}

// At most kNormalisedBytesMax bytes, never half a character.
void bound(std::string& text) {
  if (text.size() <= kNormalisedBytesMax) return;
  std::size_t end = kNormalisedBytesMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  text += " …";
}

// Writes a normalised statement on one line: single spaces, parameters numbered in order of appearance, and
// "IN ($1, …)" for any list of constants, since the shape stands for lists of every length.
class OneLine {
 public:
  explicit OneLine(std::string_view sql) : tokens_(sql) {}

  std::string run() {
    for (SqlToken token = tokens_.next(); token.kind != SqlToken::Kind::kEnd; token = tokens_.next()) {
      if (list_depth_ > 0 && (token.is('(') || token.is('['))) ++list_depth_;
      if (list_depth_ > 0 && (token.is(')') || token.is(']')) && --list_depth_ == 0 && list_constant_)
        out_ += ", …";
      if (list_depth_ == 1 && !token.is_literal() && !is_cast(token))
        list_constant_ = token.is(',') && list_constant_;
      write(token);
      if (list_depth_ == 0 && token.is('(') && before_.is_word("in")) list_depth_ = 1, list_constant_ = true;
      before_ = token;
    }
    return std::move(out_);
  }

 private:
  bool is_cast(const SqlToken& token) const {
    return token.text == "::" || before_.text == "::" || token.is('-');
  }

  void write(const SqlToken& token) {
    const bool glued = token.is(')') || token.is(']') || token.is(',') || token.is(';') || before_.is('(') ||
                       before_.is('[');
    if (!out_.empty() && !glued && (token.spaced || before_.is(',') || before_.is_word("in"))) out_ += ' ';
    if (token.kind != SqlToken::Kind::kParameter) {
      out_ += token.text;
      return;
    }
    const auto [known, fresh] = numbers_.emplace(token.text, numbers_.size() + 1);
    out_ += fmt::format("${}", known->second);
  }

  SqlTokens tokens_;
  std::string out_;
  std::unordered_map<std::string_view, std::size_t> numbers_;
  SqlToken before_;
  std::size_t list_depth_ = 0;
  bool list_constant_ = false;
};

StatementShape unparsed(const std::string& key) {
  StatementShape shape;
  std::string text;
  for (const char c : key) {
    if (c == kMaskedLiteral) {
      text += '?';
    } else {
      text += c;
    }
  }
  shape.fingerprint = fmt::format("unparsed:{:016x}", fnv1a(text));
  shape.normalised = std::move(text);
  return shape;
}

StatementShape make_shape(ShortenedSql& statement) {
  replace_invalid_utf8(statement.sql);
  const bool fits =
      statement.tokens > 0 && statement.tokens <= kTokensMax && statement.sql.size() <= kParserBytesMax;
  StatementShape shape;
  if (fits && !statement.cut) {
    if (const Fingerprint fingerprint(statement.sql); fingerprint.ok()) {
      shape.fingerprint = fingerprint.result.fingerprint_str;
      shape.parsed = true;
      const Normalised normalised(statement.sql);
      shape.normalised = OneLine(normalised.ok() ? normalised.result.normalized_query : statement.sql).run();
    }
  }
  if (!shape.parsed) shape = unparsed(statement.key);
  bound(shape.normalised);
  return shape;
}

// The element count of a literal "'{1,2,3}'"; commas inside quotes do not count.
std::uint64_t array_literal_size(std::string_view text) {
  const auto open = text.find('{');
  if (open == std::string_view::npos || open > 3) return 0;
  bool quoted = false, any = false;
  std::uint64_t commas = 0;
  for (const char c : text.substr(open + 1)) {
    if (c == '}' && !quoted) break;
    if (c == '"') quoted = !quoted;
    if (c == ',' && !quoted) ++commas;
    any |= c != ' ' && c != '\'';
  }
  return any ? commas + 1 : 0;
}

}  // namespace

InListSize in_list_size(std::string_view sql) {
  constexpr std::size_t kDepthMax = 4096;
  struct Level {
    bool list = false;
    bool any = false;  // an element stands in it
    std::uint64_t commas = 0;
  };
  InListSize out;
  std::vector<Level> stack;
  SqlToken before, before_that;
  const auto count = [&out](const Level& level) {
    if (level.list && level.any) out.largest = std::max(out.largest, level.commas + 1);
  };
  SqlTokens tokens(sql);
  for (SqlToken token = tokens.next(); token.kind != SqlToken::Kind::kEnd; token = tokens.next()) {
    if (token.is('(') || token.is('[')) {
      if (stack.size() >= kDepthMax) break;
      if (!stack.empty()) stack.back().any = true;
      const bool list = token.is('(') ? before.is_word("in") : before.is_word("array");
      stack.push_back({list, false, 0});
    } else if (token.is(')') || token.is(']')) {
      if (!stack.empty()) {
        count(stack.back());
        stack.pop_back();
      }
    } else if (!stack.empty()) {
      Level& level = stack.back();
      if (!level.any && (token.is_word("select") || token.is_word("with") || token.is_word("values")))
        level.list = false;
      level.any = true;
      if (token.is(',')) level.commas += 1 + (level.list ? tokens.skip_listed_literals() : 0);
    }
    const bool of_any = before.is('(') && (before_that.is_word("any") || before_that.is_word("all"));
    if (token.kind == SqlToken::Kind::kString && of_any)
      out.largest = std::max(out.largest, array_literal_size(token.text));
    before_that = before;
    before = token;
  }
  for (const auto& level : stack) count(level);  // a cut statement
  return out;
}

bool is_schema_change(std::string_view sql) {
  SqlTokens tokens(sql);
  const SqlToken first = tokens.next();
  for (const std::string_view word : {"create", "alter", "drop", "truncate", "reindex", "cluster"})
    if (first.is_word(word)) return true;
  const SqlToken second = tokens.next();
  if (first.is_word("vacuum")) {
    if (!second.is('(')) return second.is_word("full");
    for (SqlToken token = tokens.next(); token.kind != SqlToken::Kind::kEnd && !token.is(')');
         token = tokens.next())
      if (token.is_word("full")) return true;
  }
  return first.is_word("refresh") && second.is_word("materialized");
}

StatementShape statement_shape(std::string_view sql) {
  auto statement = shorten_sql(sql);
  return make_shape(statement);
}

struct StatementShapes::Memo {
  std::unordered_map<std::string, StatementShape> by_key;
  std::size_t bytes = 0;
  StatementShape unmemoised;  // the last shape that no longer had room
};

StatementShapes::StatementShapes() : memo_(std::make_unique<Memo>()) {}
StatementShapes::~StatementShapes() = default;

const StatementShape& StatementShapes::shape(std::string_view sql) {
  auto statement = shorten_sql(sql);
  if (const auto known = memo_->by_key.find(statement.key); known != memo_->by_key.end())
    return known->second;
  auto shape = make_shape(statement);
  const std::size_t bytes = statement.key.size() + shape.normalised.size();
  if (memo_->by_key.size() >= kMemoEntriesMax || memo_->bytes + bytes > kMemoBytesMax) {
    memo_->unmemoised = std::move(shape);
    return memo_->unmemoised;
  }
  memo_->bytes += bytes;
  return memo_->by_key.emplace(std::move(statement.key), std::move(shape)).first->second;
}

}  // namespace culprit
