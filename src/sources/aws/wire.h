// The way to AWS for one command: session, transport, client.
#pragma once

#include <memory>

#include "sources/aws/client.h"

namespace culprit::aws {

std::unique_ptr<HttpTransport> open_transport(const Session& session);

}  // namespace culprit::aws
