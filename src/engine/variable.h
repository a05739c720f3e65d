// The variables of a log type. A message is static pieces with variables between them; how a variable's text
// follows from its value and form is stated here and in docs/formats/segment.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace culprit::engine {

enum class VariableKind : std::uint8_t {
  kNumber = 1,  // 42, 007, 1.50: value is the digits without the point, form says scale and width
  kIp = 2,      // 10.0.1.7: value is the four bytes
  kUuid = 3,    // 8-4-4-4-12 lower-case hex digits
  kStamp = 4,   // a time stamp: value is microseconds since the epoch, form says how it is written
  kList = 5,    // integers with one separator: form is the separator
  kWord = 6,    // any bytes
};
constexpr std::uint8_t kVariableKindLast = 6;

// Number forms: scale = digits after the point, width = digits in all if zeros lead, else 0.
constexpr unsigned kNumberDigitsMax = 18;
constexpr std::uint16_t number_form(unsigned scale, unsigned width) {
  return static_cast<std::uint16_t>(scale | (width << 5));
}
constexpr unsigned scale_of(std::uint16_t form) { return form & 31U; }
constexpr unsigned width_of(std::uint16_t form) { return static_cast<unsigned>(form) >> 5; }
constexpr bool number_form_valid(std::uint64_t form) {
  return form < 1024 && (form & 31U) < kNumberDigitsMax && (form >> 5) <= kNumberDigitsMax;
}

// List forms: index of the separator.
constexpr std::string_view kListSeparators[] = {", ", ",", ", $", ",$"};
constexpr std::uint64_t kListForms = 4;

struct Uuid {
  std::uint64_t high = 0;  // the first 16 hex digits
  std::uint64_t low = 0;
  bool operator==(const Uuid&) const = default;
};
constexpr std::size_t kUuidChars = 36;

// Each appends the variable's text.
void render_number(std::uint64_t value, std::uint16_t form, std::string& out);
void render_ip(std::uint32_t value, std::string& out);
void render_uuid(const Uuid& uuid, std::string& out);

// Bytes in eight classes, for saying in one byte what a column of words is written with.
inline std::uint8_t byte_class(unsigned char c) {
  if (c >= '0' && c <= '9') return 1;
  if (c >= 'a' && c <= 'f') return 2;
  if (c >= 'g' && c <= 'z') return 4;
  if (c >= 'A' && c <= 'F') return 8;
  if (c >= 'G' && c <= 'Z') return 16;
  if (c == '_' || c == '-' || c == '.' || c == '/') return 32;
  return c > ' ' && c < 127 ? 64 : 128;
}
constexpr std::uint8_t kHexClasses = 1 | 2;

// The form of a column whose rows differ in it, or that has none.
constexpr std::uint16_t kAnyForm = 0xffff;

// Bytes that a variable of the kind and form can be written with, and how many at most, for deciding
// patterns. Words hold anything.
bool may_hold(VariableKind kind, std::uint16_t form, unsigned char byte);
std::size_t longest_text(VariableKind kind);

}  // namespace culprit::engine
