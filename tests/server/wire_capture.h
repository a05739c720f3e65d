// Requests as real clients sent them (the shared cases/wire).
#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"
#include "server/http_message.h"

namespace culprit::server {

inline const std::filesystem::path kWireFolder = std::filesystem::path(CULPRIT_SHARED_DIR) / "cases/wire";
inline constexpr const char* kCaptureKey = "AKIAIOSFODNN7EXAMPLE";
inline constexpr const char* kCaptureSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

inline std::vector<std::string> capture_names() {
  std::vector<std::string> out;
  if (std::filesystem::exists(kWireFolder))
    for (const auto& entry : std::filesystem::directory_iterator(kWireFolder))
      if (entry.path().extension() == ".http") out.push_back(entry.path().stem());
  std::sort(out.begin(), out.end());
  return out;
}

inline HttpCall read_capture(const std::string& name) {
  const std::string text = read_file(kWireFolder / (name + ".http")).value_or("");
  HttpCall call;
  const auto head_end = text.find("\r\n\r\n");
  call.body = text.substr(head_end + 4);
  std::size_t at = text.find("\r\n");
  const std::string first = text.substr(0, at);
  call.method = first.substr(0, first.find(' '));
  call.path = first.substr(first.find(' ') + 1, first.rfind(' ') - first.find(' ') - 1);
  for (at += 2; at < head_end;) {
    const auto end = text.find("\r\n", at);
    const std::string line = text.substr(at, end - at);
    call.headers.emplace_back(line.substr(0, line.find(": ")), line.substr(line.find(": ") + 2));
    at = end + 2;
  }
  return call;
}

// Of X-Amz-Date.
inline Time time_of(const HttpCall& call) {
  const std::string v(call.header("x-amz-date"));
  return *parse_iso8601(v.substr(0, 4) + "-" + v.substr(4, 2) + "-" + v.substr(6, 2) + "T" + v.substr(9, 2) +
                        ":" + v.substr(11, 2) + ":" + v.substr(13, 2) + "Z");
}

}  // namespace culprit::server
