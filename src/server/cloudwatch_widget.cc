// GetMetricWidgetImage: the widget's metrics by GetMetricData, drawn.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Metric-Widget-Structure.html
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "server/cloudwatch_operations.h"
#include "server/states.h"
#include "server/widget_chart.h"
#include "store/base64.h"

namespace culprit::server {

namespace {

constexpr std::size_t kMetricsMax = 100;
constexpr int kWidthMax = 2000, kHeightMax = 2000;
constexpr int kPagesMax = 10;

[[noreturn]] void refuse(std::string message) { throw ApiFault{"ValidationError", std::move(message)}; }

// "-PT3H", "PT0H", "-P7D": from now on.
std::optional<Duration> parse_offset(std::string_view text) {
  const bool back = text.starts_with('-');
  if (back) text.remove_prefix(1);
  if (!text.starts_with('P')) return std::nullopt;
  text.remove_prefix(1);
  bool clock = false;
  Duration out{0};
  while (!text.empty()) {
    if (text.starts_with('T')) {
      clock = true;
      text.remove_prefix(1);
      continue;
    }
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || number < 0 || number > 1'000'000 || end == text.data() + text.size())
      return std::nullopt;
    const char unit = *end;
    if (unit == 'W')
      out += std::chrono::days{7} * number;
    else if (unit == 'D')
      out += std::chrono::days{number};
    else if (unit == 'M' && !clock)
      out += std::chrono::days{30} * number;
    else if (unit == 'Y')
      out += std::chrono::days{365} * number;
    else if (unit == 'H')
      out += std::chrono::hours{number};
    else if (unit == 'M')
      out += std::chrono::minutes{number};
    else if (unit == 'S')
      out += std::chrono::seconds{number};
    else
      return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
  }
  return back ? -out : out;
}

Time moment(const Parameters& widget, std::string_view member, std::string_view otherwise, Time now) {
  const std::string text = widget.text_or(member, otherwise);
  if (const auto offset = parse_offset(text)) return now + *offset;
  if (const auto time = parse_iso8601(text)) return *time;
  refuse(
      fmt::format("The {} of the widget is neither an offset such as -PT3H nor a time in ISO 8601.", member));
}

// One entry of "metrics", with "." and "..." written out.
struct Entry {
  std::vector<std::string> words;  // namespace, name, then dimensions by name and value
  boost::json::object options;
};

std::vector<Entry> read_entries(const Parameters& widget) {
  const auto* all = widget.object().if_contains("metrics");
  if (all == nullptr) return {};
  if (!all->is_array()) refuse("metrics has to be a list.");
  if (all->get_array().size() > kMetricsMax) refuse("A widget may have at most 100 metrics.");
  std::vector<Entry> out;
  std::vector<std::string> before;
  for (const auto& item : all->get_array()) {
    const auto* list = item.if_array();
    if (list == nullptr || list->empty()) refuse("Each of metrics has to be a list.");
    Entry entry;
    std::vector<std::string> words;
    for (const auto& word : *list) {
      if (word.is_string())
        words.emplace_back(word.get_string());
      else if (word.is_object())
        entry.options = word.get_object();
      else
        refuse("A metric is a list of texts, at its end an object.");
    }
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (words[i] == "...") {
        // As before, but for as many words at the end as follow here.
        const std::size_t following = words.size() - i - 1;
        const std::size_t kept = before.size() >= following ? before.size() - following : 0;
        for (std::size_t at = entry.words.size(); at < kept; ++at) entry.words.push_back(before[at]);
      } else if (words[i] == ".") {
        const std::size_t at = entry.words.size();
        if (at >= before.size()) refuse("There is nothing that a '.' of metrics could stand for.");
        entry.words.push_back(before[at]);
      } else {
        entry.words.push_back(words[i]);
      }
    }
    if (!entry.words.empty()) {
      if (entry.words.size() < 2 || entry.words.size() % 2 != 0)
        refuse("A metric is a namespace, a name, and dimensions by name and value.");
      before = entry.words;
    } else if (!entry.options.contains("expression")) {
      refuse("One of metrics has neither a metric nor an expression.");
    }
    out.push_back(std::move(entry));
  }
  return out;
}

boost::json::object metric_of(const Entry& entry) {
  boost::json::array dimensions;
  for (std::size_t i = 2; i + 1 < entry.words.size(); i += 2)
    dimensions.push_back(boost::json::object{{"Name", entry.words[i]}, {"Value", entry.words[i + 1]}});
  return {
      {"Namespace", entry.words[0]}, {"MetricName", entry.words[1]}, {"Dimensions", std::move(dimensions)}};
}

class Widget {
 public:
  Widget(Account& account, const Parameters& p) : account_(account), p_(p), entries_(read_entries(p)) {
    chart_.width = static_cast<int>(p.integer_or("width", 600, {1, kWidthMax}));
    chart_.height = static_cast<int>(p.integer_or("height", 400, {1, kHeightMax}));
    chart_.title = p.text_or("title", "");
    const std::string view = p.text_or("view", "timeSeries");
    if (view != "timeSeries" && view != "singleValue" && view != "bar" && view != "pie" && view != "gauge")
      refuse(fmt::format("The view {} is not known.", view.substr(0, 40)));
    chart_.numbers = view != "timeSeries";
    chart_.stacked = p.flag("stacked");
    chart_.window = {moment(p, "start", "-PT3H", account.now()), moment(p, "end", "PT0H", account.now())};
    if (chart_.window.start >= chart_.window.end) refuse("The widget ends before it starts.");
    if (const auto legend = p.object_at("legend"))
      chart_.legend = legend->text_or("position", "bottom") != "hidden";
    read_axes();
    read_marks();
  }

  WidgetChart chart() {
    const auto queries = read_queries();
    if (!queries.empty()) read_points(queries);
    return std::move(chart_);
  }

 private:
  void read_axes() {
    const auto axes = p_.object_at("yAxis");
    if (!axes) return;
    for (const auto& [name, axis] : {std::pair{"left", &chart_.left}, std::pair{"right", &chart_.right}})
      if (const auto given = axes->object_at(name)) {
        axis->min = given->real("min");
        axis->max = given->real("max");
        axis->label = given->text_or("label", "");
      }
  }

  void read_marks() {
    const auto annotations = p_.object_at("annotations");
    if (!annotations || !annotations->has("horizontal")) return;
    for (const auto& mark : annotations->objects("horizontal")) {
      const auto value = mark.real("value");
      if (!value) refuse("A horizontal annotation needs a value.");
      chart_.marks.push_back({mark.text_or("label", ""),
                              parse_colour(mark.text_or("color", "")).value_or(Colour{214, 39, 40}), *value});
    }
  }

  // Names that expressions may use, given or made.
  std::vector<std::string> ids() const {
    std::set<std::string> taken;
    for (const auto& entry : entries_) taken.insert(text_of(entry.options, "id"));
    std::vector<std::string> out;
    int number = 0;
    for (const auto& entry : entries_) {
      std::string id = text_of(entry.options, "id");
      while (id.empty() || (text_of(entry.options, "id").empty() && taken.contains(id)))
        id = fmt::format("widget{}", ++number);
      out.push_back(id);
    }
    return out;
  }

  boost::json::array read_queries() {
    const std::string stat = p_.text_or("stat", "Average");
    const std::int64_t period = p_.integer_or("period", 300, {1, 86'400});
    chart_.period = std::chrono::seconds{period};
    const auto names = ids();
    boost::json::array queries;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      const Parameters options(entries_[i].options, "ValidationError");
      const std::int64_t own_period = options.integer_or("period", period, {1, 86'400});
      chart_.period = std::max(chart_.period, std::chrono::seconds{own_period});
      boost::json::object query{{"Id", names[i]}, {"ReturnData", options.flag("visible", true)}};
      if (const auto label = options.text("label")) query["Label"] = *label;
      if (const auto expression = options.text("expression")) {
        query["Expression"] = *expression;
        if (options.has("period")) query["Period"] = own_period;
      } else {
        query["MetricStat"] = boost::json::object{{"Metric", metric_of(entries_[i])},
                                                  {"Period", own_period},
                                                  {"Stat", options.text_or("stat", stat)}};
      }
      queries.push_back(std::move(query));
      const std::string side = options.text_or("yAxis", "left");
      looks_[names[i]] = {parse_colour(options.text_or("color", "")), side == "right"};
    }
    return queries;
  }

  void read_points(const boost::json::array& queries) {
    boost::json::object question{{"MetricDataQueries", queries},
                                 {"StartTime", seconds_of(chart_.window.start)},
                                 {"EndTime", seconds_of(chart_.window.end)},
                                 {"ScanBy", "TimestampAscending"}};
    std::map<std::string, std::size_t> line_of;  // by id and label
    for (int page = 0; page < kPagesMax; ++page) {
      const auto answer =
          get_metric_data(account_, {Parameters(question, "ValidationError"), std::string(), std::string()});
      for (const auto& result : answer.at("MetricDataResults").as_array())
        add_points(result.as_object(), line_of);
      const auto* token = answer.if_contains("NextToken");
      if (token == nullptr) return;
      question["NextToken"] = *token;
    }
  }

  void add_points(const boost::json::object& result, std::map<std::string, std::size_t>& line_of) {
    const std::string id = text_of(result, "Id"), label = text_of(result, "Label");
    const auto [found, fresh] = line_of.emplace(id + "\n" + label, chart_.lines.size());
    if (fresh) {
      const auto& look = looks_[id];
      chart_.lines.push_back({label, look.colour.value_or(line_colour(chart_.lines.size())), {}, look.right});
    }
    const auto& times = result.at("Timestamps").as_array();
    const auto& values = result.at("Values").as_array();
    auto& points = chart_.lines[found->second].points;
    for (std::size_t i = 0; i < std::min(times.size(), values.size()); ++i)
      if (const auto time = time_in(&times[i]); time && values[i].is_number())
        points.push_back({*time, values[i].to_number<double>()});
  }

  struct Look {
    std::optional<Colour> colour;
    bool right = false;
  };

  Account& account_;
  const Parameters& p_;
  const std::vector<Entry> entries_;
  WidgetChart chart_;
  std::map<std::string, Look> looks_;
};

}  // namespace

boost::json::object get_metric_widget_image(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const std::string text = p.need_text("MetricWidget"), format = p.text_or("OutputFormat", "png");
  if (format != "png") refuse("The OutputFormat of this server is png.");
  boost::json::parse_options options;
  options.max_depth = 32;
  boost::system::error_code error;
  const auto value = boost::json::parse(text, error, {}, options);
  if (error || !value.is_object()) refuse("MetricWidget has to be a JSON object.");
  const Parameters widget(value.get_object(), "ValidationError");
  return {{"MetricWidgetImage", to_base64(draw_png(Widget(account, widget).chart()))}};
}

}  // namespace culprit::server
