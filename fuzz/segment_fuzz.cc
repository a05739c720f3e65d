// Blocks of a segment, with checksums made to fit so that the decoders behind them are reached.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/file.h"
#include "store/block.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace {

std::uint64_t checksum(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

// As a reader does it: header, then frames where the header says they are.
void read_block(std::string_view bytes) {
  const auto header = culprit::decode_header(bytes);
  if (!header || header->block_bytes() > bytes.size()) return;
  const auto frames = bytes.substr(culprit::kBlockHeaderBytes);
  (void)culprit::check_frames(*header,
                              frames.substr(0, std::size_t{header->index_bytes} + header->message_bytes));
  (void)culprit::decode_index(*header, frames.substr(0, header->index_bytes));
  (void)culprit::decode_messages(*header, frames.substr(header->index_bytes, header->message_bytes));
}

// The input as an uncompressed index: the varint columns themselves.
void read_columns(std::string_view raw) {
  if (raw.size() < 2 || raw.size() > 40'000) return;
  culprit::BlockHeader header;
  header.count = 1 + static_cast<unsigned char>(raw[0]);
  header.first_number = 1;
  header.last_number = header.count + static_cast<std::uint64_t>(static_cast<unsigned char>(raw[1]));
  raw.remove_prefix(2);
  const auto frame = culprit::zstd_compress(raw, 1);
  header.index_raw_bytes = static_cast<std::uint32_t>(raw.size());
  header.index_bytes = static_cast<std::uint32_t>(frame.size());
  header.index_checksum = checksum(frame);
  const auto index = culprit::decode_index(header, frame);
  if (!index) return;
  std::uint64_t total = 0;
  for (const auto length : index->lengths) total += length;
  if (total != header.message_raw_bytes || index->numbers.back() != header.last_number) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  read_block(bytes);
  read_columns(bytes);
  // The same bytes behind a header whose checksum is right.
  if (size >= culprit::kBlockHeaderBytes) {
    std::string fixed(bytes);
    const auto sum = checksum(bytes.substr(0, culprit::kBlockHeaderBytes - 8));
    for (std::size_t i = 0; i < 8; ++i)
      fixed[culprit::kBlockHeaderBytes - 8 + i] =
          static_cast<char>(static_cast<unsigned char>(sum >> (8 * i)));
    read_block(fixed);
  }
  return 0;
}
