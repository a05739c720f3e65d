#include "engine/needle_plan.h"

#include <algorithm>
#include <cstring>

#include "engine/regex_positions.h"
#include "engine/stamp_form.h"

namespace culprit::engine {

namespace {

bool is_letter(unsigned char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool same_letter(char a, char b) {
  return a == b || ((a ^ b) == 32 && is_letter(static_cast<unsigned char>(a)));
}

}  // namespace

NeedlePlan::NeedlePlan(Needle needle) : needle_(std::move(needle)) {
  positions_ = std::min<std::size_t>(needle_.text.size(), 64);
  exact_ = positions_ == needle_.text.size();
  longest_bytes_ = needle_.text.size();
  for (std::size_t i = 0; i < positions_; ++i) {
    const Places bit = Places{1} << i;
    const auto c = static_cast<unsigned char>(needle_.text[i]);
    bytes_[c] |= bit;
    if (needle_.ignore_case && is_letter(c)) bytes_[c ^ 32U] |= bit;
  }
  finish();
}

std::optional<NeedlePlan> NeedlePlan::of_regex(std::string_view pattern, bool any_byte) {
  const auto positions = regex_positions(pattern, any_byte);
  if (!positions) return std::nullopt;
  auto regex = any_byte ? TextRegex::re2(pattern) : TextRegex::of_characters(pattern);
  if (!regex) return std::nullopt;
  NeedlePlan out;
  out.regex_ = std::move(*regex);
  out.positions_ = positions->size();
  out.longest_bytes_ = positions->size();
  for (std::size_t i = 0; i < positions->size(); ++i) {
    const RegexPosition& p = (*positions)[i];
    const Places bit = Places{1} << i;
    if (p.repeats) out.repeats_ |= bit;
    if (p.optional) out.optional_ |= bit;
    if (p.repeats) out.longest_bytes_ = std::string::npos;
    for (unsigned c = 0; c < 256; ++c)
      if (p.bytes[c]) out.bytes_[c] |= bit;
  }
  out.finish();
  return out;
}

void NeedlePlan::finish() {
  bool rest_optional = true;
  for (std::size_t i = positions_; i-- > 0 && rest_optional;) {
    ends_ |= Places{1} << i;
    rest_optional = (optional_ >> i & 1) != 0;
  }
  matches_empty_ = rest_optional;
  for (unsigned c = 0; c < 256; ++c) {
    if (bytes_[c] == 0) continue;
    const auto byte = static_cast<unsigned char>(c);
    const auto may = [&](VariableKind kind, std::uint16_t form) {
      if (may_hold(kind, form, byte)) forms_[form_index(kind, form)] |= bytes_[c];
    };
    may(VariableKind::kNumber, 0);
    for (const auto kind : {VariableKind::kNumber, VariableKind::kIp, VariableKind::kUuid,
                            VariableKind::kStamp, VariableKind::kList})
      may(kind, kAnyForm);
    for (std::uint16_t layout = 0; layout < kStampLayouts; ++layout) may(VariableKind::kStamp, layout);
    for (unsigned b = 0; b < 8; ++b)
      if ((byte_class(byte) >> b & 1) != 0) classes_[b] |= bytes_[c];
  }
}

// Kinds and forms that are written with the same bytes share an index.
std::size_t NeedlePlan::form_index(VariableKind kind, std::uint16_t form) {
  if (kind == VariableKind::kStamp) return form == kAnyForm ? 31 : 8U + (form & 15U);
  const bool no_point = kind == VariableKind::kNumber && form != kAnyForm && scale_of(form) == 0;
  return no_point ? 0 : static_cast<std::size_t>(kind);
}

Places NeedlePlan::within(VariableKind kind, std::uint16_t form, std::uint8_t classes) const {
  if (kind != VariableKind::kWord) return forms_[form_index(kind, form)];
  Places bits = 0;
  for (unsigned b = 0; b < 8; ++b)
    if ((classes >> b & 1) != 0) bits |= classes_[b];
  return bits;
}

Places NeedlePlan::through(Places places, Places within, bool start) const {
  Places reached = (next(places, start) | (places & repeats_)) & within;
  for (;;) {
    const Places more = reached | ((next(reached, start) | (reached & repeats_)) & within);
    if (more == reached) return reached;
    reached = more;
  }
}

std::size_t NeedlePlan::find(std::string_view text, std::size_t from) const {
  const std::string& needle = needle_.text;
  if (from > text.size() || needle.size() > text.size() - from) return std::string_view::npos;
  if (!needle_.ignore_case) {
    const void* const at = memmem(text.data() + from, text.size() - from, needle.data(), needle.size());
    return at ? static_cast<std::size_t>(static_cast<const char*>(at) - text.data()) : std::string_view::npos;
  }
  const auto at = std::search(text.begin() + static_cast<std::ptrdiff_t>(from), text.end(), needle.begin(),
                              needle.end(), same_letter);
  return at == text.end() ? std::string_view::npos : static_cast<std::size_t>(at - text.begin());
}

bool NeedlePlan::stands_at(std::string_view text, std::size_t at) const {
  const std::string& needle = needle_.text;
  if (needle.size() > text.size() - at) return false;
  const std::string_view here = text.substr(at, needle.size());
  if (!needle_.ignore_case) return here == needle;
  return std::equal(here.begin(), here.end(), needle.begin(), same_letter);
}

}  // namespace culprit::engine
