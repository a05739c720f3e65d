// A file as memory, for reading. Stays readable when the file is unlinked meanwhile.
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "base/error.h"

namespace culprit {

class MappedFile {
 public:
  // kNotFound, kStorage. An empty file is fine.
  static Result<std::shared_ptr<const MappedFile>> open(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::string_view bytes() const { return bytes_; }

 private:
  explicit MappedFile(std::string_view bytes) : bytes_(bytes) {}
  std::string_view bytes_;
};

}  // namespace culprit
