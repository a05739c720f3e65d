// What a byte is to the miner: a table, so that a message is cut in one pass.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace culprit {

enum ByteClass : std::uint8_t {
  kSpaceByte = 1,
  kDelimiterByte = 2,  // stands between units
  kDigitByte = 4,
  kJointByte = 8,  // stands between the atoms of a unit
  kSlashByte = 16,
  kBackslashByte = 32,
  kControlByte = 64,
  kOtherByte = 128,  // letters, and what is none of the above
};

constexpr std::string_view kWhiteSpace = " \t\r\n\v\f";

constexpr std::array<std::uint8_t, 256> make_byte_classes() {
  std::array<std::uint8_t, 256> table{};
  for (auto& entry : table) entry = kOtherByte;
  for (std::size_t c = 0; c < 32; ++c) table[c] = kControlByte;
  table[127] = kControlByte;
  for (const char c : kWhiteSpace) table[static_cast<unsigned char>(c)] = kSpaceByte;
  for (const char c : std::string_view(",!;:=|\"'[](){}"))
    table[static_cast<unsigned char>(c)] = kDelimiterByte;
  for (const char c : std::string_view(".-+@#$%&")) table[static_cast<unsigned char>(c)] = kJointByte;
  for (std::size_t c = '0'; c <= '9'; ++c) table[c] = kDigitByte;
  table['/'] = kSlashByte;
  table['\\'] = kBackslashByte;
  return table;
}
inline constexpr auto kByteClasses = make_byte_classes();

inline std::uint8_t byte_class(char c) { return kByteClasses[static_cast<unsigned char>(c)]; }
inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
inline bool is_ascii_letter(char c) { return (c >= 'a' && c <= 'z') || is_upper(c); }
inline bool is_hex_digit(char c) { return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'); }
inline bool is_white_space(char c) { return (byte_class(c) & kSpaceByte) != 0; }
inline bool is_unit_delimiter(char c) { return (byte_class(c) & (kSpaceByte | kDelimiterByte)) != 0; }

}  // namespace culprit
