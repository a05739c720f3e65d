#include "store/writer_lock.h"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>

namespace culprit {

namespace {

Result<FileHandle> open_or_create(const std::filesystem::path& path) {
  auto file = FileHandle::open_to_write(path);
  if (file || file.error().code != ErrorCode::kNotFound) return file;
  auto made = FileHandle::create(path);
  if (made) return made;
  return FileHandle::open_to_write(path);  // another process was quicker
}

std::string holder_of(const FileHandle& file) {
  std::array<char, 32> text{};
  const auto size = file.read_some_at(0, text.data(), text.size());
  int process = 0;
  if (size) std::from_chars(text.data(), text.data() + *size, process);
  return process > 0 ? fmt::format("process {}", process) : "another process";
}

}  // namespace

Result<FileHandle> lock_for_writing(const std::filesystem::path& store) {
  auto file = open_or_create(store / kWriterName);
  if (!file) return file;
  const auto locked = file->try_lock_exclusive();
  if (!locked) return tl::unexpected(locked.error());
  if (!*locked)
    return fail(ErrorCode::kStorage,
                fmt::format("another culprit ({}) is writing to this store", holder_of(*file)),
                store.string(), "Wait until it has finished, or write to another directory.");
  if (auto cut = file->truncate(0); !cut) return tl::unexpected(cut.error());
  if (auto named = file->write_at(0, fmt::format("{}\n", ::getpid())); !named)
    return tl::unexpected(named.error());
  return file;
}

}  // namespace culprit
