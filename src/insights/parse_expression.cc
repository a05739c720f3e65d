// Expressions: or < and < not < comparisons < + - < * / % < ^ < a sign.
#include <algorithm>

#include "insights/functions.h"
#include "insights/parser.h"

namespace culprit::insights {

namespace {

constexpr int kDepthMax = 100;
constexpr std::size_t kListMax = 1000;

// Counts how deep expressions are nested.
class Depth {
 public:
  Depth(int& depth, Span where) : depth_(depth) {
    if (++depth_ > kDepthMax) {
      --depth_;
      throw SyntaxFault{"the expression is nested too deeply", where};
    }
  }
  ~Depth() { --depth_; }
  Depth(const Depth&) = delete;
  Depth& operator=(const Depth&) = delete;

 private:
  int& depth_;
};

Expr literal(Value value, Span span) {
  Expr out;
  out.literal = std::move(value);
  out.span = span;
  return out;
}

}  // namespace

Expr Parser::node(Expr::Kind kind, std::vector<Expr> args) {
  Expr out;
  out.kind = kind;
  out.span = {args.front().span.begin, args.back().span.end};
  out.args = std::move(args);
  return out;
}

Expr Parser::of_field(Slot slot, Span span) {
  Expr out;
  out.kind = Expr::Kind::kField;
  out.slot = slot;
  out.span = span;
  return out;
}

Expr Parser::expression() {
  const Depth depth(depth_, token().span);
  std::vector<Expr> args;
  args.push_back(conjunction());
  while (eat_word("or")) args.push_back(conjunction());
  return args.size() == 1 ? std::move(args.front()) : node(Expr::Kind::kOr, std::move(args));
}

Expr Parser::conjunction() {
  std::vector<Expr> args;
  args.push_back(negation());
  while (eat_word("and")) args.push_back(negation());
  return args.size() == 1 ? std::move(args.front()) : node(Expr::Kind::kAnd, std::move(args));
}

Expr Parser::negation() {
  const Depth depth(depth_, token().span);
  if (!eat_word("not")) return comparison();
  std::vector<Expr> args;
  args.push_back(negation());
  return node(Expr::Kind::kNot, std::move(args));
}

Expr Parser::comparison() {
  static constexpr std::string_view kOperators[] = {"=", "!=", "<", "<=", ">", ">="};
  Expr left = sum();
  for (;;) {
    if (token().kind == Token::Kind::kSign &&
        std::ranges::find(kOperators, token().text) != std::end(kOperators)) {
      const std::string op = take().text;
      std::vector<Expr> args;
      args.push_back(std::move(left));
      args.push_back(sum());
      left = node(Expr::Kind::kCompare, std::move(args));
      left.op = op;
      continue;
    }
    if (eat_sign("=~")) {
      left = like(std::move(left), true);
      continue;
    }
    const bool negated = token().is_word("not");
    if (negated) advance();
    if (eat_word("like"))
      left = like(std::move(left), false);
    else if (eat_word("in"))
      left = in_list(std::move(left));
    else if (negated)
      unexpected();
    else
      return left;
    if (!negated) continue;
    std::vector<Expr> args;
    args.push_back(std::move(left));
    left = node(Expr::Kind::kNot, std::move(args));
  }
}

std::shared_ptr<const QueryRegex> Parser::regex_token() {
  const Token pattern = lexer_.regex(token().span.begin);
  auto regex = QueryRegex::compile(pattern.text);
  if (!regex) throw SyntaxFault{regex.error().what, pattern.span};
  taken_end_ = pattern.span.end;
  token_ = lexer_.next();
  return std::make_shared<const QueryRegex>(std::move(*regex));
}

// Behind `like` and `=~`: /regex/, or what gives a text.
Expr Parser::like(Expr text, bool regex_only) {
  if (token().is_sign("/")) {
    const Span span{text.span.begin, token().span.end};
    std::vector<Expr> args;
    args.push_back(std::move(text));
    Expr out = node(Expr::Kind::kMatches, std::move(args));
    out.span = span;
    out.regex = regex_token();
    return out;
  }
  if (regex_only && token().kind != Token::Kind::kText) unexpected();
  std::vector<Expr> args;
  args.push_back(std::move(text));
  args.push_back(sum());
  return node(Expr::Kind::kContains, std::move(args));
}

Expr Parser::in_list(Expr value) {
  std::vector<Expr> args;
  args.push_back(std::move(value));
  const bool round = token().is_sign("(");
  if (!round && !token().is_sign("[")) unexpected();
  advance();
  const std::string_view close = round ? ")" : "]";
  while (!token().is_sign(close)) {
    if (args.size() > 1) need_sign(",");
    if (args.size() > kListMax) throw SyntaxFault{"the list has more than 1000 values", token().span};
    args.push_back(sum());
  }
  advance();
  return node(Expr::Kind::kIn, std::move(args));
}

Expr Parser::sum() {
  Expr left = product();
  while (token().is_sign("+") || token().is_sign("-")) {
    const std::string op = take().text;
    std::vector<Expr> args;
    args.push_back(std::move(left));
    args.push_back(product());
    left = node(Expr::Kind::kMath, std::move(args));
    left.op = op;
  }
  return left;
}

Expr Parser::product() {
  Expr left = power();
  while (token().is_sign("*") || token().is_sign("/") || token().is_sign("%")) {
    const std::string op = take().text;
    std::vector<Expr> args;
    args.push_back(std::move(left));
    args.push_back(power());
    left = node(Expr::Kind::kMath, std::move(args));
    left.op = op;
  }
  return left;
}

Expr Parser::power() {
  const Depth depth(depth_, token().span);
  Expr left = unary();
  if (!eat_sign("^")) return left;
  std::vector<Expr> args;
  args.push_back(std::move(left));
  args.push_back(power());
  Expr out = node(Expr::Kind::kMath, std::move(args));
  out.op = "^";
  return out;
}

Expr Parser::unary() {
  if (!token().is_sign("-") && !token().is_sign("+")) return primary();
  const Depth depth(depth_, token().span);
  const Token sign = take();
  Expr operand = unary();
  if (sign.text == "+") return operand;
  std::vector<Expr> args;
  args.push_back(literal(0.0, sign.span));
  args.push_back(std::move(operand));
  Expr out = node(Expr::Kind::kMath, std::move(args));
  out.op = "-";
  return out;
}

Expr Parser::primary() {
  const Depth depth(depth_, token().span);
  if (token().kind == Token::Kind::kNumber) {
    const Token number = take();
    return literal(number.number, number.span);
  }
  if (token().kind == Token::Kind::kText) {
    const Token text = take();
    return literal(text.text, text.span);
  }
  if (eat_sign("(")) {
    Expr inside = expression();
    need_sign(")");
    return inside;
  }
  if (token().kind != Token::Kind::kWord) unexpected();
  static constexpr std::string_view kReserved[] = {"and", "or", "not", "in", "like", "as", "by"};
  if (std::ranges::any_of(kReserved, [&](std::string_view word) { return token().is_word(word); }))
    unexpected();
  const Token name = take();
  if (token().is_sign("(") && !name.quoted) return call(name);
  if (name.is_word("true") || name.is_word("false")) return literal(name.is_word("true"), name.span);
  return field(name);
}

Period Parser::period() {
  const Token amount = take();
  std::string unit = amount.unit;
  if (amount.kind == Token::Kind::kNumber && token().kind == Token::Kind::kWord)
    unit = lower_case(take().text);
  const bool is_number = amount.kind == Token::Kind::kNumber || amount.kind == Token::Kind::kPeriod;
  const auto out = is_number ? make_period(amount.number, unit) : std::nullopt;
  if (!out) unexpected(amount);
  return *out;
}

// bin(5m), datefloor(@timestamp, 1h), dateceil(…)
Expr Parser::rounding(const Token& name, const std::string& function) {
  std::vector<Expr> args;
  if (function == "bin") {
    args.push_back(of_field(slot("@timestamp"), name.span));
  } else {
    args.push_back(expression());
    need_sign(",");
  }
  Expr out = node(function == "dateceil" ? Expr::Kind::kCeil : Expr::Kind::kFloor, std::move(args));
  out.period = period();
  need_sign(")");
  out.span = {name.span.begin, taken_end_};
  return out;
}

Expr Parser::call(const Token& name) {
  // What a stats command named after its text: `sort` knows it by that.
  const std::string function = lower_case(name.text);
  static constexpr std::pair<std::string_view, AggregateKind> kAggregates[] = {
      {"count", AggregateKind::kCount},
      {"count_over_time", AggregateKind::kCount},
      {"count_distinct", AggregateKind::kCountDistinct},
      {"sum", AggregateKind::kSum},
      {"sum_over_time", AggregateKind::kSum},
      {"avg", AggregateKind::kAverage},
      {"min", AggregateKind::kMinimum},
      {"max", AggregateKind::kMaximum},
      {"pct", AggregateKind::kPercentile},
      {"percentile", AggregateKind::kPercentile},
      {"median", AggregateKind::kPercentile},
      {"stddev", AggregateKind::kDeviation},
      {"earliest", AggregateKind::kEarliest},
      {"latest", AggregateKind::kLatest},
      {"sortsfirst", AggregateKind::kSortsFirst},
      {"sortslast", AggregateKind::kSortsLast},
      {"values", AggregateKind::kValues}};
  for (const auto& [known, kind] : kAggregates)
    if (function == known) return aggregate(name, kind);
  const Function* found = find_function(function);
  const bool rounds = function == "bin" || function == "datefloor" || function == "dateceil";
  if (found == nullptr && !rounds) throw SyntaxFault{"unknown function " + name.text, name.span};
  advance();  // (
  if (rounds) return rounding(name, function);
  Expr out;
  out.kind = Expr::Kind::kCall;
  out.function = found;
  while (!token().is_sign(")")) {
    if (!out.args.empty()) need_sign(",");
    if (out.args.size() >= found->arguments_max) unexpected();
    out.args.push_back(expression());
  }
  if (out.args.size() < found->arguments_min)
    throw SyntaxFault{"function " + name.text + " needs more arguments", {name.span.begin, token().span.end}};
  advance();
  out.span = {name.span.begin, taken_end_};
  return members(std::move(out));
}

// A name whose first parts the query itself made leads into a list or map.
Expr Parser::field(const Token& name) {
  if (!defined_.contains(name.text)) {
    for (auto dot = name.text.rfind('.'); dot != std::string::npos && dot > 0;
         dot = name.text.rfind('.', dot - 1)) {
      const std::string head = name.text.substr(0, dot);
      if (!defined_.contains(head)) continue;
      std::vector<Expr> args;
      args.push_back(of_field(slot(head), name.span));
      Expr out = node(Expr::Kind::kMember, std::move(args));
      for (std::size_t at = dot + 1; at <= name.text.size();) {
        const auto end = std::min(name.text.find('.', at), name.text.size());
        out.path.push_back(name.text.substr(at, end - at));
        at = end + 1;
      }
      return members(std::move(out));
    }
  }
  return members(of_field(slot(name.text), name.span));
}

// list[0]
Expr Parser::members(Expr container) {
  while (token().is_sign("[")) {
    advance();
    const Token index = take();
    if (index.kind != Token::Kind::kNumber && index.kind != Token::Kind::kText) unexpected(index);
    need_sign("]");
    if (container.kind != Expr::Kind::kMember) {
      std::vector<Expr> args;
      args.push_back(std::move(container));
      container = node(Expr::Kind::kMember, std::move(args));
    }
    container.path.push_back(index.text);
    container.span.end = taken_end_;
  }
  return container;
}

}  // namespace culprit::insights
