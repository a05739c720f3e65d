// `culprit logs compare`: which messages are new, gone, more or less in one window than in another.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cmath>

#include "base/printable.h"
#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/logs_mine.h"
#include "engine/template_comparison.h"
#include "store/valid_utf8.h"

namespace culprit {

namespace {

constexpr std::size_t kTemplatesWithValuesMax = 20;
constexpr std::size_t kValuesShownMax = 3;

struct Arguments {
  LogsQueryOptions query;
  std::string before;
  std::string during;
  std::size_t top = 40;
  double false_discovery_rate = 0.05;
};

// A value that moved within a template that did not as a whole, or did.
struct MovedValue {
  std::size_t place = 0;
  std::string text;
  CountComparison counts;
};

struct Row {
  std::uint32_t index = 0;  // of the template
  CountComparison counts;
  std::vector<MovedValue> values;
};

// "A..B" as --from A --to B.
Result<Window> parse_window(const std::string& text, std::string_view option, const WindowOptions& zone_of,
                            const Zone& zone) {
  const auto dots = text.find("..");
  if (dots == text.npos)
    return fail(ErrorCode::kUsage, fmt::format("'{}' is no window", printable_text(text, 100)),
                std::string(option),
                "Write FROM..TO, each as --from and --to take it: \"2025-08-21 17:00..17:10\".");
  WindowOptions options = zone_of;
  options.from = text.substr(0, dots);
  options.to = text.substr(dots + 2);
  const auto choice =
      options.resolve(zone.name(), std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()));
  if (!choice)
    return fail(choice.error().code, choice.error().what, std::string(option), choice.error().hint);
  return *choice->window;
}

Result<ComparedWindows> windows_of(const Arguments& arguments, const OpenLogs& logs) {
  ComparedWindows out;
  const auto& noted = logs.evidence;
  if (arguments.during.empty() && !noted.window)
    return fail(ErrorCode::kUsage, "which window is it about?", "--during",
                "Add --during \"2025-08-21 17:00..17:10\" and --before \"2025-08-21 15:00..17:00\".");
  if (!arguments.during.empty()) {
    const auto during = parse_window(arguments.during, "--during", arguments.query.window, logs.zone);
    if (!during) return tl::unexpected(during.error());
    out.during = *during;
  } else {
    out.during = *noted.window;
  }
  if (!arguments.before.empty()) {
    const auto before = parse_window(arguments.before, "--before", arguments.query.window, logs.zone);
    if (!before) return tl::unexpected(before.error());
    out.before = *before;
  } else if (arguments.during.empty() && noted.baseline) {
    out.before = *noted.baseline;
  } else {
    out.before = {out.during.start - 4 * out.during.length(), out.during.start};
  }
  return out;
}

// Whole bins: what is cut off at the ends is less than one.
Window aligned(const Window& window, Duration bin) {
  const auto floor = [&](Time t) { return Time(t.time_since_epoch() - t.time_since_epoch() % bin); };
  return {floor(window.start), floor(window.end + bin - Duration(1))};
}

// Reads the events of both windows once more, for what stands in the places of the templates that moved most.
Result<void> compare_their_values(const Arguments& arguments, const OpenLogs& logs,
                                  const ComparedWindows& windows, const MinedLogs& mined,
                                  std::vector<Row>& rows) {
  std::map<std::uint32_t, TemplateValues> values;
  for (const auto& row : rows) {
    const auto& text = mined.set.templates[row.index].text;
    if (values.size() < kTemplatesWithValuesMax && text.find("<*>") != text.npos)
      values.emplace(row.index, TemplateValues(text, windows.bin));
  }
  TemplateMiner miner = mined.miner;  // knows every form already
  for (const auto& window : {windows.before, windows.during}) {
    LogQuery query = logs.query;
    query.window = window;
    const auto values_of = [&](TemplateMiner::FormNumber form) {
      return form < mined.set.template_of_form.size() ? values.find(mined.set.template_of_form[form])
                                                      : values.end();
    };
    auto scanned = logs.store().scan_forms(
        query, miner, [&](TemplateMiner::FormNumber form) { return values_of(form) != values.end(); },
        [&](TemplateMiner::FormNumber form, const LogEventView& event) {
          values_of(form)->second.add(mined_line(event.message), event.time);
          return true;
        });
    if (!scanned) return scanned;
  }
  for (auto& row : rows) {
    const auto found = values.find(row.index);
    if (found == values.end()) continue;
    const auto all = found->second.activity();
    for (std::size_t p = 0; p < found->second.places(); ++p) {
      const auto place = found->second.place(p);
      for (const auto& item : compare_values(place, all, windows, {arguments.false_discovery_rate}))
        if (item.counts.shift != Shift::kNone && item.index < place.values.size())
          row.values.push_back({p, place.values[item.index].text, item.counts});
    }
    std::stable_sort(row.values.begin(), row.values.end(),
                     [](const MovedValue& a, const MovedValue& b) { return a.counts.q < b.counts.q; });
    row.values.resize(std::min(row.values.size(), kValuesShownMax));
  }
  return {};
}

std::string change_of(const CountComparison& c) {
  if (!std::isfinite(c.ratio) || c.ratio == 0) return std::string(name_of(c.shift));
  return fmt::format("{} {:.2g}x", name_of(c.shift), c.ratio);
}

void print_text(const MinedLogs& mined, const ComparedWindows& windows, const std::vector<Row>& rows,
                std::size_t templates, const Arguments& arguments, const Zone& zone) {
  fmt::print("before  {} to {}\nduring  {} to {}\n", zone.format(windows.before.start),
             zone.format(windows.before.end), zone.format(windows.during.start),
             zone.format(windows.during.end));
  fmt::print("{} of {} templates changed; of those told, at most {:.0f}% by chance\n\n", rows.size(),
             templates, 100 * arguments.false_discovery_rate);
  if (rows.empty()) return;
  fmt::print("{:14} {:>10} {:>10} {:>9}  {}\n", "change", "before/min", "during/min", "q", "template");
  for (std::size_t i = 0; i < std::min(rows.size(), arguments.top); ++i) {
    const auto& row = rows[i];
    fmt::print("{:14} {:>10.3g} {:>10.3g} {:>9.1e}  {}\n", change_of(row.counts), row.counts.rate_before,
               row.counts.rate_during, row.counts.q,
               printable_text(mined.set.templates[row.index].text, 300));
    for (const auto& v : row.values)
      fmt::print("{:48}<*>{} = {}: {} ({} before, {} during)\n", "", v.place + 1, printable_text(v.text, 120),
                 change_of(v.counts), v.counts.before, v.counts.during);
  }
  if (rows.size() > arguments.top) fmt::print("\n{} more (--top shows them)\n", rows.size() - arguments.top);
}

boost::json::object json_of(const CountComparison& c) {
  boost::json::object out{{"shift", name_of(c.shift)},
                          {"before", c.before},
                          {"during", c.during},
                          {"before_per_minute", c.rate_before},
                          {"during_per_minute", c.rate_during},
                          {"p", c.p},
                          {"q", c.q}};
  if (std::isfinite(c.ratio)) out["ratio"] = c.ratio;
  return out;
}

void print_json(const MinedLogs& mined, const ComparedWindows& windows, const std::vector<Row>& rows,
                std::size_t templates, const Arguments& arguments) {
  const auto window = [](const Window& w) {
    return boost::json::object{{"start", format_utc(w.start)}, {"end", format_utc(w.end)}};
  };
  boost::json::array changes;
  for (std::size_t i = 0; i < std::min(rows.size(), arguments.top); ++i) {
    const auto& t = mined.set.templates[rows[i].index];
    auto item = json_of(rows[i].counts);
    item["id"] = id_text(t.id);
    item["template"] = valid_utf8(t.text);
    item["example"] = valid_utf8(t.example);
    boost::json::array values;
    for (const auto& v : rows[i].values) {
      auto value = json_of(v.counts);
      value["place"] = v.place + 1;
      value["value"] = valid_utf8(v.text);
      values.push_back(std::move(value));
    }
    item["values"] = std::move(values);
    changes.push_back(std::move(item));
  }
  fmt::print("{}\n", boost::json::serialize(boost::json::object{{"before", window(windows.before)},
                                                                {"during", window(windows.during)},
                                                                {"templates", templates},
                                                                {"changed", rows.size()},
                                                                {"changes", std::move(changes)}}));
}

Result<void> compare(const Arguments& arguments) {
  auto logs = open_logs(arguments.query);
  if (!logs) return tl::unexpected(logs.error());
  auto windows = windows_of(arguments, *logs);
  if (!windows) return tl::unexpected(windows.error());
  logs->query.window = Window{std::min(windows->before.start, windows->during.start),
                              std::max(windows->before.end, windows->during.end)};
  const auto mined = mine_logs(logs->store(), logs->query);
  if (!mined) return tl::unexpected(mined.error());
  windows->bin = mined->histogram.bin();
  windows->before = aligned(windows->before, windows->bin);
  windows->during = aligned(windows->during, windows->bin);
  std::vector<Row> rows;
  for (const auto& item : compare_templates(mined->activities, *windows, {arguments.false_discovery_rate}))
    if (item.counts.shift != Shift::kNone) rows.push_back({item.index, item.counts, {}});
  if (auto done = compare_their_values(arguments, *logs, *windows, *mined, rows); !done) return done;
  const auto templates = mined->set.templates.size();
  if (arguments.query.json())
    print_json(*mined, *windows, rows, templates, arguments);
  else
    print_text(*mined, *windows, rows, templates, arguments, logs->zone);
  return {};
}

}  // namespace

void add_logs_compare(CLI::App& app, int& exit) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand("compare", "Messages that are new, gone, more or less than before");
  command->add_option(
      "--before", arguments->before,
      "What is normal, as FROM..TO (default: the capsule's baseline, or four times as long before)");
  command->add_option("--during", arguments->during,
                      "What it is about, as FROM..TO (default: the capsule's window)");
  arguments->query.add_to(*command);
  command->remove_option(command->get_option("--from"));
  command->remove_option(command->get_option("--to"));
  command->add_option("--top", arguments->top, "Show so many")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command
      ->add_option("--false-discoveries", arguments->false_discovery_rate,
                   "Share of those told that may be there by chance")
      ->check(CLI::Range(1e-6, 0.5))
      ->capture_default_str();
  command->footer(R"(Examples:
  culprit logs compare --store incident.culprit
  culprit logs compare --during "2025-08-21 17:00..17:10" --before "2025-08-21 15:00..17:00" --group web

Both windows are widened to whole minutes. Below a template stand the values that moved within it. docs/mining.md says
what the test takes into account.)");
  command->callback([arguments, &exit] {
    const auto done = compare(*arguments);
    exit = done ? 0 : print_failure(done.error());
  });
}

}  // namespace culprit
