// `culprit logs patterns`: the templates of log messages.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <numeric>

#include "base/printable.h"
#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/logs_mine.h"
#include "cli/render.h"
#include "report/sparkline.h"
#include "store/valid_utf8.h"

namespace culprit {

namespace {

constexpr std::size_t kSparkColumns = 24;

struct Arguments {
  LogsQueryOptions query;
  std::size_t top = 50;
  bool examples = false;
};

double share_of(std::uint64_t count, std::uint64_t all) {
  return all == 0 ? 0 : static_cast<double>(count) / static_cast<double>(all);
}

// The most frequent first.
std::vector<std::size_t> by_count(const TemplateSet& set) {
  std::vector<std::size_t> order(set.templates.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return set.templates[a].count > set.templates[b].count;
  });
  return order;
}

Window span_of(const MinedLogs& mined) {
  Window span{Time::max(), Time::min()};
  for (const auto& a : mined.activities) {
    if (a.count == 0) continue;
    span.start = std::min(span.start, a.first);
    span.end = std::max(span.end, a.last + Duration(1));
  }
  return span;
}

std::string spark(const MinedLogs& mined, const TemplateActivity& activity, const Window& span) {
  std::vector<Datapoint> points;
  for (const auto& bin : activity.bins)
    points.push_back({std::max(bin.start, span.start), static_cast<double>(bin.count)});
  return sparkline(points, mined.histogram.bin(), span, kSparkColumns, terminal_style().unicode);
}

void print_text(const MinedLogs& mined, const Arguments& arguments, const Zone& zone) {
  const auto span = span_of(mined);
  const auto order = by_count(mined.set);
  fmt::print("{} events, {} templates\n\n", mined.events, order.size());
  fmt::print("{:>9} {:>6}  {:19} {:19} {:{}}  {}\n", "count", "share", "first", "last", "when", kSparkColumns,
             "template (" + zone.name() + ")");
  for (std::size_t i = 0; i < std::min(order.size(), arguments.top); ++i) {
    const auto& t = mined.set.templates[order[i]];
    const auto& a = mined.activities[order[i]];
    const auto when = spark(mined, a, span);
    fmt::print("{:>9} {:>5.1f}%  {:19} {:19} {}{:{}}  {}\n", t.count, 100 * share_of(t.count, mined.events),
               zone.format_minute(a.first), zone.format_minute(a.last), when, "",
               kSparkColumns - std::min(kSparkColumns, display_width(when)), printable_text(t.text, 300));
    if (arguments.examples) fmt::print("{:>18}{}  {}\n", "", id_text(t.id), printable_text(t.example, 300));
  }
  if (order.size() > arguments.top)
    fmt::print("\n{} more templates (--top shows them)\n", order.size() - arguments.top);
  if (mined.miner.full())
    fmt::print(
        stderr,
        "warning: more kinds of messages than are kept apart: rare ones are told by their first words\n");
}

void print_json(const MinedLogs& mined, const Arguments& arguments) {
  const auto order = by_count(mined.set);
  boost::json::array templates;
  for (std::size_t i = 0; i < std::min(order.size(), arguments.top); ++i) {
    const auto& t = mined.set.templates[order[i]];
    const auto& a = mined.activities[order[i]];
    boost::json::array bins;
    for (const auto& bin : a.bins)
      bins.push_back(boost::json::object{{"start", format_utc(bin.start)}, {"count", bin.count}});
    templates.push_back(boost::json::object{{"id", id_text(t.id)},
                                            {"template", valid_utf8(t.text)},
                                            {"typed", valid_utf8(t.typed)},
                                            {"count", t.count},
                                            {"share", share_of(t.count, mined.events)},
                                            {"first", format_utc(a.first)},
                                            {"last", format_utc(a.last)},
                                            {"example", valid_utf8(t.example)},
                                            {"periods", std::move(bins)}});
  }
  const auto bin_s = std::chrono::duration_cast<std::chrono::seconds>(mined.histogram.bin()).count();
  fmt::print("{}\n", boost::json::serialize(boost::json::object{{"events", mined.events},
                                                                {"templates_in_all", order.size()},
                                                                {"coarse", mined.miner.full()},
                                                                {"period_s", bin_s},
                                                                {"templates", std::move(templates)}}));
}

Result<void> show(const Arguments& arguments) {
  const auto logs = open_logs(arguments.query);
  if (!logs) return tl::unexpected(logs.error());
  const auto mined = mine_logs(logs->store(), logs->query);
  if (!mined) return tl::unexpected(mined.error());
  if (arguments.query.json())
    print_json(*mined, arguments);
  else
    print_text(*mined, arguments, logs->zone);
  return {};
}

}  // namespace

void add_logs_patterns(CLI::App& app, int& exit) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand("patterns", "Templates of the messages: how many, when, an example");
  arguments->query.add_to(*command);
  command->add_option("--top", arguments->top, "Show so many")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_flag("--examples", arguments->examples, "Show each template's id and an example");
  command->footer(R"(Examples:
  culprit logs patterns --group worker --from -1h
  culprit logs patterns --store incident.culprit --examples --top 20
  culprit logs patterns --format json | jq '.templates[] | [.count, .template]'

<*> stands where messages vary. An event of several lines is told by its first. Ids are of the template's text: the
same in each run and store.)");
  command->callback([arguments, &exit] {
    const auto done = show(*arguments);
    exit = done ? 0 : print_failure(done.error());
  });
}

}  // namespace culprit
