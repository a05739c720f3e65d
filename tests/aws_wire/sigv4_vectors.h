// The official vectors of sigv4/ (README.md there), read.
#pragma once

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>

#include "aws_wire/sigv4.h"
#include "base/file.h"

namespace culprit::aws {

inline const std::filesystem::path kVectors =
    std::filesystem::path(CULPRIT_SOURCE_DIR) / "tests/aws_wire/sigv4";

inline std::vector<std::string> vector_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kVectors))
    if (entry.is_directory()) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

inline std::string read(const std::string& name, const std::string& file) {
  auto bytes = read_file(kVectors / name / file);
  EXPECT_TRUE(bytes.has_value()) << name << "/" << file;
  return bytes.value_or("");
}

// "METHOD target HTTP/1.1", headers (folded lines belong to the one before), blank line, body.
inline SigningRequest parse_request(const std::string& text) {
  SigningRequest request;
  const auto body_at = text.find("\n\n");
  std::string head = text.substr(0, body_at);
  if (body_at != std::string::npos) request.body = text.substr(body_at + 2);
  std::vector<std::string> lines;
  for (std::size_t at = 0; at <= head.size();) {
    const auto end = std::min(head.find('\n', at), head.size());
    lines.push_back(head.substr(at, end - at));
    at = end + 1;
  }
  const std::string& first = lines.front();
  const auto space = first.find(' ');
  request.method = first.substr(0, space);
  const std::string target = first.substr(space + 1, first.rfind(" HTTP/") - space - 1);
  const auto question = target.find('?');
  request.path = target.substr(0, question);
  if (question != std::string::npos) request.query = target.substr(question + 1);
  for (std::size_t i = 1; i < lines.size(); ++i) {
    if (lines[i].empty()) continue;
    if (lines[i].front() == ' ') {
      request.headers.back().second += "\n" + lines[i];
    } else {
      const auto colon = lines[i].find(':');
      request.headers.emplace_back(lines[i].substr(0, colon), lines[i].substr(colon + 1));
    }
  }
  return request;
}

inline std::string render(const SigningRequest& request) {
  std::string out = request.method + " " + request.path;
  if (!request.query.empty()) out += "?" + request.query;
  out += " HTTP/1.1\n";
  for (const auto& [name, value] : request.headers) out += name + ":" + value + "\n";
  return out + "\n" + request.body;
}

struct Context {
  SigningCredentials credentials;
  SigningOptions options;
};

inline Context read_context(const std::string& name) {
  const auto json = boost::json::parse(read(name, "context.json")).as_object();
  const auto& keys = json.at("credentials").as_object();
  Context context;
  context.credentials.access_key_id = keys.at("access_key_id").as_string().c_str();
  context.credentials.secret_access_key = keys.at("secret_access_key").as_string().c_str();
  if (const auto* token = keys.if_contains("token"))
    context.credentials.session_token = token->as_string().c_str();
  context.options.service = json.at("service").as_string().c_str();
  context.options.region = json.at("region").as_string().c_str();
  context.options.time = std::chrono::sys_days{std::chrono::year{2015} / 8 / 30} + std::chrono::hours{12} +
                         std::chrono::minutes{36};
  EXPECT_EQ(json.at("timestamp").as_string(), "2015-08-30T12:36:00Z");
  context.options.normalise_path = json.at("normalize").as_bool();
  context.options.add_body_hash = json.at("sign_body").as_bool();
  context.options.expires = std::chrono::seconds{json.at("expiration_in_seconds").as_int64()};
  if (const auto* omit = json.if_contains("omit_session_token"))
    context.options.omit_session_token = omit->as_bool();
  return context;
}

inline std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string out = info.param;
  std::replace(out.begin(), out.end(), '-', '_');
  return out;
}

}  // namespace culprit::aws
