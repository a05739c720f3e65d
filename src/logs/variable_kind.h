// The kinds of variables in a message, and the bytes that stand for them in masked forms.
#pragma once

#include <cstddef>
#include <string_view>

namespace culprit {

enum class VariableKind : unsigned char {
  kInt,      // 42, -7
  kDecimal,  // 3.14, 1.2.3
  kHex,      // 0x1f, 00b360e8
  kIp,       // 10.0.0.1, fe80::1
  kHost,     // ip-10-0-0-1.ec2.internal
  kUuid,     // d16d444c-56d8-11d5-882d-0080c847b195
  kMac,      // 00:11:43:e3:ba:c3, and longer addresses of that form
  kPath,     // /var/log/x, C:\Windows
  kUrl,      // what follows ://
  kTime,     // 2024-04-25T17:26:43Z, Fri Jul 01 08:16:53 PDT 2005
  kAmount,   // 15ms, 2048K, 5.2 KB
  kId,       // blk_38865049064139660, a1b2c3
  kFlag,     // true, false, null
  kUser,     // root, admin, "for user bob"
  kList,     // $1, $2, $3, $4
  kRest,     // what is not mined: lines after the first one, bytes beyond kMinedMessageBytes
  kAny,      // what varies from message to message, or several kinds
};
constexpr std::size_t kVariableKinds = 17;

// Bytes 0x0e to 0x1e. No masked form holds them otherwise: control characters are variables themselves.
constexpr char code_of(VariableKind kind) {
  return static_cast<char>(0x0e + static_cast<unsigned char>(kind));
}
constexpr bool is_code(char c) { return c >= 0x0e && c < 0x0e + static_cast<char>(kVariableKinds); }
constexpr VariableKind kind_of_code(char c) { return static_cast<VariableKind>(c - 0x0e); }

std::string_view name_of(VariableKind kind);  // "int", "ip" …; "*" for kAny

}  // namespace culprit
