// parse, pattern, diff, anomaly.
#include "insights/parser.h"

namespace culprit::insights {

// parse [FIELD] "glob * …" as a, b   |   parse [FIELD] /…(?<name>…)/ [as …]   |   parse [FIELD] logfmt as
// NAME
void Parser::parse_fields() {
  ParseCommand out;
  const bool has_field = token().kind != Token::Kind::kText && !token().is_sign("/");
  if (!has_field) {
    out.text = of_field(slot("@message"), token().span);
  } else if (token().is_word("logfmt")) {
    unexpected();
  } else {
    const Token name = take();
    if (name.kind != Token::Kind::kWord) unexpected(name);
    out.text = token().is_sign("(") && !name.quoted ? call(name) : field(name);
  }
  const Token pattern = token();
  if (pattern.is_word("logfmt")) {
    advance();
  } else if (pattern.is_sign("/")) {
    out.regex = regex_token();
  } else {
    auto glob = QueryRegex::glob(need_text().text);
    if (!glob) throw SyntaxFault{glob.error().what, pattern.span};
    out.regex = std::make_shared<const QueryRegex>(std::move(*glob));
  }
  std::vector<std::string> names;
  if (out.regex) names = out.regex->names();
  if (eat_word("as")) {
    std::vector<std::string> given;
    do given.push_back(need_name().text);
    while (eat_sign(","));
    const std::size_t wanted = out.regex ? names.size() : 1;
    if (given.size() != wanted)
      throw SyntaxFault{fmt::format("parse has {} names for {} groups", given.size(), wanted), pattern.span};
    names = std::move(given);
  }
  bool any = false;
  for (const auto& name : names) {
    any = any || !name.empty();
    out.targets.push_back(name.empty() ? std::nullopt : std::optional(slot(name)));
    if (name.empty()) continue;
    define(name);
    parsed_.push_back(slot(name));
  }
  if (!any) throw SyntaxFault{"parse has no names for what it finds", pattern.span};
  query_.commands.emplace_back(std::move(out));
}

void Parser::pattern() {
  PatternCommand out;
  out.text = sum();
  query_.columns.clear();
  defined_.clear();
  parsed_.clear();
  listed_ = true;
  displayed_ = false;
  for (const char* name : {"@pattern", "@ratio", "@sampleCount", "@severityLabel"}) {
    add_column(slot(name));
    define(name);
  }
  query_.commands.emplace_back(std::move(out));
}

void Parser::diff() {
  auto* last = query_.commands.empty() ? nullptr : std::get_if<PatternCommand>(&query_.commands.back());
  if (last == nullptr)
    throw SyntaxFault{"Diff compilation Failed : Diff operation has to be used after Pattern", token().span};
  last->diff = DiffWith::kPreceding;
  static constexpr std::pair<std::string_view, DiffWith> kHows[] = {{"previousday", DiffWith::kDay},
                                                                    {"previousweek", DiffWith::kWeek},
                                                                    {"previousmonth", DiffWith::kMonth}};
  for (const auto& [word, how] : kHows)
    if (eat_word(word)) last->diff = how;
  for (const char* name : {"@previousSampleCount", "@differenceCount", "@differencePercent"}) {
    add_column(slot(name));
    define(name);
  }
}

void Parser::anomaly() {
  auto* last = query_.commands.empty() ? nullptr : std::get_if<PatternCommand>(&query_.commands.back());
  if (last == nullptr) throw SyntaxFault{"anomaly has to be used after pattern", token().span};
  last->anomaly = true;
  for (const char* name : {"@anomaly", "@anomalyReason"}) {
    add_column(slot(name));
    define(name);
  }
}

}  // namespace culprit::insights
