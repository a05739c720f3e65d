// Log groups and streams as the service describes them: what was stored of its answers, and what the evidence
// itself shows.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "server/account.h"

namespace culprit::server {

struct LogGroup {
  std::string name;
  boost::json::object description;  // of DescribeLogGroups
};

struct LogStream {
  std::string name;
  Time first;
  Time last;
  Time last_ingestion;
  std::uint64_t events = 0;
  std::uint64_t bytes = 0;
};

// By name.
std::vector<LogGroup> log_groups(const Account& account, const Store& store);

// Throws ApiFault (ResourceNotFoundException) when there is no such group. Takes names and ARNs.
std::string need_group(const Account& account, const Store& store, const std::string& name_or_arn);

// "…:log-group:NAME" or "…:log-group:NAME:*" → NAME; other text as it is.
std::string group_of_arn(std::string_view name_or_arn);

// Streams with what may be seen of them, by name. Read once for evidence that does not change.
std::vector<LogStream> log_streams(const Account& account, const Evidence& evidence,
                                   const std::string& group);

std::string group_arn(const Account& account, const std::string& group);

}  // namespace culprit::server
