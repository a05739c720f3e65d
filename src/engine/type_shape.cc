#include "engine/type_shape.h"

#include <algorithm>

namespace culprit::engine {

namespace {

// The text of a variable that is the same in every row; false when it is not.
bool constant_text(const SlotLook& look, std::string& out) {
  if (!look.constant) return false;
  if (look.kind == VariableKind::kNumber)
    render_number(look.value, look.form, out);
  else if (look.kind == VariableKind::kIp)
    render_ip(static_cast<std::uint32_t>(look.value), out);
  else
    out += look.word;
  return true;
}

// The touches that begin in front of or in variable v.
void touches_from(const TypeShape& shape, const NeedlePlan& needle, std::uint32_t v,
                  std::vector<Touch>& out) {
  const auto& variable = shape.variables[v];
  const Places within = needle.within(variable.kind, variable.form, variable.classes);
  if (within == 0 && needle.exact()) return;  // no byte of the needle can be written in it
  // Of a long literal only the beginning is followed: where that is met, the rest may lie anywhere behind.
  const auto last = static_cast<std::uint32_t>(shape.variables.size() - 1);
  const auto touch = [&](std::uint32_t end) { out.push_back({v, needle.exact() ? end : last, false}); };
  const bool inside = needle.exact() && needle.complete(needle.through(0, within, true));
  const std::string_view before = shape.run(v);
  const std::size_t near = std::min(before.size(), needle.longest_bytes());
  Places places = 0;
  for (const char c : before.substr(before.size() - near)) {
    places = needle.step(places, static_cast<unsigned char>(c), true);
    if (!needle.exact() && needle.complete(places)) return touch(last);
    places = needle.without_complete(places);  // what is whole is static; only beginnings go on
  }
  const bool crossing = needle.complete(needle.through(places, within, false));
  if (crossing)
    touch(v);
  else if (inside)
    out.push_back({v, v, needle.is_literal() && needle.longest_bytes() <= longest_text(variable.kind)});
  places = needle.through(places, within, true);
  if (!needle.exact() && needle.complete(places)) return touch(last);
  places = needle.without_complete(places);
  for (std::uint32_t next = v + 1; places != 0; ++next) {
    for (const char c : shape.run(next)) {
      places = needle.step(places, static_cast<unsigned char>(c), false);
      if (needle.complete(places)) touch(next - 1);
      places = needle.without_complete(places);
      if (places == 0) return;
    }
    if (next == shape.variables.size()) return;
    const auto& then = shape.variables[next];
    places = needle.through(places, needle.within(then.kind, then.form, then.classes), false);
    if (needle.complete(places)) touch(next);
    places = needle.without_complete(places);
  }
}

// Whether some static run holds the needle.
bool in_a_run(const TypeShape& shape, const NeedlePlan& needle) {
  if (needle.is_literal()) {
    for (std::size_t at = 0, run = 0; (at = needle.find(shape.text, at)) != std::string_view::npos; ++at) {
      while (shape.run_ends[run] <= at) ++run;
      if (at + needle.needle().text.size() <= shape.run_ends[run]) return true;
    }
    return false;
  }
  for (std::size_t run = 0; run < shape.run_ends.size(); ++run) {
    Places places = 0;
    for (const char c : shape.run(run)) {
      places = needle.step(places, static_cast<unsigned char>(c), true);
      if (needle.complete(places)) return true;
    }
  }
  return false;
}

}  // namespace

void make_shape(const TypeLooks& type, TypeShape& shape) {
  shape.text.clear();
  shape.run_ends.clear();
  shape.variables.clear();
  shape.slots = static_cast<std::uint32_t>(type.looks.size());
  std::uint32_t begin = 0;
  for (std::size_t i = 0; i < type.looks.size(); ++i) {
    shape.text.append(type.text, begin, type.piece_ends[i] - begin);
    begin = type.piece_ends[i];
    const SlotLook& look = type.looks[i];
    if (constant_text(look, shape.text)) continue;
    shape.run_ends.push_back(static_cast<std::uint32_t>(shape.text.size()));
    const std::uint16_t form = look.kind == VariableKind::kList ? kAnyForm : look.form;
    shape.variables.push_back({static_cast<std::uint32_t>(i), look.kind, form, look.classes});
  }
  shape.text.append(type.text, begin, type.piece_ends.back() - begin);
  shape.run_ends.push_back(static_cast<std::uint32_t>(shape.text.size()));
}

Decision decide(const TypeShape& shape, const NeedlePlan& needle) {
  if (needle.matches_empty() || in_a_run(shape, needle)) return {Truth::kSurely, {}};
  return decide_touches(shape, needle);
}

Decision decide_touches(const TypeShape& shape, const NeedlePlan& needle) {
  Decision decision;
  for (std::uint32_t v = 0; v < shape.variables.size(); ++v) touches_from(shape, needle, v, decision.touches);
  if (!decision.touches.empty()) decision.truth = Truth::kPerhaps;
  return decision;
}

bool static_sequence(const TypeShape& shape, const std::vector<const NeedlePlan*>& needles) {
  std::size_t run = 0;
  std::size_t from = 0;  // in the run
  for (const NeedlePlan* needle : needles) {
    for (;;) {
      const std::size_t at = needle->find(shape.run(run), from);
      if (at != std::string_view::npos) {
        from = at + needle->needle().text.size();
        break;
      }
      from = 0;
      if (++run == shape.run_ends.size()) return false;
    }
  }
  return true;
}

}  // namespace culprit::engine
