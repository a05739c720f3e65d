#include "server/prometheus_text.h"

#include <fmt/format.h>

namespace culprit::server {

namespace {

void head(std::string& out, std::string_view name, std::string_view kind, std::string_view help) {
  out += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, kind);
}

std::string label(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

void http_lines(std::string& out, const HttpCounts& http) {
  const auto line = [&](std::string_view name, std::string_view kind, std::string_view help,
                        std::uint64_t value) {
    head(out, name, kind, help);
    out += fmt::format("{} {}\n", name, value);
  };
  line("culprit_http_connections_total", "counter", "Connections taken.", http.connections);
  line("culprit_http_connections_open", "gauge", "Connections open now.", http.connections_open);
  line("culprit_http_connections_refused_total", "counter", "Connections beyond the limit.",
       http.connections_refused);
  line("culprit_http_requests_total", "counter", "Requests read whole.", http.requests);
  line("culprit_http_requests_refused_total", "counter", "Requests malformed, too large or too slow.",
       http.requests_refused);
  line("culprit_http_bytes_read_total", "counter", "Bytes of requests.", http.bytes_read);
  line("culprit_http_bytes_written_total", "counter", "Bytes of answers.", http.bytes_written);
}

}  // namespace

std::string prometheus_text(const std::map<std::string, OperationCount>& operations,
                            const std::map<std::string, std::uint64_t>& unknown,
                            const std::map<std::string, std::uint64_t>& refusals, const HttpCounts* http) {
  std::string out;
  if (http != nullptr) http_lines(out, *http);
  head(out, "culprit_operation_calls_total", "counter", "Calls of an operation.");
  for (const auto& [name, count] : operations)
    out += fmt::format("culprit_operation_calls_total{{operation=\"{}\"}} {}\n", label(name), count.calls);
  head(out, "culprit_operation_faults_total", "counter",
       "Calls of an operation that were refused or failed.");
  for (const auto& [name, count] : operations)
    out += fmt::format("culprit_operation_faults_total{{operation=\"{}\"}} {}\n", label(name), count.faults);
  head(out, "culprit_operation_seconds_total", "counter", "Time spent in an operation.");
  for (const auto& [name, count] : operations)
    out += fmt::format("culprit_operation_seconds_total{{operation=\"{}\"}} {:.6f}\n", label(name),
                       count.seconds);
  head(out, "culprit_unknown_operations_total", "counter",
       "Calls of operations that this server does not have.");
  for (const auto& [name, calls] : unknown)
    out += fmt::format("culprit_unknown_operations_total{{operation=\"{}\"}} {}\n", label(name), calls);
  head(out, "culprit_refused_requests_total", "counter", "Requests refused before an operation ran.");
  for (const auto& [code, calls] : refusals)
    out += fmt::format("culprit_refused_requests_total{{code=\"{}\"}} {}\n", label(code), calls);
  return out;
}

}  // namespace culprit::server
