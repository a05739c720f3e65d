#include "insights/evaluate.h"

#include <charconv>
#include <cmath>

namespace culprit::insights {

namespace {

Value compared(const std::string& op, const Value& a, const Value& b) {
  if (op == "=") return equal(a, b);
  // A row without the field differs from everything.
  if (op == "!=") return !equal(a, b);
  const auto order = compare(a, b);
  if (!order) return false;
  if (op == "<") return *order < 0;
  if (op == "<=") return *order <= 0;
  if (op == ">") return *order > 0;
  return *order >= 0;
}

Value computed(char op, const Value& a, const Value& b) {
  const auto x = number_of(a), y = number_of(b);
  if (!x || !y) return {};
  double out = 0;
  switch (op) {
    case '+':
      out = *x + *y;
      break;
    case '-':
      out = *x - *y;
      break;
    case '*':
      out = *x * *y;
      break;
    case '/':
      out = *x / *y;
      break;
    case '%':
      out = std::fmod(*x, *y);
      break;
    default:
      out = std::pow(*x, *y);
  }
  return std::isfinite(out) ? Value(out) : Value();
}

Value member_of(const Value& value, const std::vector<std::string>& path) {
  const auto* json = std::get_if<JsonValue>(&value);
  const boost::json::value* at = json == nullptr ? nullptr : json->get();
  for (const auto& part : path) {
    if (at == nullptr) return {};
    if (const auto* object = at->if_object()) {
      at = object->if_contains(part);
      continue;
    }
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), index);
    const auto* array = at->if_array();
    const bool found =
        array != nullptr && error == std::errc{} && end == part.data() + part.size() && index < array->size();
    at = found ? &(*array)[index] : nullptr;
  }
  return at == nullptr ? Value() : from_json(*at);
}

Value rounded(const Value& value, Period period, bool up) {
  constexpr double kFarMs = 1e15;
  const auto ms = number_of(value);
  if (!ms || !(std::abs(*ms) < kFarMs)) return {};
  const Time time = from_epoch_ms(static_cast<std::int64_t>(*ms));
  return up ? ceil_to(time, period) : floor_to(time, period);
}

}  // namespace

const Value& Evaluator::evaluate(const Expr& expr, Row& row, Value& scratch,
                                 std::span<const Value> aggregates) {
  switch (expr.kind) {
    case Expr::Kind::kLiteral:
      return expr.literal;
    case Expr::Kind::kField:
      return row.at(expr.slot);
    case Expr::Kind::kAggregate:
      return aggregates[expr.index];
    default:
      scratch = compute(expr, row, aggregates);
      return scratch;
  }
}

bool Evaluator::holds(const Expr& condition, Row& row) {
  Value scratch;
  return is_true(evaluate(condition, row, scratch));
}

Value Evaluator::compute(const Expr& expr, Row& row, std::span<const Value> aggregates) {
  using enum Expr::Kind;
  Value first, second;
  const auto value = [&](std::size_t i, Value& scratch) -> const Value& {
    return evaluate(expr.args[i], row, scratch, aggregates);
  };
  switch (expr.kind) {
    case kMember:
      return member_of(value(0, first), expr.path);
    case kAnd:
      for (std::size_t i = 0; i < expr.args.size(); ++i)
        if (!is_true(value(i, first))) return false;
      return true;
    case kOr:
      for (std::size_t i = 0; i < expr.args.size(); ++i)
        if (is_true(value(i, first))) return true;
      return false;
    case kNot:
      return !is_true(value(0, first));
    case kCompare: {
      const Value& left = value(0, first);
      return compared(expr.op, left, value(1, second));
    }
    case kMath: {
      const Value& left = value(0, first);
      return computed(expr.op.front(), left, value(1, second));
    }
    case kContains:
    case kMatches: {
      const Value& text = value(0, first);
      if (is_missing(text)) return false;
      std::string written, part;
      const std::string_view view = view_of(text, written);
      if (expr.kind == kMatches) return expr.regex->found_in(view);
      const Value& looked_for = value(1, second);
      return !is_missing(looked_for) && view.find(view_of(looked_for, part)) != std::string_view::npos;
    }
    case kIn: {
      const Value& sought = value(0, first);
      for (std::size_t i = 1; i < expr.args.size(); ++i)
        if (equal(sought, value(i, second))) return true;
      return false;
    }
    case kFloor:
    case kCeil:
      return rounded(value(0, first), expr.period, expr.kind == kCeil);
    default:
      return call(expr, row, aggregates);
  }
}

Value Evaluator::call(const Expr& expr, Row& row, std::span<const Value> aggregates) {
  std::vector<Value> arguments;
  arguments.reserve(expr.args.size());
  Value scratch;
  for (const auto& argument : expr.args) arguments.push_back(evaluate(argument, row, scratch, aggregates));
  return expr.function->run(arguments, {now_, row.time()});
}

}  // namespace culprit::insights
