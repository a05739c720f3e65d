// What the server counts, as Prometheus reads it.
// https://prometheus.io/docs/instrumenting/exposition_formats/
#pragma once

#include <map>
#include <string>

#include "server/api.h"

namespace culprit::server {

std::string prometheus_text(const std::map<std::string, OperationCount>& operations,
                            const std::map<std::string, std::uint64_t>& unknown,
                            const std::map<std::string, std::uint64_t>& refusals, const HttpCounts* http);

}  // namespace culprit::server
