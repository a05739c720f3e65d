#include "engine/variable.h"

#include <cstring>

#include "engine/digits.h"
#include "engine/stamp_form.h"

namespace culprit::engine {

namespace {

constexpr char kHex[] = "0123456789abcdef";

char* put_hex(std::uint64_t value, unsigned digits, char* out) {
  for (unsigned i = 0; i < digits; ++i) out[i] = kHex[(value >> (4 * (digits - 1 - i))) & 15];
  return out + digits;
}

}  // namespace

void render_number(std::uint64_t value, std::uint16_t form, std::string& out) {
  char text[48];
  char* const end = text + sizeof text;
  char* begin = digits_before(value, end);
  if (form == 0) {
    out.append(begin, end);
    return;
  }
  const unsigned scale = scale_of(form);
  unsigned digits = width_of(form);
  if (digits <= scale) digits = scale + 1;
  while (begin > end - digits) *--begin = '0';
  out.append(begin, end - scale);
  if (scale > 0) {
    out += '.';
    out.append(end - scale, end);
  }
}

void render_ip(std::uint32_t value, std::string& out) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    render_number((value >> shift) & 255, 0, out);
    if (shift > 0) out += '.';
  }
}

void render_uuid(const Uuid& uuid, std::string& out) {
  char text[kUuidChars];
  char* p = put_hex(uuid.high >> 32, 8, text);
  *p++ = '-';
  p = put_hex(uuid.high >> 16, 4, p);
  *p++ = '-';
  p = put_hex(uuid.high, 4, p);
  *p++ = '-';
  p = put_hex(uuid.low >> 48, 4, p);
  *p++ = '-';
  put_hex(uuid.low, 12, p);
  out.append(text, sizeof text);
}

bool may_hold(VariableKind kind, std::uint16_t form, unsigned char byte) {
  if (byte >= '0' && byte <= '9') return true;
  switch (kind) {
    case VariableKind::kNumber:
      return byte == '.' && (form == kAnyForm || scale_of(form) > 0);
    case VariableKind::kIp:
      return byte == '.';
    case VariableKind::kUuid:
      return (byte >= 'a' && byte <= 'f') || byte == '-';
    case VariableKind::kList:
      return byte == ',' || byte == ' ' || byte == '$';
    case VariableKind::kStamp:
      return stamp_bytes(form).find(static_cast<char>(byte)) != std::string_view::npos;
    case VariableKind::kWord:
      return true;
  }
  return true;
}

std::size_t longest_text(VariableKind kind) {
  switch (kind) {
    case VariableKind::kNumber:
      return 24;
    case VariableKind::kIp:
      return 15;
    case VariableKind::kUuid:
      return kUuidChars;
    case VariableKind::kStamp:
      return 40;
    default:
      return ~std::size_t{0};
  }
}

}  // namespace culprit::engine
