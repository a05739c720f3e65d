// stats AGGREGATE [as NAME], … [by FIELD or FUNCTION [as NAME], …]
#include "insights/parser.h"

namespace culprit::insights {

namespace {

constexpr std::size_t kOutputsMax = 100;

bool has_aggregate(const Expr& expr) {
  if (expr.kind == Expr::Kind::kAggregate) return true;
  for (const auto& arg : expr.args)
    if (has_aggregate(arg)) return true;
  return false;
}

// A bare field beside an aggregate has no one value in a group.
bool has_field(const Expr& expr) {
  if (expr.kind == Expr::Kind::kField) return true;
  for (const auto& arg : expr.args)
    if (has_field(arg)) return true;
  return false;
}

}  // namespace

Expr Parser::aggregate(const Token& name, AggregateKind kind) {
  if (stats_ == nullptr) throw SyntaxFault{"unexpected symbol found " + name.text, name.span};
  const std::string function = lower_case(name.text);
  StatsCommand* const stats = stats_;
  stats_ = nullptr;  // aggregates do not nest
  advance();         // (
  Aggregate out;
  out.kind = kind;
  const bool counts = kind == AggregateKind::kCount;
  if (counts && eat_sign("*")) {
  } else if (!(counts && token().is_sign(")"))) {
    out.value = expression();
  }
  if (kind == AggregateKind::kPercentile) {
    out.parameter = 50;
    if (function != "median") {
      need_sign(",");
      const Token percent = take();
      if (percent.kind != Token::Kind::kNumber || percent.number > 100) unexpected(percent);
      out.parameter = percent.number;
    }
  }
  need_sign(")");
  stats_ = stats;
  if (stats->aggregates.size() >= kOutputsMax)
    throw SyntaxFault{"stats computes more than 100 values", name.span};
  Expr expr;
  expr.kind = Expr::Kind::kAggregate;
  expr.span = {name.span.begin, taken_end_};
  expr.index = stats->aggregates.size();
  stats->aggregates.push_back(std::move(out));
  return expr;
}

Assignment Parser::stats_output(StatsCommand& stats) {
  const Token first = token();
  stats_ = &stats;
  Expr value = sum();
  stats_ = nullptr;
  if (!has_aggregate(value) || has_field(value)) unexpected(first);
  const std::string written = text_since(first.span.begin);
  return {slot(eat_word("as") ? need_name().text : written), std::move(value)};
}

Assignment Parser::group_key() {
  const Token first = token();
  Expr key = sum();
  const std::string written = text_since(first.span.begin);
  if (eat_word("as")) return {slot(need_name().text), std::move(key)};
  if (key.kind == Expr::Kind::kField) return {key.slot, std::move(key)};
  return {slot(written), std::move(key)};
}

void Parser::stats() {
  StatsCommand out;
  do {
    if (out.outputs.size() >= kOutputsMax)
      throw SyntaxFault{"stats computes more than 100 values", token().span};
    out.outputs.push_back(stats_output(out));
  } while (eat_sign(","));
  if (eat_word("by")) do {
      if (out.keys.size() >= kOutputsMax)
        throw SyntaxFault{"stats groups by more than 100 values", token().span};
      out.keys.push_back(group_key());
    } while (eat_sign(","));
  // From here on there are these columns and nothing else.
  query_.columns.clear();
  defined_.clear();
  parsed_.clear();
  listed_ = true;
  displayed_ = false;
  for (const auto* list : {&out.keys, &out.outputs})
    for (const auto& assignment : *list) {
      add_column(assignment.slot);
      define(query_.slots[assignment.slot]);
    }
  query_.commands.emplace_back(std::move(out));
}

}  // namespace culprit::insights
