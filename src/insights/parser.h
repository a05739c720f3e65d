// From the text of a query to its commands. Inside this folder only; throws SyntaxFault.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "insights/query.h"

namespace culprit::insights {

class Parser {
 public:
  explicit Parser(std::string_view text) : lexer_(text), text_(text) { advance(); }

  Query parse();

 private:
  // The pipeline (parse_query.cc).
  void source();
  void command();
  void fields();
  void display();
  void filter();
  void filter_index();
  void sort();
  void limit(bool last);
  void dedup();
  void unnest();
  void after_dedup(const Token& command) const;
  void finish_columns();

  // parse_extract.cc
  void parse_fields();
  void pattern();
  void diff();
  void anomaly();

  // stats (parse_stats.cc)
  void stats();
  Assignment stats_output(StatsCommand& stats);
  Assignment group_key();
  Expr aggregate(const Token& name, AggregateKind kind);

  // Expressions (parse_expression.cc), from loosest to tightest.
  Expr expression();
  Expr conjunction();
  Expr negation();
  Expr comparison();
  Expr like(Expr text, bool regex_only);
  Expr in_list(Expr value);
  Expr sum();
  Expr product();
  Expr power();
  Expr unary();
  Expr primary();
  Expr call(const Token& name);
  Expr rounding(const Token& name, const std::string& function);
  Period period();
  Expr field(const Token& name);
  Expr members(Expr container);

  const Token& token() const { return token_; }
  void advance();
  Token take();
  bool eat_sign(std::string_view sign);
  bool eat_word(std::string_view word);
  void need_sign(std::string_view sign);
  Token need_name();
  Token need_text();
  std::size_t need_rows();
  std::shared_ptr<const QueryRegex> regex_token();
  [[noreturn]] void unexpected() const;
  [[noreturn]] static void unexpected(const Token& token);
  std::string text_since(std::size_t begin) const;  // as it is written, up to the last token taken

  Slot slot(const std::string& name);
  // From here on the name stands for what the query made.
  void define(const std::string& name);
  void add_column(Slot slot);
  static Expr of_field(Slot slot, Span span);
  static Expr node(Expr::Kind kind, std::vector<Expr> args);

  Lexer lexer_;
  std::string_view text_;
  Token token_;
  std::size_t taken_end_ = 0;
  int depth_ = 0;

  Query query_;
  std::map<std::string, Slot, std::less<>> slots_;
  std::set<std::string, std::less<>> defined_;
  std::vector<Slot> parsed_;  // made by parse and unnest
  bool listed_ = false;       // fields, display or a computed table said what the columns are
  bool displayed_ = false;    // display did
  bool deduplicated_ = false;
  StatsCommand* stats_ = nullptr;  // being read
};

}  // namespace culprit::insights
