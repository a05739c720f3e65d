// `culprit store info`: what a store holds.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "base/printable.h"
#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/store_options.h"
#include "store/maintenance.h"

namespace culprit {

namespace {

constexpr std::size_t kNameBytesMax = 1000;
constexpr std::size_t kNameWidthMax = 60;

std::string group_name(const LogGroupSummary& group) { return printable_text(group.group, kNameBytesMax); }

void print_groups(const std::vector<LogGroupSummary>& groups) {
  std::size_t width = 9;
  for (const auto& g : groups) width = std::max(width, std::min(kNameWidthMax, display_width(group_name(g))));
  fmt::print("\n{:<{}}  {:>13}  {:>10}  {:>7}  {:<20}  {}\n", "Log group", width, "Events", "Messages",
             "Streams", "First", "Last");
  for (const auto& g : groups) {
    const auto name = group_name(g);
    const auto padding = width - std::min(width, display_width(name));
    fmt::print("{}{:{}}  {:>13}  {:>10}  {:>7}  {:<20}  {}\n", name, "", padding, grouped(g.events),
               size_text(g.bytes), grouped(g.streams.size()),
               format_utc(std::chrono::floor<std::chrono::seconds>(g.first)),
               format_utc(std::chrono::floor<std::chrono::seconds>(g.last)));
  }
}

void print_text(const StoreOptions& options, const StoreInfo& info) {
  const auto disk = info.segment_bytes + info.catalogue_bytes;
  fmt::print("Store:      {} (format {})\n", options.directory, info.format_version);
  fmt::print("Log events: {}, {} of messages\n", grouped(info.events), size_text(info.message_bytes));
  fmt::print("On disk:    {} in {} segments, {} in the catalogue\n", size_text(info.segment_bytes),
             grouped(info.segments), size_text(info.catalogue_bytes));
  if (info.segment_bytes > 0 && info.log_events == 0)
    fmt::print("            {:.1f} times smaller than the messages\n",
               static_cast<double>(info.message_bytes) / static_cast<double>(disk));
  if (info.log_events > 0)
    fmt::print("In the log: {} events that are in no segment yet\n", grouped(info.log_events));
  fmt::print("Metrics:    {}\nGaps:       {}\n", grouped(info.metrics), grouped(info.gaps));
  if (!info.groups.empty()) print_groups(info.groups);
}

void print_json(const StoreOptions& options, const StoreInfo& info) {
  boost::json::array groups;
  for (const auto& g : info.groups)
    groups.push_back(boost::json::object{{"name", group_name(g)},
                                         {"events", g.events},
                                         {"message_bytes", g.bytes},
                                         {"streams", g.streams.size()},
                                         {"first", format_utc(g.first)},
                                         {"last", format_utc(g.last)}});
  const boost::json::object out{{"command", "info"},
                                {"store", printable_text(options.directory, kNameBytesMax)},
                                {"format_version", info.format_version},
                                {"events", info.events},
                                {"message_bytes", info.message_bytes},
                                {"segments", info.segments},
                                {"segment_bytes", info.segment_bytes},
                                {"log_events", info.log_events},
                                {"catalogue_bytes", info.catalogue_bytes},
                                {"metrics", info.metrics},
                                {"gaps", info.gaps},
                                {"groups", std::move(groups)}};
  fmt::print("{}\n", boost::json::serialize(out));
}

int run(const StoreOptions& options) {
  const auto info = describe_store(options.directory);
  if (!info) return print_failure(info.error());
  if (options.json())
    print_json(options, *info);
  else
    print_text(options, *info);
  return 0;
}

}  // namespace

void add_store_info(CLI::App& app, int& exit) {
  auto options = std::make_shared<StoreOptions>();
  auto* command = app.add_subcommand("info", "Events, bytes, log groups and their times");
  options->add_as_argument(*command);
  command->footer(R"(Examples:
  culprit store info
  culprit store info incident --format json | jq '.groups[] | {name, events}')");
  command->callback([options, &exit] { exit = run(*options); });
}

}  // namespace culprit
