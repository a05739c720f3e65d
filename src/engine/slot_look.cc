#include "engine/slot_look.h"

#include "engine/stamp_form.h"

namespace culprit::engine {

namespace {

constexpr unsigned kOneForm = 8;    // above the kind
constexpr unsigned kConstant = 16;  //

bool form_valid(VariableKind kind, std::uint64_t form) {
  if (kind == VariableKind::kNumber) return number_form_valid(form);
  if (kind == VariableKind::kStamp) return stamp_form_valid(form);
  return form < kListForms;
}

}  // namespace

void put_look(std::string& out, const SlotLook& look) {
  const bool one_form = has_forms(look.kind) && look.form != kAnyForm;
  out += static_cast<char>(static_cast<unsigned>(look.kind) | (one_form ? kOneForm : 0U) |
                           (look.constant ? kConstant : 0U));
  if (one_form) put_varint(out, look.form);
  if (look.kind == VariableKind::kWord) {
    if (look.constant) {
      put_varint(out, look.word.size());
      out += look.word;
    } else {
      out += static_cast<char>(look.classes);
    }
  } else if (look.constant) {
    put_varint(out, look.value);
  }
}

SlotLook read_look(ByteReader& in) {
  SlotLook look;
  const auto head = static_cast<unsigned>(in.fixed(1));
  const unsigned kind = head & 7U;
  if (kind == 0 || kind > kVariableKindLast || head > (kOneForm | kConstant | 7U)) in.refuse();
  if (!in.ok()) return look;
  look.kind = static_cast<VariableKind>(kind);
  look.constant = (head & kConstant) != 0;
  const bool one_form = (head & kOneForm) != 0;
  if (one_form) {
    const std::uint64_t form = in.varint();
    if (!has_forms(look.kind) || !form_valid(look.kind, form)) in.refuse();
    look.form = static_cast<std::uint16_t>(form);
  }
  switch (look.kind) {
    case VariableKind::kWord:
      if (look.constant)
        look.word = in.bytes(in.varint());
      else
        look.classes = static_cast<std::uint8_t>(in.fixed(1));
      if (look.constant && look.word.empty()) in.refuse();
      break;
    case VariableKind::kNumber:
      if (look.constant) look.value = in.varint();
      if (look.constant && !one_form) in.refuse();
      break;
    case VariableKind::kIp:
      if (look.constant) look.value = in.varint();
      break;
    default:
      if (look.constant) in.refuse();
  }
  return look;
}

}  // namespace culprit::engine
