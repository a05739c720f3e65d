// Who may write to a store: the process that holds the lock on its WRITER file, which names it.
#pragma once

#include <filesystem>

#include "base/error.h"
#include "store/file_handle.h"

namespace culprit {

constexpr std::string_view kWriterName = "WRITER";

// Held as long as the handle lives. kStorage, naming the process that writes, when it is taken.
Result<FileHandle> lock_for_writing(const std::filesystem::path& store);

}  // namespace culprit
