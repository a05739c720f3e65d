// RDS: DescribeDBLogFiles and DownloadDBLogFilePortion. The files are the hours of the instance's log group.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "server/rds_operations.h"
#include "server/states.h"
#include "store/valid_utf8.h"

namespace culprit::server {

namespace {

constexpr std::chrono::hours kHour{1};
constexpr std::string_view kPrefix = "error/postgresql.log.";
constexpr std::size_t kPortionBytesMax = std::size_t{1} << 20;
constexpr std::int64_t kLinesMax = 9999;

std::string log_group_of(const boost::json::object& instance) {
  return fmt::format("/aws/rds/instance/{}/postgresql", text_of(instance, "DBInstanceIdentifier"));
}

std::string file_name(Time hour) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(hour);
  return fmt::format("{}{:%Y-%m-%d-%H}", kPrefix, fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)));
}

std::optional<Time> hour_of(std::string_view name) {
  if (!name.starts_with(kPrefix) || name.size() != kPrefix.size() + 13) return std::nullopt;
  name.remove_prefix(kPrefix.size());
  const auto time = parse_iso8601(fmt::format("{}T{}:00:00Z", name.substr(0, 10), name.substr(11, 2)));
  return time ? std::optional(*time) : std::nullopt;
}

struct LogFile {
  Time hour;
  Time last;
  std::int64_t bytes = 0;
};

std::vector<LogFile> files_of(const Account& account, const std::string& group) {
  std::vector<LogFile> files;
  const LogQuery query{{group}, Window{Time::min(), account.horizon()}};
  taken(account.evidence()->scan_logs(query, [&](const LogEventView& event) {
    const Time hour = std::chrono::floor<std::chrono::hours>(event.time);
    auto found = std::ranges::find(files, hour, &LogFile::hour);
    if (found == files.end()) found = files.insert(files.end(), LogFile{hour, event.time, 0});
    found->last = std::max(found->last, event.time);
    found->bytes += static_cast<std::int64_t>(event.message.size()) + 1;
    return true;
  }));
  std::ranges::sort(files, {}, &LogFile::hour);
  return files;
}

// Messages of the hour from byte `offset` on, as the file has them; stops when there is enough.
std::string content_of(const Account& account, const std::string& group, Time hour) {
  std::string text;
  const LogQuery query{{group}, Window{hour, std::min(hour + kHour, account.horizon())}};
  taken(account.evidence()->scan_logs(query, [&](const LogEventView& event) {
    text.append(event.message).append("\n");
    return true;
  }));
  return text;
}

std::size_t line_start_from_end(std::string_view text, std::int64_t lines) {
  std::size_t at = text.size();
  for (; lines > 0 && at > 0; --lines) {
    const auto before = text.rfind('\n', at - 2 < at ? at - 2 : 0);
    at = before == std::string_view::npos || at < 2 ? 0 : before + 1;
  }
  return at;
}

}  // namespace

boost::json::object describe_db_log_files(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const auto instance = need_db_instance(account, p.need_text("DBInstanceIdentifier"));
  const std::string contains = p.text_or("FilenameContains", "");
  const std::int64_t size_min = p.integer_or("FileSize", 0);
  const std::int64_t written_since_ms = p.integer_or("FileLastWritten", 0);
  boost::json::array files;
  for (const auto& file : files_of(account, log_group_of(instance))) {
    const std::string name = file_name(file.hour);
    if (name.find(contains) == std::string::npos || file.bytes < size_min ||
        to_epoch_ms(file.last) < written_since_ms)
      continue;
    files.push_back(boost::json::object{
        {"LogFileName", name}, {"LastWritten", to_epoch_ms(file.last)}, {"Size", file.bytes}});
  }
  return {{"DescribeDBLogFiles", std::move(files)}};
}

boost::json::object download_db_log_file_portion(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const auto instance = need_db_instance(account, p.need_text("DBInstanceIdentifier"));
  const std::string name = p.need_text("LogFileName");
  const auto hour = hour_of(name);
  const std::string text = hour ? content_of(account, log_group_of(instance), *hour) : std::string();
  if (text.empty())
    throw ApiFault{"DBLogFileNotFoundFault",
                   fmt::format("DBLog File: {}, is not found on the DB instance", name), 404};
  const auto lines = p.integer("NumberOfLines", {1, kLinesMax});
  const std::string marker = p.text_or("Marker", "");
  std::size_t begin = 0;
  if (!marker.empty()) {
    const auto [end, error] = std::from_chars(marker.data(), marker.data() + marker.size(), begin);
    if (error != std::errc{} || end != marker.data() + marker.size() || begin > text.size())
      throw ApiFault{"InvalidParameterValue", "The marker is invalid."};
  } else if (lines) {
    begin = line_start_from_end(text, *lines);
  }
  std::size_t end = begin;
  for (std::int64_t left = lines.value_or(kLinesMax); left > 0 && end < text.size(); --left) {
    const std::size_t line_end = std::min(text.find('\n', end), text.size() - 1) + 1;
    if (line_end - begin > kPortionBytesMax && end > begin) break;
    end = line_end;
  }
  return {{"LogFileData", valid_utf8(text.substr(begin, end - begin))},
          {"Marker", std::to_string(end)},
          {"AdditionalDataPending", end < text.size()}};
}

}  // namespace culprit::server
