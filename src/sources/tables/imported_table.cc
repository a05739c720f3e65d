#include "sources/tables/imported_table.h"

#include "base/file.h"

namespace culprit {

Result<std::string> read_table_file(const std::filesystem::path& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (!error && size > kTableBytesMax)
    return fail(ErrorCode::kInput, "the file is larger than 1 GiB", path.string(),
                "Give fewer series, or less time.");
  return read_file(path);
}

}  // namespace culprit
