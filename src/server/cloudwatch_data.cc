// GetMetricData: many statistics of many metrics, and expressions over them.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "metrics/metric_math.h"
#include "server/cloudwatch_operations.h"
#include "server/metric_search.h"
#include "server/page_token.h"

namespace culprit::server {

namespace {

constexpr std::size_t kQueriesMax = 500;
constexpr std::int64_t kDatapointsMax = 100'800;
constexpr std::int64_t kPeriodMax = 86'400 * 7;

struct Query {
  std::string id;
  std::string expression;  // empty: a metric
  MetricQuestion question;
  std::string label;
  bool return_data = true;
  std::chrono::seconds period{0};  // of an expression; 0 = that of its metrics
};

struct Answered {
  std::string id;
  std::string label;
  std::vector<Datapoint> points;
};

[[noreturn]] void refuse(std::string message) { throw ApiFault{"ValidationError", std::move(message)}; }

bool is_id(std::string_view id) {
  const auto word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !id.empty() && id.size() <= 255 && id[0] >= 'a' && id[0] <= 'z' && std::ranges::all_of(id, word);
}

// Periods are counted from a multiple of themselves.
Window aligned(const Window& window, std::chrono::seconds period) {
  const Duration step = period;
  const auto down = [&](Time t) {
    const auto rest = to_epoch_ms(t) % step.count();
    return t - Duration{rest < 0 ? rest + step.count() : rest};
  };
  return {down(window.start), window.end};
}

class MetricDataAnswer {
 public:
  MetricDataAnswer(Account& account, const Parameters& p)
      : account_(account), p_(p), evidence_(account.evidence()) {
    window_ = {p.need_time("StartTime"), p.need_time("EndTime")};
    if (window_.start >= window_.end)
      refuse("The parameter StartTime must be less than the parameter EndTime.");
    window_.end = std::min(window_.end, account.horizon());
    newest_first_ = p.text_or("ScanBy", "TimestampDescending") != "TimestampAscending";
    read_queries();
  }

  boost::json::object answer() {
    read_metrics();
    evaluate();
    label_metrics();
    return paged();
  }

 private:
  void read_queries() {
    const auto queries = p_.objects("MetricDataQueries");
    if (queries.empty()) p_.missing("MetricDataQueries");
    if (queries.size() > kQueriesMax)
      refuse("The collection MetricDataQueries must not have a size greater than 500.");
    std::set<std::string> ids;
    for (const auto& query : queries) {
      queries_.push_back(read_query(query));
      if (!ids.insert(queries_.back().id).second)
        refuse(fmt::format("The values for parameter id in MetricDataQueries are not unique. Duplicate: {}",
                           queries_.back().id));
    }
  }

  Query read_query(const Parameters& p) {
    Query query;
    query.id = p.need_text("Id");
    if (!is_id(query.id))
      refuse(
          fmt::format("The value {} for parameter MetricDataQueries.member.Id is not matching the expected "
                      "pattern ^[a-z][a-zA-Z0-9_]*$.",
                      query.id));
    query.label = p.text_or("Label", "");
    query.return_data = p.flag("ReturnData", true);
    query.expression = p.text_or("Expression", "");
    query.period = std::chrono::seconds{p.integer_or("Period", 0, {0, kPeriodMax})};
    const auto stat = p.object_at("MetricStat");
    if (stat.has_value() == !query.expression.empty())
      refuse(
          fmt::format("Exactly one of MetricStat and Expression must be given for the query {}.", query.id));
    if (!stat) return query;
    const auto metric = stat->object_at("Metric");
    if (!metric) stat->missing("Metric");
    auto& question = query.question;
    question.id = metric_id_of(*metric);
    question.period = std::chrono::seconds{stat->need_integer("Period", {1, kPeriodMax})};
    question.statistic_name = stat->need_text("Stat");
    question.unit = stat->text_or("Unit", "");
    const auto statistic = parse_statistic(question.statistic_name);
    if (!statistic)
      refuse(fmt::format(
          "The value {} for parameter MetricDataQueries.member.MetricStat.Stat is not a valid statistic.",
          question.statistic_name));
    question.statistic = *statistic;
    question.window = aligned(window_, question.period);
    return query;
  }

  void read_metrics() {
    context_.window = window_;
    context_.period = std::chrono::seconds{60};
    bool first = true;
    for (const auto& query : queries_) {
      if (!query.expression.empty()) continue;
      if (first) context_.period = query.question.period;
      first = false;
      context_.period = std::min(context_.period, query.question.period);
      MetricAnswer answer = taken(read_metric(*evidence_, query.question));
      context_.values[query.id] = MathSeries{query.id, "", std::move(answer.points)};
      context_.metric_ids.push_back(query.id);
    }
    context_.search = [this](std::string_view text, std::string_view statistic,
                             std::chrono::seconds period) -> Result<std::vector<MathSeries>> {
      return search_metrics(*evidence_, text, statistic, aligned(window_, period), period);
    };
  }

  void evaluate() {
    std::map<std::string, MathExpression> expressions;
    for (const auto& query : queries_) {
      if (query.expression.empty()) continue;
      auto parsed = MathExpression::parse(query.expression);
      if (!parsed) refuse(fmt::format("Error in expression '{}': {}", query.id, parsed.error().what));
      expressions.emplace(query.id, std::move(*parsed));
    }
    if (auto done = evaluate_expressions(expressions, context_); !done)
      refuse(fmt::format("Error in expression: {}", done.error().what));
    for (const auto& query : queries_)
      if (query.return_data) keep(query);
  }

  void keep(const Query& query) {
    const MathValue& value = context_.values.at(query.id);
    if (const auto* series = std::get_if<MathSeries>(&value)) {
      answered_.push_back(
          {query.id, query.expression.empty() ? query.label : label_of(query, *series), series->points});
    } else if (const auto* list = std::get_if<std::vector<MathSeries>>(&value)) {
      for (const auto& one : *list) answered_.push_back({query.id, label_of(query, one), one.points});
    } else {
      refuse(fmt::format(
          "Error in expression '{}': The expression for an element in MetricDataQueries returned a "
          "scalar; it must return a single time series or an array of them.",
          query.id));
    }
  }

  static std::string label_of(const Query& query, const MathSeries& series) {
    if (!query.label.empty() && !series.label.empty() && series.label != query.id)
      return query.label + " " + series.label;
    if (!query.label.empty()) return query.label;
    return series.label.empty() ? query.id : series.label;
  }

  // Metrics without a label of their own are called by what tells them apart.
  void label_metrics() {
    std::vector<const Query*> metrics;
    for (const auto& query : queries_)
      if (query.expression.empty() && query.return_data) metrics.push_back(&query);
    const auto differs = [&](auto of) {
      return std::ranges::any_of(metrics, [&](const Query* q) { return of(*q) != of(*metrics.front()); });
    };
    if (metrics.empty()) return;
    const bool spaces = differs([](const Query& q) { return q.question.id.name_space; });
    const bool names = differs([](const Query& q) { return q.question.id.name; });
    const bool dimensions = differs([](const Query& q) { return q.question.id.dimensions; });
    const bool statistics = differs([](const Query& q) { return q.question.statistic_name; });
    const bool periods = differs([](const Query& q) { return q.question.period; });
    for (auto& answered : answered_) {
      const auto query = std::ranges::find(queries_, answered.id, &Query::id);
      if (!query->expression.empty() || !answered.label.empty()) continue;
      const auto& question = query->question;
      std::string label;
      const auto add = [&](std::string_view word) {
        label += (label.empty() ? "" : " ") + std::string(word);
      };
      if (spaces) add(question.id.name_space);
      if (dimensions)
        for (const auto& d : question.id.dimensions) add(d.value);
      if (names || !(dimensions || statistics || periods || spaces)) add(question.id.name);
      if (statistics) add(question.statistic_name);
      if (periods) add(std::to_string(question.period.count()));
      answered.label = label;
    }
  }

  static std::string number(double value) { return fmt::format("{:.6g}", value); }

  // ${MAX}, ${PROP('Dim.X')} … in labels.
  std::string filled_label(const Answered& answered) const {
    std::string out = answered.label;
    const auto query = std::ranges::find(queries_, answered.id, &Query::id);
    const auto replace = [&](const std::string& what, const std::string& with) {
      for (auto at = out.find(what); at != std::string::npos; at = out.find(what, at + with.size()))
        out.replace(at, what.size(), with);
    };
    if (out.find("${") == std::string::npos) return out;
    const auto& id = query->question.id;
    replace("${LABEL}", id.name);
    replace("${PROP('MetricName')}", id.name);
    replace("${PROP('Namespace')}", id.name_space);
    replace("${PROP('Stat')}", query->question.statistic_name);
    replace("${PROP('Period')}", std::to_string(query->question.period.count()));
    replace("${PROP('Region')}", account_.name().region);
    replace("${PROP('AccountId')}", account_.name().id);
    for (const auto& d : id.dimensions) replace(fmt::format("${{PROP('Dim.{}')}}", d.name), d.value);
    if (answered.points.empty()) return out;
    double sum = 0, low = answered.points.front().value, high = low;
    for (const auto& point : answered.points) {
      sum += point.value;
      low = std::min(low, point.value);
      high = std::max(high, point.value);
    }
    replace("${MAX}", number(high));
    replace("${MIN}", number(low));
    replace("${SUM}", number(sum));
    replace("${AVG}", number(sum / static_cast<double>(answered.points.size())));
    replace("${FIRST}", number(answered.points.front().value));
    replace("${LAST}", number(answered.points.back().value));
    replace("${DATAPOINT_COUNT}", std::to_string(answered.points.size()));
    return out;
  }

  // Points of all results, one result after the other, a page of them from where the token says.
  boost::json::object paged() {
    const auto most =
        static_cast<std::size_t>(p_.integer_or("MaxDatapoints", kDatapointsMax, {1, kDatapointsMax}));
    const std::string question =
        question_digest({"data", boost::json::serialize(p_.object().at("MetricDataQueries")),
                         std::to_string(to_epoch_ms(p_.need_time("StartTime"))),
                         std::to_string(to_epoch_ms(p_.need_time("EndTime")))});
    std::size_t skip = 0;
    if (const auto token = p_.text("NextToken"); token && !token->empty()) {
      const auto numbers = read_token(*token, question, 1);
      if (!numbers || numbers->front() < 0)
        throw ApiFault{"InvalidNextToken", "The specified NextToken is invalid."};
      skip = static_cast<std::size_t>(numbers->front());
    }
    const std::size_t begin = skip, end = skip + most;
    boost::json::array results;
    std::size_t at = 0;
    for (auto& answered : answered_) {
      const std::size_t first = at, last = at + answered.points.size();
      at = last;
      const bool shown = last > begin ? first < end : first == last && first >= begin && first <= end;
      if (!shown) continue;
      if (newest_first_) std::ranges::reverse(answered.points);
      boost::json::array times, values;
      for (std::size_t i = std::max(first, begin); i < std::min(last, end); ++i) {
        times.push_back(seconds_of(answered.points[i - first].time));
        values.push_back(answered.points[i - first].value);
      }
      if (newest_first_) std::ranges::reverse(answered.points);
      results.push_back(boost::json::object{{"Id", answered.id},
                                            {"Label", filled_label(answered)},
                                            {"Timestamps", std::move(times)},
                                            {"Values", std::move(values)},
                                            {"StatusCode", last > end ? "PartialData" : "Complete"}});
    }
    boost::json::object out{{"MetricDataResults", std::move(results)}, {"Messages", boost::json::array{}}};
    if (at > end) out["NextToken"] = make_token(question, {static_cast<std::int64_t>(end)});
    return out;
  }

  Account& account_;
  const Parameters& p_;
  const Evidence evidence_;
  Window window_;
  bool newest_first_ = true;
  std::vector<Query> queries_;
  MathContext context_;
  std::vector<Answered> answered_;
};

}  // namespace

boost::json::object get_metric_data(Account& account, const ApiRequest& request) {
  return MetricDataAnswer(account, request.parameters).answer();
}

}  // namespace culprit::server
