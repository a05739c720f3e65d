// The functions of metric math.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "metrics/math_node.h"

namespace culprit {

namespace {

using Points = std::vector<Datapoint>;
using Arguments = std::vector<MathArgument>;
using List = std::vector<MathSeries>;

tl::unexpected<Error> wrong(std::string_view function, std::string_view what) {
  return fail(ErrorCode::kInput, fmt::format("metric math: {} {}", function, what));
}

MathSeries with(const MathSeries& like, Points points) { return {like.id, like.label, std::move(points)}; }

// Points at times that both have; what is no number (a division by zero) is missing.
MathSeries combine_series(const MathSeries& a, const MathSeries& b, BinaryOperation operation) {
  Points out;
  auto i = a.points.begin();
  auto j = b.points.begin();
  while (i != a.points.end() && j != b.points.end()) {
    if (i->time < j->time) {
      ++i;
    } else if (j->time < i->time) {
      ++j;
    } else {
      if (const double v = operation(i->value, j->value); std::isfinite(v)) out.push_back({i->time, v});
      ++i, ++j;
    }
  }
  return with(a, std::move(out));
}

MathSeries map_points(const MathSeries& series, const std::function<double(double)>& operation) {
  Points out;
  for (const auto& p : series.points)
    if (const double v = operation(p.value); std::isfinite(v)) out.push_back({p.time, v});
  return with(series, std::move(out));
}

std::optional<double> aggregate(std::string_view name, const std::vector<double>& v) {
  if (name == "METRIC_COUNT" || name == "DATAPOINT_COUNT") return static_cast<double>(v.size());
  if (v.empty()) return std::nullopt;
  const double n = static_cast<double>(v.size());
  const double sum = std::accumulate(v.begin(), v.end(), 0.0);
  if (name == "SUM") return sum;
  if (name == "AVG") return sum / n;
  if (name == "MIN") return *std::ranges::min_element(v);
  if (name == "MAX") return *std::ranges::max_element(v);
  double squares = 0;
  for (const double x : v) squares += (x - sum / n) * (x - sum / n);
  return std::sqrt(squares / n);
}

// One series: a number. Several: a series with, at each time, the aggregate of those that have a point.
MathValue aggregate_value(std::string_view name, const MathValue& value) {
  if (const auto* number = std::get_if<double>(&value)) return *number;
  if (const auto* series = std::get_if<MathSeries>(&value)) {
    std::vector<double> v;
    for (const auto& p : series->points) v.push_back(p.value);
    const auto out = aggregate(name, v);
    return out ? MathValue(*out) : MathValue(MathSeries{});
  }
  std::map<Time, std::vector<double>> at;
  for (const auto& series : std::get<List>(value))
    for (const auto& p : series.points) at[p.time].push_back(p.value);
  MathSeries out;
  for (const auto& [time, v] : at)
    if (const auto a = aggregate(name, v)) out.points.push_back({time, *a});
  return out;
}

// Applies to a series, or to each of a list.
template <class F>
Result<MathValue> each_series(std::string_view name, const MathValue& value, F&& operation) {
  if (const auto* series = std::get_if<MathSeries>(&value)) return MathValue(operation(*series));
  if (const auto* list = std::get_if<List>(&value)) {
    List out;
    for (const auto& series : *list) out.push_back(operation(series));
    return MathValue(std::move(out));
  }
  return wrong(name, "needs a time series");
}

// FILL's second argument: a number, REPEAT or LINEAR.
MathSeries fill_gaps(const MathSeries& series, const MathArgument& how, const MathContext& context) {
  const Duration step = context.period;
  Points out;
  std::size_t next = 0;
  for (Time t = context.window.start; t < context.window.end; t += step) {
    while (next < series.points.size() && series.points[next].time < t) ++next;
    if (next < series.points.size() && series.points[next].time == t) {
      out.push_back(series.points[next]);
    } else if (!how.is_text) {
      if (const auto* number = std::get_if<double>(&how.value)) out.push_back({t, *number});
    } else if (next > 0) {
      const Datapoint& before = series.points[next - 1];
      if (how.text == "REPEAT") {
        out.push_back({t, before.value});
      } else if (next < series.points.size()) {
        const Datapoint& after = series.points[next];
        const double share = static_cast<double>((t - before.time).count()) /
                             static_cast<double>((after.time - before.time).count());
        out.push_back({t, before.value + share * (after.value - before.value)});
      }
    }
  }
  return with(series, std::move(out));
}

MathSeries differences(std::string_view name, const MathSeries& series) {
  Points out;
  for (std::size_t i = 1; i < series.points.size(); ++i) {
    const auto& [before, was] = series.points[i - 1];
    const auto& [now, is] = series.points[i];
    const double seconds = static_cast<double>((now - before).count()) / 1000;
    out.push_back({now, name == "DIFF" ? is - was : name == "RATE" ? (is - was) / seconds : seconds});
  }
  return with(series, std::move(out));
}

MathSeries running_sum(const MathSeries& series) {
  Points out;
  double sum = 0;
  for (const auto& p : series.points) out.push_back({p.time, sum += p.value});
  return with(series, std::move(out));
}

// Series whose points are parts of their own time (UTC).
MathSeries time_part(std::string_view name, const MathSeries& series) {
  Points out;
  for (const auto& p : series.points) {
    const auto day = std::chrono::floor<std::chrono::days>(p.time);
    const std::chrono::year_month_day date{day};
    const auto seconds = std::chrono::floor<std::chrono::seconds>(p.time - day).count();
    double v = 0;
    if (name == "EPOCH")
      v = static_cast<double>(std::chrono::floor<std::chrono::seconds>(p.time.time_since_epoch()).count());
    else if (name == "MINUTE")
      v = static_cast<double>(seconds / 60 % 60);
    else if (name == "HOUR")
      v = static_cast<double>(seconds / 3600);
    else if (name == "DAY")
      v = static_cast<double>(std::chrono::weekday{day}.iso_encoding());
    else if (name == "DATE")
      v = static_cast<double>(static_cast<unsigned>(date.day()));
    else if (name == "MONTH")
      v = static_cast<double>(static_cast<unsigned>(date.month()));
    else
      v = static_cast<double>(static_cast<int>(date.year()));
    out.push_back({p.time, v});
  }
  return with(series, std::move(out));
}

const double* number_at(const Arguments& arguments, std::size_t i) {
  return i < arguments.size() && !arguments[i].is_text ? std::get_if<double>(&arguments[i].value) : nullptr;
}

// IF(condition, then, else): taken at the times that the condition has.
Result<MathValue> if_function(const Arguments& arguments) {
  if (arguments.size() < 2 || arguments.size() > 3) return wrong("IF", "takes two or three arguments");
  const auto& condition = arguments[0].value;
  if (const auto* number = std::get_if<double>(&condition)) {
    if (*number != 0) return arguments[1].value;
    return arguments.size() == 3 ? arguments[2].value : MathValue(MathSeries{});
  }
  const auto* series = std::get_if<MathSeries>(&condition);
  if (series == nullptr) return wrong("IF", "needs a number or one time series as its condition");
  const auto value_at = [&](std::size_t which, Time time) -> std::optional<double> {
    if (which >= arguments.size()) return std::nullopt;
    if (const auto* number = std::get_if<double>(&arguments[which].value)) return *number;
    const auto* from = std::get_if<MathSeries>(&arguments[which].value);
    if (from == nullptr) return std::nullopt;
    const auto at = std::ranges::lower_bound(from->points, time, {}, &Datapoint::time);
    return at != from->points.end() && at->time == time ? std::optional(at->value) : std::nullopt;
  };
  Points out;
  for (const auto& p : series->points)
    if (const auto v = value_at(p.value != 0 ? 1 : 2, p.time)) out.push_back({p.time, *v});
  return MathValue(with(*series, std::move(out)));
}

// A number as an index, whatever was written.
std::size_t index_of(double v) { return static_cast<std::size_t>(std::clamp(v, 0.0, 1e9)); }

double sort_key(const MathSeries& series, std::string_view by) {
  if (series.points.empty()) return -std::numeric_limits<double>::infinity();
  std::vector<double> v;
  for (const auto& p : series.points) v.push_back(p.value);
  return *aggregate(by, v);
}

// SORT(list, AVG|MIN|MAX|SUM, ASC|DSC, limit)
Result<MathValue> sort_function(Arguments& arguments) {
  auto* list = arguments.empty() ? nullptr : std::get_if<List>(&arguments[0].value);
  if (list == nullptr || arguments.size() < 3 || !arguments[1].is_text || !arguments[2].is_text)
    return wrong("SORT", "takes several series, a function (AVG, MIN, MAX, SUM) and an order (ASC, DSC)");
  const bool descending = arguments[2].text == "DSC";
  std::ranges::stable_sort(*list, [&](const MathSeries& a, const MathSeries& b) {
    const double x = sort_key(a, arguments[1].text), y = sort_key(b, arguments[1].text);
    return descending ? y < x : x < y;
  });
  if (const double* limit = number_at(arguments, 3); limit != nullptr && *limit >= 0)
    list->resize(std::min(list->size(), index_of(*limit)));
  return MathValue(std::move(*list));
}

Result<MathValue> slice_function(Arguments& arguments) {
  auto* list = arguments.empty() ? nullptr : std::get_if<List>(&arguments[0].value);
  const double* first = number_at(arguments, 1);
  if (list == nullptr || first == nullptr || *first < 0)
    return wrong("SLICE", "takes several series and an index");
  const auto start = std::min(index_of(*first), list->size());
  const double* last = number_at(arguments, 2);
  if (last == nullptr)  // one series
    return start < list->size() ? MathValue((*list)[start]) : MathValue(MathSeries{});
  const auto end = std::clamp(index_of(*last), start, list->size());
  return MathValue(List(list->begin() + static_cast<std::ptrdiff_t>(start),
                        list->begin() + static_cast<std::ptrdiff_t>(end)));
}

// METRICS() or METRICS("text in the id")
MathValue metrics_function(const Arguments& arguments, const MathContext& context) {
  List out;
  for (const auto& id : context.metric_ids) {
    if (!arguments.empty() && arguments[0].is_text && id.find(arguments[0].text) == std::string::npos)
      continue;
    const auto found = context.values.find(id);
    if (found == context.values.end()) continue;
    if (const auto* series = std::get_if<MathSeries>(&found->second)) out.push_back(*series);
  }
  return out;
}

MathValue list_function(const Arguments& arguments) {
  List out;
  for (const auto& argument : arguments) {
    if (const auto* series = std::get_if<MathSeries>(&argument.value)) out.push_back(*series);
    if (const auto* list = std::get_if<List>(&argument.value))
      out.insert(out.end(), list->begin(), list->end());
  }
  return out;
}

Result<MathValue> search_function(const Arguments& arguments, const MathContext& context) {
  const double* period = number_at(arguments, 2);
  if (arguments.size() < 2 || !arguments[0].is_text || !arguments[1].is_text)
    return wrong("SEARCH", "takes a search expression, a statistic and a period");
  if (!context.search) return wrong("SEARCH", "cannot be used here: an alarm cannot watch a search");
  auto found = context.search(arguments[0].text, arguments[1].text,
                              period ? std::chrono::seconds(index_of(*period)) : context.period);
  if (!found) return tl::unexpected(found.error());
  return MathValue(std::move(*found));
}

Result<MathValue> band_function(const Arguments& arguments, const MathContext& context) {
  const auto* series = arguments.empty() ? nullptr : std::get_if<MathSeries>(&arguments[0].value);
  const double* width = number_at(arguments, 1);
  if (series == nullptr || (arguments.size() > 1 && (width == nullptr || !(*width > 0))))
    return wrong("ANOMALY_DETECTION_BAND", "takes one metric and a width above 0");
  if (!context.band) return wrong("ANOMALY_DETECTION_BAND", "cannot be used here");
  auto band = context.band(*series, width ? *width : 2.0);
  if (!band) return tl::unexpected(band.error());
  return MathValue(std::move(*band));
}

// TIME_SERIES(number): the number at every period of the window.
MathSeries constant_series(double value, const MathContext& context) {
  MathSeries out;
  for (Time t = context.window.start; t < context.window.end; t += context.period)
    out.points.push_back({t, value});
  return out;
}

constexpr std::string_view kFunctions[] = {"ABS",
                                           "ANOMALY_DETECTION_BAND",
                                           "AVG",
                                           "CEIL",
                                           "DATAPOINT_COUNT",
                                           "DATE",
                                           "DAY",
                                           "DIFF",
                                           "EPOCH",
                                           "DIFF_TIME",
                                           "FILL",
                                           "FIRST",
                                           "FLOOR",
                                           "HOUR",
                                           "IF",
                                           "LAST",
                                           "LOG",
                                           "LOG10",
                                           "MAX",
                                           "METRICS",
                                           "METRIC_COUNT",
                                           "MIN",
                                           "MINUTE",
                                           "MONTH",
                                           "PERIOD",
                                           "RATE",
                                           "SORT",
                                           "SEARCH",
                                           "REMOVE_EMPTY",
                                           "RUNNING_SUM",
                                           "SLICE",
                                           "STDDEV",
                                           "SUM",
                                           "TIME_SERIES",
                                           "YEAR"};

double log_or_missing(double v) { return v > 0 ? std::log(v) : std::nan(""); }
double log10_or_missing(double v) { return v > 0 ? std::log10(v) : std::nan(""); }

// Functions of one value that is a number, a series or a list.
std::function<double(double)> pointwise(std::string_view name) {
  if (name == "ABS") return [](double v) { return std::abs(v); };
  if (name == "CEIL") return [](double v) { return std::ceil(v); };
  if (name == "FLOOR") return [](double v) { return std::floor(v); };
  if (name == "LOG") return log_or_missing;
  if (name == "LOG10") return log10_or_missing;
  return {};
}

bool is_any(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

bool is_math_function(std::string_view name) {
  return std::ranges::find(kFunctions, name) != std::end(kFunctions);
}

Result<MathValue> combine(const MathValue& left, const MathValue& right, BinaryOperation operation) {
  const auto* a = std::get_if<double>(&left);
  const auto* b = std::get_if<double>(&right);
  if (a != nullptr && b != nullptr) {
    const double v = operation(*a, *b);
    return std::isfinite(v) ? MathValue(v) : MathValue(MathSeries{});
  }
  if (b != nullptr) return transform(left, [=](double v) { return operation(v, *b); });
  if (a != nullptr) return transform(right, [=](double v) { return operation(*a, v); });
  const auto* x = std::get_if<MathSeries>(&left);
  const auto* y = std::get_if<MathSeries>(&right);
  if (x != nullptr && y != nullptr) return MathValue(combine_series(*x, *y, operation));
  const auto* xs = std::get_if<List>(&left);
  const auto* ys = std::get_if<List>(&right);
  if (xs != nullptr && ys != nullptr && xs->size() != ys->size())
    return fail(ErrorCode::kInput, "metric math: two lists of different length cannot be combined");
  List out;
  for (std::size_t i = 0; i < (xs != nullptr ? xs : ys)->size(); ++i)
    out.push_back(combine_series(xs != nullptr ? (*xs)[i] : *x, ys != nullptr ? (*ys)[i] : *y, operation));
  return MathValue(std::move(out));
}

MathValue transform(const MathValue& value, const std::function<double(double)>& operation) {
  if (const auto* number = std::get_if<double>(&value)) {
    const double v = operation(*number);
    return std::isfinite(v) ? MathValue(v) : MathValue(MathSeries{});
  }
  if (const auto* series = std::get_if<MathSeries>(&value)) return map_points(*series, operation);
  List out;
  for (const auto& series : std::get<List>(value)) out.push_back(map_points(series, operation));
  return out;
}

Result<MathValue> call_function(std::string_view name, std::vector<MathArgument>& arguments,
                                const MathContext& context) {
  if (name == "METRICS") return metrics_function(arguments, context);
  if (name == "SEARCH") return search_function(arguments, context);
  if (name == "[]") return list_function(arguments);
  if (arguments.empty() || arguments[0].is_text) return wrong(name, "needs a metric or a number");
  const MathValue& first = arguments[0].value;
  if (const auto operation = pointwise(name)) return transform(first, operation);
  if (is_any(name, {"AVG", "MIN", "MAX", "SUM", "STDDEV", "METRIC_COUNT", "DATAPOINT_COUNT"})) {
    if (name == "METRIC_COUNT") {
      const auto* list = std::get_if<List>(&first);
      return MathValue(list != nullptr ? static_cast<double>(list->size()) : 1.0);
    }
    return aggregate_value(name, first);
  }
  if (name == "FILL") {
    if (arguments.size() != 2) return wrong(name, "takes a metric and a number, REPEAT or LINEAR");
    return each_series(name, first, [&](const MathSeries& s) { return fill_gaps(s, arguments[1], context); });
  }
  if (is_any(name, {"DIFF", "DIFF_TIME", "RATE"}))
    return each_series(name, first, [&](const MathSeries& s) { return differences(name, s); });
  if (name == "RUNNING_SUM") return each_series(name, first, running_sum);
  if (is_any(name, {"EPOCH", "MINUTE", "HOUR", "DAY", "DATE", "MONTH", "YEAR"}))
    return each_series(name, first, [&](const MathSeries& s) { return time_part(name, s); });
  if (name == "FIRST" || name == "LAST") {
    if (const auto* list = std::get_if<List>(&first)) {
      if (list->empty()) return MathValue(MathSeries{});
      return MathValue(name == "FIRST" ? list->front() : list->back());
    }
    return wrong(name, "needs several series");
  }
  if (name == "REMOVE_EMPTY") {
    auto* list = std::get_if<List>(&arguments[0].value);
    if (list == nullptr) return first;
    std::erase_if(*list, [](const MathSeries& s) { return s.points.empty(); });
    return MathValue(std::move(*list));
  }
  if (name == "PERIOD") return MathValue(static_cast<double>(context.period.count()));
  if (name == "IF") return if_function(arguments);
  if (name == "SORT") return sort_function(arguments);
  if (name == "SLICE") return slice_function(arguments);
  if (name == "ANOMALY_DETECTION_BAND") return band_function(arguments, context);
  if (name == "TIME_SERIES") {
    const auto* number = std::get_if<double>(&first);
    return number != nullptr ? MathValue(constant_series(*number, context)) : first;
  }
  return wrong(name, "is not supported");
}

}  // namespace culprit
