// Segment files: segments/NNNNNN.seg, a short header and then blocks, only ever appended to. Which bytes
// count is known to the catalogue alone; what lies behind its last block is left by an interrupted writer.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/error.h"
#include "store/block.h"
#include "store/catalogue.h"
#include "store/file_handle.h"

namespace culprit {

constexpr std::uint64_t kSegmentHeaderBytes = 16;

std::filesystem::path segment_path(const std::filesystem::path& store, std::uint32_t segment);

// Bytes of each segment that the directory knows: the end of its last block.
std::map<std::uint32_t, std::uint64_t> committed_sizes(const std::vector<BlockEntry>& blocks);

class SegmentWriter {
 public:
  // Continues after `blocks`: truncates or removes what no block entry covers. kDamaged when a segment is
  // shorter than its blocks.
  static Result<SegmentWriter> open(const std::filesystem::path& store,
                                    const std::vector<BlockEntry>& blocks);

  // Appends a block and fills in where it went.
  Result<void> append(std::string_view block, BlockEntry& entry);
  Result<void> sync();

 private:
  explicit SegmentWriter(std::filesystem::path store) : store_(std::move(store)) {}
  Result<void> start_next();

  std::filesystem::path store_;
  FileHandle file_;
  std::uint32_t number_ = 0;
  std::uint64_t end_ = 0;
  bool dirty_ = false;
};

// Reads blocks; all functions may be called from several threads at once.
class SegmentReader {
 public:
  explicit SegmentReader(std::filesystem::path store) : store_(std::move(store)) {}

  // Each checks what it reads against checksums and the entry; kDamaged names file and offset.
  Result<BlockHeader> header(const BlockEntry& entry) const;
  Result<BlockIndex> index(const BlockEntry& entry, const BlockHeader& header) const;
  Result<std::string> messages(const BlockEntry& entry, const BlockHeader& header) const;
  // Header and checksums only, without decompressing.
  Result<void> check(const BlockEntry& entry) const;

 private:
  Result<std::shared_ptr<const FileHandle>> file(std::uint32_t segment) const;
  Result<std::string> read(const BlockEntry& entry, std::uint64_t offset, std::size_t size) const;
  Error at(const BlockEntry& entry, const Error& error) const;

  std::filesystem::path store_;
  mutable std::mutex mutex_;
  mutable std::map<std::uint32_t, std::shared_ptr<const FileHandle>> files_;
};

}  // namespace culprit
