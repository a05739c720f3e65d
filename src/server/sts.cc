// STS: who asks.
#include "server/operations.h"

namespace culprit::server {

namespace {

boost::json::object get_caller_identity(Account& account, const ApiRequest& request) {
  const auto& name = account.name();
  return {{"UserId", request.access_key_id.empty() ? "AIDACULPRITCULPRITXX" : request.access_key_id},
          {"Account", name.id},
          {"Arn", name.arn}};
}

constexpr Operation kOperations[] = {{"GetCallerIdentity", Access::kRead, get_caller_identity}};

}  // namespace

std::span<const Operation> sts_operations() { return kOperations; }

}  // namespace culprit::server
