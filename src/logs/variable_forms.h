// Recognisers of variables by their form alone. Each looks at bytes of one message and knows no context.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "logs/variable_kind.h"

namespace culprit {

// Each returns where the form ends that begins at `at`, or 0 when there is none.
std::size_t end_of_iso_time(std::string_view text, std::size_t at);  // 2024-04-25 17:26:43.755Z, or the date
std::size_t end_of_calendar_time(std::string_view text,
                                 std::size_t at);  // [Fri] Jul 01 08:16:53 [PDT] [2005]

struct ColonForm {
  std::size_t end = 0;
  VariableKind kind = VariableKind::kMac;
};
// aa:bb:cc:dd:ee:ff, fe80::1, and the place of a PCI device, 0000:00:1f.2.
std::optional<ColonForm> colon_form(std::string_view text, std::size_t at);

bool is_uuid(std::string_view unit);
bool is_ip4(std::string_view unit);
bool is_numbered_host(std::string_view unit);  // web-12.example.com: at least three parts, the first numbered
bool is_numbered_throughout(std::string_view unit);  // R25-M1-N2: dashes, and digits in each part

// An atom is the part of a unit between joints (. - + @ # $ % & /); `next` is the byte behind it.
// What kind of variable it is; nothing when it is static text, or may be (eth0, ssh2).
std::optional<VariableKind> kind_of_atom(std::string_view atom, char next);

// true, false, null, root, admin in any case; words of eight or more letters from a to f.
std::optional<VariableKind> kind_of_word(std::string_view word);

}  // namespace culprit
