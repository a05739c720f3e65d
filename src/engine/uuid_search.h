// A literal looked for in uuids without writing them out.
#pragma once

#include <vector>

#include "engine/type_columns.h"
#include "logs/necessary_literals.h"

namespace culprit::engine {

// Numbers of the segment's uuids whose text holds the literal, ascending. Looks at the planes of bytes where
// they lie: first at one byte that the literal fixes, at the others only where that one fits.
Result<std::vector<std::uint32_t>> uuids_holding(const Directory& directory, ColumnReader& reader,
                                                 const Needle& needle);

}  // namespace culprit::engine
