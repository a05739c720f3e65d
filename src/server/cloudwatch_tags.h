// Tags of alarms, kept by ARN.
#pragma once

#include <map>
#include <string>

#include "server/operations.h"

namespace culprit::server {

// Of `Tags` among the parameters. Throws ApiFault for too many, or a key that is missing or given twice.
std::map<std::string, std::string> tags_in(const Parameters& p);

void keep_tags(Account& account, const std::string& arn, const std::map<std::string, std::string>& tags);

}  // namespace culprit::server
