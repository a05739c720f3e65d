// Operations of RDS, in the files rds_*.cc: reading only, from stored states and logs.
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_Operations.html
#pragma once

#include "server/operations.h"

namespace culprit::server {

boost::json::object describe_db_instances(Account& account, const ApiRequest& request);
boost::json::object describe_db_events(Account& account, const ApiRequest& request);
boost::json::object describe_db_log_files(Account& account, const ApiRequest& request);
boost::json::object download_db_log_file_portion(Account& account, const ApiRequest& request);

// The description of an instance; throws ApiFault (DBInstanceNotFound).
boost::json::object need_db_instance(const Account& account, const std::string& identifier);

}  // namespace culprit::server
