// The one form of tar that capsules use: POSIX ustar, regular files only, every variable thing fixed (mode
// 0644, owner 0, time 0). So a header follows from name and size alone, and can be compared byte by byte.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace culprit {

constexpr std::size_t kTarBlockBytes = 512;
constexpr std::size_t kTarEndBytes = 2 * kTarBlockBytes;  // zeros
constexpr std::size_t kTarNameBytesMax = 100;
constexpr std::uint64_t kTarSizeBytesMax = 0'77777777777;  // eleven octal digits

// 512 bytes. Name and size within the limits above.
std::string tar_header(std::string_view name, std::uint64_t size);

// Zeros after a part, up to the next whole block.
constexpr std::uint64_t tar_padding_bytes(std::uint64_t size) {
  return (kTarBlockBytes - size % kTarBlockBytes) % kTarBlockBytes;
}

// The size field of a header; nothing when it is not eleven octal digits.
std::optional<std::uint64_t> tar_size(std::string_view header);

}  // namespace culprit
