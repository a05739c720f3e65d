// Which files an input holds.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "telemetry/gap.h"

namespace culprit {

struct InputFile {
  std::filesystem::path path;
  std::string name;         // relative to the input, as on disk
  std::string hint;         // what its folders may tell: the name, or for an input of one file its whole path
  std::uint64_t bytes = 0;  // on disk
};

// A file or folder that is not read on purpose, or cannot be looked into.
struct SkippedFile {
  std::string name;
  std::string why;
  bool is_gap = false;  // evidence may be in it
};

struct InputListing {
  std::vector<InputFile> files;  // by name, in order of bytes
  std::vector<SkippedFile> skipped;
  std::vector<TemporaryDirectory> spools;  // keep the copies of standard input and of pipes
};

// Walks a directory: hidden files, symbolic links and what is no regular file are skipped and said. One
// file is taken as it is; "-" and pipes are copied to a temporary file first. kNotFound, kStorage.
Result<InputListing> list_input(const std::filesystem::path& input);

// One input as list_input() gives it; of several each name begins with the input's own, as it was given.
// With `missing_allowed`, an input that does not exist (now) is left out.
Result<InputListing> list_inputs(const std::vector<std::filesystem::path>& inputs,
                                 bool missing_allowed = false);

}  // namespace culprit
