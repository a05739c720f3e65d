// What the directory says of a variable without its columns being read: enough to decide most patterns.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/byte_form.h"
#include "engine/variable.h"

namespace culprit::engine {

struct SlotLook {
  VariableKind kind = VariableKind::kWord;
  std::uint16_t form = kAnyForm;  // number, stamp, list: of all rows, or not one
  bool constant = false;          // the same text in all rows; number (of one form), IP, word
  std::uint64_t value = 0;        // of a constant number or IP
  std::string_view word;          // a constant word
  std::uint8_t classes = 0xff;    // bytes of other words: see byte_class
};

constexpr bool has_forms(VariableKind kind) {
  return kind == VariableKind::kNumber || kind == VariableKind::kStamp || kind == VariableKind::kList;
}

void put_look(std::string& out, const SlotLook& look);

// Refuses what put_look does not write.
SlotLook read_look(ByteReader& in);

}  // namespace culprit::engine
