// The pipeline: commands between '|', each with what it does to the fields that there are.
#include <fmt/format.h>

#include <algorithm>

#include "insights/parser.h"

namespace culprit::insights {

namespace {

constexpr std::size_t kCommandsMax = 100;
constexpr std::size_t kSlotsMax = 1000;
constexpr std::size_t kRowsMax = 100'000;

}  // namespace

void Parser::advance() {
  taken_end_ = token_.span.end;
  token_ = lexer_.next();
}

Token Parser::take() {
  Token out = std::move(token_);
  token_ = out;
  advance();
  return out;
}

bool Parser::eat_sign(std::string_view sign) {
  if (!token_.is_sign(sign)) return false;
  advance();
  return true;
}

bool Parser::eat_word(std::string_view word) {
  if (!token_.is_word(word)) return false;
  advance();
  return true;
}

void Parser::need_sign(std::string_view sign) {
  if (!eat_sign(sign)) unexpected();
}

Token Parser::need_name() {
  if (token_.kind != Token::Kind::kWord) unexpected();
  return take();
}

Token Parser::need_text() {
  if (token_.kind != Token::Kind::kText) unexpected();
  return take();
}

std::size_t Parser::need_rows() {
  const Token number = take();
  const bool whole =
      number.kind == Token::Kind::kNumber && number.text.find_first_of(".eE") == std::string::npos;
  if (!whole) unexpected(number);
  if (number.number < 1 || number.number > static_cast<double>(kRowsMax))
    throw SyntaxFault{fmt::format("limit has to be between 1 and {}", kRowsMax), number.span};
  return static_cast<std::size_t>(number.number);
}

void Parser::unexpected() const { unexpected(token_); }

void Parser::unexpected(const Token& token) {
  std::string shown = token.text;
  if (token.kind == Token::Kind::kText) shown = '"' + shown + '"';
  throw SyntaxFault{"unexpected symbol found " + shown, token.span};
}

std::string Parser::text_since(std::size_t begin) const {
  return std::string(text_.substr(begin, taken_end_ - begin));
}

Slot Parser::slot(const std::string& name) {
  const auto found = slots_.find(name);
  if (found != slots_.end()) return found->second;
  if (query_.slots.size() >= kSlotsMax)
    throw SyntaxFault{fmt::format("the query names more than {} fields", kSlotsMax), token_.span};
  const auto out = static_cast<Slot>(query_.slots.size());
  query_.slots.push_back(name);
  slots_.emplace(name, out);
  return out;
}

void Parser::define(const std::string& name) { defined_.insert(name); }

void Parser::add_column(Slot slot) {
  if (std::ranges::find(query_.columns, slot) == query_.columns.end()) query_.columns.push_back(slot);
}

Query Parser::parse() {
  if (token_.is_word("source")) {
    source();
    if (token_.kind != Token::Kind::kEnd) need_sign("|");
  }
  // A query may be empty: it shows every event.
  while (token_.kind != Token::Kind::kEnd) {
    if (query_.commands.size() >= kCommandsMax)
      throw SyntaxFault{fmt::format("the query has more than {} commands", kCommandsMax), token_.span};
    command();
    if (token_.kind == Token::Kind::kEnd) break;
    need_sign("|");
    if (token_.kind == Token::Kind::kEnd) unexpected();
  }
  finish_columns();
  return std::move(query_);
}

void Parser::command() {
  using Reader = void (Parser::*)();
  static constexpr std::pair<std::string_view, Reader> kCommands[] = {
      {"fields", &Parser::fields},      {"display", &Parser::display},
      {"filter", &Parser::filter},      {"where", &Parser::filter},
      {"stats", &Parser::stats},        {"sort", &Parser::sort},
      {"dedup", &Parser::dedup},        {"filterindex", &Parser::filter_index},
      {"parse", &Parser::parse_fields}, {"pattern", &Parser::pattern},
      {"diff", &Parser::diff},          {"anomaly", &Parser::anomaly},
      {"unnest", &Parser::unnest},      {"expand", &Parser::unnest}};
  static constexpr std::string_view kElsewhere[] = {
      "accum",         "addtotals", "appendcols",     "autoregress", "cidrlookup",
      "countfrequent", "filldown",  "fillmissing",    "join",        "logcompare",
      "lookup",        "outlier",   "relevantfields", "sessionize",  "subqueries"};
  const Token name = token_;
  if (name.kind != Token::Kind::kWord || name.quoted) unexpected();
  after_dedup(name);
  advance();
  if (name.is_word("limit") || name.is_word("head") || name.is_word("tail"))
    return limit(name.is_word("tail"));
  for (const auto& [word, read] : kCommands)
    if (name.is_word(word)) return (this->*read)();
  for (const auto& word : kElsewhere)
    if (name.is_word(word))
      throw SyntaxFault{fmt::format("the command {} is not available here", name.text), name.span};
  unexpected(name);
}

// Only what cuts the rows may follow dedup.
void Parser::after_dedup(const Token& name) const {
  if (deduplicated_ && !name.is_word("limit") && !name.is_word("head") && !name.is_word("display"))
    unexpected(name);
}

// fields a, b as c, f(d) as e
void Parser::fields() {
  FieldsCommand out;
  std::vector<std::string> made;
  do {
    const std::size_t begin = token_.span.begin;
    Expr value = expression();
    const std::string written = text_since(begin);
    std::optional<std::string> name;
    if (eat_word("as")) name = need_name().text;
    const bool plain = value.kind == Expr::Kind::kField && (!name || *name == query_.slots[value.slot]);
    const Slot at = plain ? value.slot : slot(name.value_or(written));
    if (!displayed_) add_column(at);
    if (plain) continue;
    made.push_back(query_.slots[at]);
    out.assignments.push_back({at, std::move(value)});
  } while (eat_sign(","));
  for (const auto& name : made) define(name);
  listed_ = true;
  query_.commands.emplace_back(std::move(out));
}

// As fields, but these are all the columns.
void Parser::display() {
  query_.columns.clear();
  displayed_ = false;
  fields();
  displayed_ = true;
}

void Parser::filter() { query_.commands.emplace_back(FilterCommand{expression()}); }

// Here every event is looked at: an index is nothing but a filter.
void Parser::filter_index() {
  const Token first = token_;
  Expr condition = expression();
  if (condition.kind != Expr::Kind::kCompare && condition.kind != Expr::Kind::kIn &&
      condition.kind != Expr::Kind::kAnd && condition.kind != Expr::Kind::kOr)
    unexpected(first);
  query_.commands.emplace_back(FilterCommand{std::move(condition)});
}

void Parser::sort() {
  SortCommand out;
  eat_word("by");
  do {
    const Token name = need_name();
    // The service sorts by fields only.
    if (token_.is_sign("(")) unexpected();
    Expr key = field(name);
    Slot at = key.slot;
    if (key.kind != Expr::Kind::kField) {
      at = slot(name.text);
      FieldsCommand made;
      made.assignments.push_back({at, std::move(key)});
      query_.commands.emplace_back(std::move(made));
    }
    const bool descending = eat_word("desc");
    if (!descending) eat_word("asc");
    out.keys.push_back({at, descending});
  } while (eat_sign(","));
  query_.commands.emplace_back(std::move(out));
}

void Parser::limit(bool last) {
  LimitCommand out;
  out.any = eat_word("any");
  out.last = last;
  out.rows = need_rows();
  query_.commands.emplace_back(out);
}

void Parser::dedup() {
  DedupCommand out;
  do {
    const Expr key = field(need_name());
    if (key.kind != Expr::Kind::kField) throw SyntaxFault{"dedup takes fields", key.span};
    out.fields.push_back(key.slot);
  } while (eat_sign(","));
  deduplicated_ = true;
  query_.commands.emplace_back(std::move(out));
}

// unnest LIST into NAME
void Parser::unnest() {
  UnnestCommand out;
  out.list = sum();
  if (!eat_word("into") && !eat_word("as")) unexpected();
  const std::string name = need_name().text;
  out.target = slot(name);
  define(name);
  parsed_.push_back(out.target);
  query_.commands.emplace_back(std::move(out));
}

void Parser::finish_columns() {
  if (listed_) return;
  add_column(slot("@timestamp"));
  add_column(slot("@message"));
  for (const Slot each : parsed_) add_column(each);
}

// SOURCE logGroups(namePrefix: ["a", "b"], …)  |  SOURCE "group", "group"
void Parser::source() {
  advance();
  GroupSelection out;
  if (token_.kind == Token::Kind::kText) {
    do out.names.push_back(need_text().text);
    while (eat_sign(","));
    query_.source = std::move(out);
    return;
  }
  if (!eat_word("loggroups")) unexpected();
  need_sign("(");
  while (!token_.is_sign(")")) {
    const Token argument = need_name();
    need_sign(":");
    std::vector<std::string> values;
    if (eat_sign("[")) {
      while (!token_.is_sign("]")) {
        if (!values.empty()) need_sign(",");
        values.push_back(need_text().text);
      }
      advance();
    } else {
      values.push_back(need_text().text);
    }
    if (argument.is_word("nameprefix"))
      out.prefixes = std::move(values);
    else if (!argument.is_word("class") && !argument.is_word("accountidentifier") &&
             !argument.is_word("accountidentifiers"))
      unexpected(argument);
    if (!token_.is_sign(")")) need_sign(",");
  }
  advance();
  if (out.prefixes.empty()) out.prefixes.emplace_back();
  query_.source = std::move(out);
}

namespace {

// Characters, not bytes, up to there.
std::size_t character_at(std::string_view text, std::size_t byte) {
  const auto part = text.substr(0, byte);
  return static_cast<std::size_t>(
      std::ranges::count_if(part, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

QueryFault fault_of(std::string_view text, const SyntaxFault& fault) {
  const auto before = text.substr(0, fault.where.begin);
  const auto line_start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  const auto line = std::ranges::count(before, '\n') + 1;
  return {fmt::format("{} at line {} and position {}", fault.message, line,
                      character_at(text.substr(line_start), fault.where.begin - line_start)),
          character_at(text, fault.where.begin), character_at(text, fault.where.end)};
}

}  // namespace

tl::expected<Query, QueryFault> parse_query(std::string_view text) {
  if (character_at(text, text.size()) > kQueryCharactersMax)
    return tl::unexpected(
        QueryFault{fmt::format("the query has more than {} characters", kQueryCharactersMax), 0, 0});
  try {
    return Parser(text).parse();
  } catch (const SyntaxFault& fault) {
    return tl::unexpected(fault_of(text, fault));
  }
}

}  // namespace culprit::insights
