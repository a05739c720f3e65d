#include "system/read_known_issues.h"

#include <fmt/format.h>

namespace culprit {

namespace {

Fields<Predicate> make_predicate_fields() {
  using Aggregate = Predicate::Aggregate;
  return {"predicate",
          {reference("signal", &Predicate::signal, NameKind::kSignal).required(),
           choice("aggregate", &Predicate::aggregate,
                  {{"max", Aggregate::kMax},
                   {"min", Aggregate::kMin},
                   {"average", Aggregate::kAverage},
                   {"sum", Aggregate::kSum},
                   {"last", Aggregate::kLast},
                   {"p95", Aggregate::kP95}}),
           number("above", &Predicate::above), number("below", &Predicate::below),
           number("above_baseline", &Predicate::above_baseline), number("min_value", &Predicate::min_value)}};
}

const Fields<Predicate>& predicate_fields() {
  static const auto fields = make_predicate_fields();
  return fields;
}

void read_predicate(Reading& reading, const YamlNode& node, Predicate& predicate) {
  read_map(reading, node, predicate_fields(), predicate);
  if (node.kind != YamlNode::Kind::kMap) return;
  const auto has = [&](std::string_view key) { return node.find(key) != nullptr; };
  if (!has("above") && !has("below") && !has("above_baseline"))
    reading.problem(node, "a predicate compares with nothing", "Add above, below or above_baseline.");
  if (has("min_value") && !has("above_baseline"))
    reading.problem(*node.find("min_value"), "min_value stands without above_baseline",
                    "Write above instead.");
  if (predicate.above_baseline && *predicate.above_baseline <= 0)
    reading.problem(*node.find("above_baseline"), "above_baseline must be more than 0: it is a factor");
}

enum class SymptomSide { kFor, kAgainst };

Fields<Symptom> make_symptom_fields(SymptomSide side) {
  const bool supports = side == SymptomSide::kFor;
  Fields<Symptom> fields{
      supports ? "symptom" : "counter-symptom",
      {Field<Symptom>{"when", [](Reading& reading, const YamlNode& node,
                                 Symptom& symptom) { read_predicate(reading, node, symptom.when); }}
           .required(),
       text("says", &Symptom::says).required(), number("weight", &Symptom::weight).required()}};
  if (supports) {
    fields.fields.push_back(number("absent", &Symptom::absent));
    fields.fields.push_back(flag("required", &Symptom::required));
  }
  return fields;
}

Field<KnownIssue> symptoms(std::string_view key, std::vector<Symptom> KnownIssue::*member, SymptomSide side) {
  return {key, [=](Reading& reading, const YamlNode& node, KnownIssue& issue) {
            const auto fields = make_symptom_fields(side);
            for_each_item(reading, node, key, [&](const YamlNode& item) {
              Symptom symptom;
              read_map(reading, item, fields, symptom);
              const YamlNode* weight = item.find("weight");
              const YamlNode* absent = item.find("absent");
              if (weight && side == SymptomSide::kFor && symptom.weight <= 0)
                reading.problem(*weight, "the weight of a symptom must be more than 0",
                                "What speaks against an issue stands under `against`.");
              if (weight && side == SymptomSide::kAgainst && symptom.weight >= 0)
                reading.problem(*weight, "the weight of a counter-symptom must be less than 0");
              if (absent && symptom.absent > 0)
                reading.problem(*absent,
                                "absent must be 0 or less: a symptom that is not there cannot support");
              (issue.*member).push_back(std::move(symptom));
            });
          }};
}

const Fields<Check>& check_fields() {
  static const Fields<Check> fields{"check",
                                    {text("text", &Check::text).required(), text("aws", &Check::aws_command),
                                     text("culprit", &Check::culprit_command)}};
  return fields;
}

const Fields<Recommendation>& recommendation_fields() {
  static const Fields<Recommendation> fields{
      "recommendation",
      {word("horizon", &Recommendation::horizon, {"24h", "1w", "1m"}).required(),
       text("text", &Recommendation::text).required()}};
  return fields;
}

}  // namespace

const Fields<Prevention>& prevention_fields() {
  static const Fields<Prevention> fields{
      "prevention",
      {word("area", &Prevention::area, {"monitoring", "code-review", "infrastructure"}).required(),
       text("text", &Prevention::text).required()}};
  return fields;
}

const Fields<KnownIssue>& known_issue_fields() {
  static const Fields<KnownIssue> fields{
      "known issue",
      {id("id", &KnownIssue::id, NameKind::kKnownIssue).required(),
       text("family", &KnownIssue::family).required(), text("title", &KnownIssue::title).required(),
       reference("component", &KnownIssue::component, NameKind::kComponent).required(),
       text("summary", &KnownIssue::summary).required(), text("row", &KnownIssue::row),
       number("prior", &KnownIssue::prior),
       symptoms("symptoms", &KnownIssue::symptoms, SymptomSide::kFor).required(),
       symptoms("against", &KnownIssue::against, SymptomSide::kAgainst),
       dependencies("explains", &KnownIssue::explains, NameKind::kKnownIssue, &KnownIssue::id),
       list("checks", &KnownIssue::checks, check_fields()),
       map("refute", &KnownIssue::refute, check_fields()).required(),
       list("recommendations", &KnownIssue::recommendations, recommendation_fields()),
       list("prevention", &KnownIssue::prevention, prevention_fields())}};
  return fields;
}

const Fields<SeverityRule>& severity_fields() {
  static const Fields<SeverityRule> fields{
      "severity rule",
      {word("level", &SeverityRule::level, {"P0", "P1", "P2", "P3"}).required(),
       text("says", &SeverityRule::says).required(),
       Field<SeverityRule>{"all",
                           [](Reading& reading, const YamlNode& node, SeverityRule& rule) {
                             for_each_item(reading, node, "all", [&](const YamlNode& item) {
                               read_predicate(reading, item, rule.all.emplace_back());
                             });
                           }}
           .required()}};
  return fields;
}

}  // namespace culprit
