// A file as memory, for reading. Stays readable when the file is unlinked meanwhile. A file that is cut, or
// whose disk fails, while it is mapped does not end the process: the pages that are gone read as zeros from
// then on, and lost() says so.
#pragma once

#include <csignal>
#include <filesystem>
#include <memory>
#include <string_view>

#include "base/error.h"

namespace culprit {

// Reading a whole segment instead would cost a search more than all its work: it looks at a few columns of
// each. So the pages are guarded by a handler of SIGBUS, set when the first file is mapped; a SIGBUS from
// elsewhere goes to the handler there was before.
class MappedFile {
 public:
  // kNotFound, kStorage. An empty file is fine.
  static Result<std::shared_ptr<const MappedFile>> open(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::string_view bytes() const { return bytes_; }
  // Whoever used the bytes asks afterwards: when some were gone, what was made of them counts for nothing.
  bool lost() const;

 private:
  struct Guard;
  MappedFile(std::string_view bytes, Guard* guard) : bytes_(bytes), guard_(guard) {}
  std::string_view bytes_;
  Guard* guard_;  // never freed; nullptr for an empty file

  static Guard* guard_range(std::string_view bytes);
  static void handle_signal(int signal, siginfo_t* info, void* context);
};

}  // namespace culprit
