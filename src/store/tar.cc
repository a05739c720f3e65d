#include "store/tar.h"

#include <fmt/format.h>

namespace culprit {

namespace {

// Offsets and lengths of POSIX.1-1988 (ustar), IEEE Std 1003.1 "ustar Interchange Format".
constexpr std::size_t kSizeOffset = 124;
constexpr std::size_t kSizeDigits = 11;
constexpr std::size_t kChecksumOffset = 148;

void place(std::string& header, std::size_t offset, std::string_view text) {
  header.replace(offset, text.size(), text);
}

}  // namespace

std::string tar_header(std::string_view name, std::uint64_t size) {
  std::string header(kTarBlockBytes, '\0');
  place(header, 0, name);
  place(header, 100, "0000644");
  place(header, 108, "0000000");  // uid
  place(header, 116, "0000000");  // gid
  place(header, kSizeOffset, fmt::format("{:011o}", size));
  place(header, 136, "00000000000");  // mtime
  place(header, kChecksumOffset, "        ");
  place(header, 156, "0");  // regular file
  place(header, 257,
        std::string_view("ustar\0"
                         "00",
                         8));
  place(header, 329, "0000000");  // devmajor
  place(header, 337, "0000000");  // devminor
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  place(header, kChecksumOffset, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
  return header;
}

std::optional<std::uint64_t> tar_size(std::string_view header) {
  if (header.size() < kTarBlockBytes) return std::nullopt;
  std::uint64_t size = 0;
  for (const char c : header.substr(kSizeOffset, kSizeDigits)) {
    if (c < '0' || c > '7') return std::nullopt;
    size = size * 8 + static_cast<std::uint64_t>(c - '0');
  }
  return size;
}

}  // namespace culprit
