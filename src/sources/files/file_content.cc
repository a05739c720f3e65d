#include "sources/files/file_content.h"

namespace culprit {

Result<FileContent> FileContent::open(const std::filesystem::path& path) {
  auto reader = open_blocks(path);
  if (!reader) return tl::unexpected(reader.error());
  FileContent content(std::move(*reader));
  while (content.sample_.size() < kSampleBytes) {
    const auto block = content.read();
    if (block.empty()) break;
    content.sample_ += block;
  }
  return content;
}

std::string_view FileContent::read() {
  if (damage_) return {};
  auto block = reader_->next();
  if (block) return *block;
  damage_ = block.error();
  return {};
}

std::string_view FileContent::next() {
  const auto block = sample_given_ ? read() : std::string_view(sample_);
  const bool was_sample = !std::exchange(sample_given_, true);
  bytes_given_ += block.size();
  if (block.empty() && was_sample) return read();
  return block;
}

}  // namespace culprit
