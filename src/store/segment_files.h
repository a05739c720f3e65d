// Segment files: segments/NNNNNN.seg, one engine segment each, written once. The catalogue alone says which
// of them count; others were left by a writer that died, or are about to be removed.
#pragma once

#include <filesystem>
#include <string_view>

#include "base/error.h"
#include "engine/segment.h"
#include "store/catalogue.h"
#include "store/durability.h"

namespace culprit {

std::filesystem::path segment_path(const std::filesystem::path& store, std::uint32_t id);

// A new file under a temporary name, synced. Give it its name with publish_segment().
Result<std::filesystem::path> write_segment(const std::filesystem::path& store, std::string_view bytes,
                                            Durability durability = Durability::kDurable);

// Renames; the directory is not synced yet.
Result<void> publish_segment(const std::filesystem::path& store, const std::filesystem::path& temporary,
                             std::uint32_t id);

// The segment's own error with file and hint.
Error at_segment(const std::filesystem::path& store, std::uint32_t id, Error error);

// Removes files that no entry names.
void remove_strays(const std::filesystem::path& store, const std::vector<SegmentEntry>& entries);

}  // namespace culprit
