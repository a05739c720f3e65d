// The embedded store: a directory with a SQLite catalogue and append-only compressed segments.
// One writer and any number of readers; a directory without a clean FORMAT file is refused.
#pragma once

#include <filesystem>
#include <memory>

#include "store/store.h"

namespace culprit {

// Creates the directory (kUsage when it exists and is not empty).
Result<std::unique_ptr<StoreWriter>> create_store(const std::filesystem::path& directory);

// Opens for more writing, after recovery of what an interrupted writer left.
Result<std::unique_ptr<StoreWriter>> open_store_writer(const std::filesystem::path& directory);

// Opens for reading. kNotFound, kDamaged (names the file), kDamaged for a newer format version.
Result<std::unique_ptr<Store>> open_store(const std::filesystem::path& directory);

}  // namespace culprit
