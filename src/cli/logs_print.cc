#include "cli/logs_print.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "base/printable.h"
#include "logs/filter_pattern.h"
#include "store/valid_utf8.h"

namespace culprit {

namespace {

constexpr std::size_t kMeasuredRows = 200;  // the first rows decide how wide the columns are
constexpr std::size_t kColumnWidthMax = 60;
constexpr std::size_t kValueBytesMax = 2000;

}  // namespace

void FieldsOption::add_to(CLI::App& command) {
  command
      .add_option(
          "--fields", names,
          "Only these fields: members of JSON messages (ctx.class), names of a [ … ] pattern, of key=value "
          "pairs, of Rails and PostgreSQL lines; @timestamp, @ingestionTime, @log, @logStream, @message")
      ->delimiter(',')
      ->type_name("NAME,…");
}

EventPrinter::EventPrinter(const FieldsOption& fields, const MessagePattern& pattern, Zone zone, bool json)
    : fields_(fields.names),
      pattern_(pattern),
      zone_(std::move(zone)),
      json_(json),
      columns_(::isatty(STDOUT_FILENO) == 1) {
  if (fields_.names().empty() || json_) return;
  held_.emplace_back(fields_.names());
}

// Insights' names for what is not in the message.
std::optional<std::string> EventPrinter::own_value(const LogEventView& event, std::string_view name) const {
  if (name == "@timestamp") return json_ ? format_utc(event.time) : format_local(zone_.to_local(event.time));
  if (name == "@ingestionTime")
    return json_ ? format_utc(event.ingestion) : format_local(zone_.to_local(event.ingestion));
  if (name == "@message") return std::string(event.message);
  if (name == "@logStream") return std::string(event.stream);
  if (name == "@log") return std::string(event.group);
  return std::nullopt;
}

std::vector<std::optional<std::string>> EventPrinter::values(const LogEventView& event) const {
  auto out = fields_.of(event.message);
  const FilterPattern* const filter = pattern_.as_filter();
  const bool named = filter != nullptr && filter->kind() == FilterPattern::Kind::kFields;
  const auto extracted =
      named ? filter->extract(event.message) : std::vector<std::pair<std::string, std::string>>{};
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::string& name = fields_.names()[i];
    if (name.starts_with('@')) out[i] = own_value(event, name);
    for (const auto& [key, value] : extracted)
      if (key.substr(1) == name) out[i] = value;
  }
  return out;
}

void EventPrinter::print_json(const LogEventView& event) const {
  boost::json::object line;
  line["number"] = event.number;
  line["timestamp"] = to_epoch_ms(event.time);
  if (fields_.names().empty()) {
    line["time"] = format_utc(event.time);
    line["logGroup"] = valid_utf8(event.group);
    line["logStream"] = valid_utf8(event.stream);
    line["message"] = valid_utf8(event.message);
  } else {
    boost::json::object fields;
    const auto found = values(event);
    for (std::size_t i = 0; i < found.size(); ++i)
      fields[fields_.names()[i]] = found[i] ? boost::json::value(valid_utf8(*found[i])) : nullptr;
    line["fields"] = std::move(fields);
  }
  fmt::print("{}\n", boost::json::serialize(line));
}

void EventPrinter::print_row(const Row& row) const {
  std::string out;
  for (std::size_t i = 0; i < row.size(); ++i) {
    out += row[i];
    if (i + 1 == row.size()) break;
    if (columns_)
      out.append(widths_[i] - std::min(widths_[i], row[i].size()) + 2, ' ');
    else
      out += '\t';
  }
  fmt::print("{}\n", out);
}

void EventPrinter::print(const LogEventView& event) {
  if (json_) return print_json(event);
  if (fields_.names().empty()) {
    fmt::print("{} {} {} #{}  {}\n", format_local(zone_.to_local(event.time)),
               printable_text(event.group, 200), printable_text(event.stream, 200), event.number,
               printable(event.message));
    return;
  }
  Row row;
  for (const auto& value : values(event))
    row.push_back(value ? printable_text(*value, kValueBytesMax) : std::string(columns_ ? "-" : ""));
  if (measured_) return print_row(row);
  held_.push_back(std::move(row));
  if (held_.size() > kMeasuredRows) flush();
}

void EventPrinter::flush() {
  if (!measured_ && !held_.empty()) {
    measured_ = held_.size() > 1;
    widths_.assign(held_.front().size(), 0);
    for (const Row& row : held_)
      for (std::size_t i = 0; i < row.size(); ++i)
        widths_[i] = std::min(kColumnWidthMax, std::max(widths_[i], row[i].size()));
    if (measured_)
      for (const Row& row : std::exchange(held_, {})) print_row(row);
  }
  std::fflush(stdout);
}

}  // namespace culprit
