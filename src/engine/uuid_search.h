// A literal looked for in uuids without writing them out.
#pragma once

#include <vector>

#include "engine/type_columns.h"
#include "logs/necessary_literals.h"

namespace culprit::engine {

// Numbers of the uuids whose text holds the literal, ascending.
std::vector<std::uint32_t> uuids_holding(const UuidValues& uuids, const Needle& needle);

}  // namespace culprit::engine
