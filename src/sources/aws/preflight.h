// The plan of a collection, made without a call.
#pragma once

#include "sources/aws/collect_aws.h"
#include "sources/aws/session.h"

namespace culprit::aws {

// All but account and credential source.
Preflight make_preflight(const System& system, const CollectAwsOptions& options, const Session& session,
                         Time now);

}  // namespace culprit::aws
