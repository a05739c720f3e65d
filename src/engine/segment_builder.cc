#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "engine/directory.h"
#include "engine/message_parser.h"
#include "engine/row_order.h"
#include "engine/segment.h"
#include "engine/stamp_form.h"
#include "engine/type_tree.h"
#include "engine/word_table.h"

namespace culprit {

namespace {

using engine::ColumnWriter;
using engine::ParsedVariable;
using engine::put_varint;
using engine::SlotLook;
using engine::VariableKind;
using engine::WordMode;

constexpr std::size_t kRowsFull = std::size_t{1} << 20;
constexpr std::size_t kConstantBytesMax = 1024;
constexpr std::size_t kLateMinutesMax = 1024;  // insertions before the end of a type's list of minutes
constexpr int kDirectoryLevel = 6;
constexpr std::uint32_t kNone = ~0U;

std::uint64_t bits(std::int64_t v) { return static_cast<std::uint64_t>(v); }
std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0); }

struct SlotValues {
  bool forms_differ = false;
  std::uint16_t form = 0;
  std::vector<std::uint64_t> values;
  std::vector<std::uint16_t> forms;  // only once they differ
  std::vector<std::uint32_t> elements;

  void add_form(std::uint16_t f) {
    if (values.empty()) form = f;
    if (!forms_differ) {
      if (f == form) return;
      forms.assign(values.size(), form);
      forms_differ = true;
    }
    forms.push_back(f);
  }
};

struct TypeValues {
  std::uint64_t rows = 0;
  bool coarse = true;
  bool has_micros = false;
  std::vector<SlotValues> slots;
  std::vector<engine::MinuteRun> minutes;
  std::size_t late_minutes = 0;
  bool minutes_in_row_order = true;

  void add_minute(std::int64_t minute) {
    ++rows;
    if (!minutes.empty() && minutes.back().minute == minute) {
      ++minutes.back().rows;
    } else if (minutes.empty() || minutes.back().minute < minute) {
      minutes.push_back({minute, 1});
    } else {
      minutes_in_row_order = false;
      const auto at =
          std::lower_bound(minutes.begin(), minutes.end(), minute,
                           [](const engine::MinuteRun& r, std::int64_t m) { return r.minute < m; });
      if (at->minute == minute) {
        ++at->rows;
      } else if (late_minutes++ < kLateMinutesMax) {
        minutes.insert(at, {minute, 1});
      }
    }
  }
  bool tells_minutes() const {
    return late_minutes <= kLateMinutesMax && engine::runs_pay(minutes.size(), rows);
  }
  void write_minutes(std::int64_t first_minute, std::string& out) const {
    if (!tells_minutes()) return;
    std::int64_t before = first_minute;
    for (const engine::MinuteRun& run : minutes) {
      put_varint(out, bits(run.minute) - bits(before));
      put_varint(out, run.rows);
      before = run.minute;
    }
  }
};

}  // namespace

struct SegmentBuilder::State {
  engine::TypeTree tree;
  engine::WordTable words;
  engine::UuidTable uuids;
  std::vector<TypeValues> types;
  std::vector<std::uint64_t> numbers;
  std::vector<std::uint64_t> times_ms;
  std::vector<std::uint64_t> micros;
  std::vector<std::uint64_t> ingestions;
  std::vector<std::uint32_t> stream_ids;
  std::vector<std::uint32_t> type_ids;
  std::uint64_t message_bytes = 0;
  std::int64_t first_time_ms = 0;
  std::int64_t last_time_ms = 0;
  // Of the message being added.
  std::vector<ParsedVariable> variables;
  std::vector<std::uint32_t> elements;

  void add_variables(TypeValues& type, std::string_view message, std::int64_t row_us);
  std::vector<std::uint32_t> type_begins(bool with_micros_only) const;
  std::vector<std::uint64_t> time_steps() const;
  std::vector<std::uint64_t> micro_codes() const;
  void write_row_streams(ColumnWriter& out) const;
  void write_type(std::size_t t, ColumnWriter& out, std::string& index, std::string& shapes);
  SlotLook write_slot(VariableKind kind, const SlotValues& slot, ColumnWriter& out);
  SlotLook write_words(const SlotValues& slot, ColumnWriter& out);
  bool hex_digits(const std::vector<std::uint32_t>& distinct, std::size_t& digits) const;
  void write_hex(const SlotValues& slot, std::size_t digits, ColumnWriter& out) const;
  void write_texts(const std::vector<std::uint32_t>& ids, ColumnWriter& out) const;
  std::vector<std::uint32_t> local_of;  // word -> index in the column being written
};

SegmentBuilder::SegmentBuilder() : state_(std::make_unique<State>()) {}
SegmentBuilder::SegmentBuilder(SegmentBuilder&&) noexcept = default;
SegmentBuilder& SegmentBuilder::operator=(SegmentBuilder&&) noexcept = default;
SegmentBuilder::~SegmentBuilder() = default;

bool SegmentBuilder::empty() const { return state_->type_ids.empty(); }
bool SegmentBuilder::full() const {
  return state_->message_bytes >= kSegmentMessageBytes || state_->type_ids.size() >= kRowsFull;
}

void SegmentBuilder::add(const SegmentRow& row) {
  State& s = *state_;
  const std::int64_t time_ms = to_epoch_ms(row.time);
  if (s.type_ids.size() >= engine::kSegmentEventsMax ||
      s.message_bytes + row.message.size() > engine::kSegmentBytesMax)
    std::abort();  // added to a builder that was full long ago
  s.elements.clear();
  const std::uint64_t time_us = bits(time_ms) * 1000;
  const std::uint32_t id =
      s.tree.type_of(row.message, static_cast<std::int64_t>(time_us), s.variables, s.elements);
  if (id >= s.types.size()) {
    s.types.resize(s.tree.types().size());
    s.types[id].slots.resize(s.tree.types()[id].kinds.size());
  }
  std::uint64_t micros = 0;
  for (const ParsedVariable& v : s.variables) {
    if (v.kind != VariableKind::kStamp || engine::stamp_unit_us(v.form) >= 1000) continue;
    if (v.value - time_us < 1000) micros = v.value - time_us;
    break;
  }
  TypeValues& type = s.types[id];
  s.add_variables(type, row.message, static_cast<std::int64_t>(time_us + micros));
  type.add_minute(engine::minute_of(time_ms));
  type.coarse = type.coarse && time_ms % 1000 == 0;
  type.has_micros = type.has_micros || micros != 0;
  if (s.type_ids.empty()) s.first_time_ms = s.last_time_ms = time_ms;
  s.first_time_ms = std::min(s.first_time_ms, time_ms);
  s.last_time_ms = std::max(s.last_time_ms, time_ms);
  s.message_bytes += row.message.size();
  s.numbers.push_back(row.number);
  s.times_ms.push_back(bits(time_ms));
  s.micros.push_back(micros);
  s.ingestions.push_back(engine::zigzag(bits(to_epoch_ms(row.ingestion)) - bits(time_ms)));
  s.stream_ids.push_back(row.stream_id);
  s.type_ids.push_back(id);
}

void SegmentBuilder::State::add_variables(TypeValues& type, std::string_view message, std::int64_t row_us) {
  const std::uint32_t uuids_before = uuids.size();
  auto slot = type.slots.begin();
  for (const ParsedVariable& v : variables) {
    std::uint64_t value = v.value;
    switch (v.kind) {
      case VariableKind::kNumber:
        slot->add_form(v.form);
        break;
      case VariableKind::kIp:
        break;
      case VariableKind::kUuid: {
        // How far before the line's first new uuid: one request's lines then all say the same.
        bool added = false;
        const std::uint32_t id = uuids.id_of({v.value, v.extra}, added);
        value = added ? 0 : 1 + engine::zigzag(std::uint64_t{uuids_before} - id);
        break;
      }
      case VariableKind::kStamp: {
        slot->add_form(v.form);
        const std::int64_t unit = engine::stamp_unit_us(v.form);
        value = engine::zigzag(bits(floor_div(static_cast<std::int64_t>(v.value), unit)) -
                               bits(floor_div(row_us, unit)));
        break;
      }
      case VariableKind::kList: {
        slot->add_form(v.form);
        const auto begin = elements.begin() + static_cast<std::ptrdiff_t>(v.value);
        slot->elements.insert(slot->elements.end(), begin, begin + static_cast<std::ptrdiff_t>(v.extra));
        value = v.extra;
        break;
      }
      case VariableKind::kWord:
        value = words.id_of(message.substr(v.value, v.extra));
        break;
    }
    slot->values.push_back(value);
    ++slot;
  }
}

std::string SegmentBuilder::finish(SegmentSummary& summary) {
  State& s = *state_;
  summary = {};
  if (!empty())
    summary = {s.type_ids.size(),
               s.numbers.front(),
               s.numbers.back(),
               from_epoch_ms(s.first_time_ms),
               from_epoch_ms(s.last_time_ms),
               s.message_bytes,
               0};
  ColumnWriter out;
  std::string index;
  put_varint(index, summary.events);
  put_varint(index, summary.first_number);
  put_varint(index, summary.last_number - summary.first_number);
  put_varint(index, engine::zigzag(bits(s.first_time_ms)));
  put_varint(index, bits(s.last_time_ms) - bits(s.first_time_ms));
  put_varint(index, s.message_bytes);
  s.write_row_streams(out);
  const std::string streams = std::exchange(out.directory, {});
  s.local_of.assign(s.words.size(), kNone);
  std::string minutes;
  std::string shapes;
  put_varint(index, s.types.size());
  for (std::size_t t = 0; t < s.types.size(); ++t) {
    s.write_type(t, out, index, shapes);
    s.types[t].write_minutes(engine::minute_of(s.first_time_ms), minutes);
  }
  index += minutes;
  index += streams;
  std::string pools;
  for (const std::string* pool : {&out.number_pool, &out.text_pool}) {
    const std::string frame = pool->empty() ? std::string() : out.compress(*pool, kDirectoryLevel);
    put_varint(index, pool->size());
    put_varint(index, frame.size());
    engine::put_u64(index, engine::checksum_of(frame));
    pools += frame;
  }
  index += shapes;

  std::string bytes(engine::kSegmentMagic);
  engine::put_u32(bytes, engine::kSegmentVersion);
  std::string frames;
  for (const std::string* part : {&index, &out.directory}) {
    const std::string frame = out.compress(*part, kDirectoryLevel);
    engine::put_u32(bytes, static_cast<std::uint32_t>(frame.size()));
    engine::put_u32(bytes, static_cast<std::uint32_t>(part->size()));
    engine::put_u64(bytes, engine::checksum_of(frame));
    frames += frame;
  }
  bytes.reserve(bytes.size() + frames.size() + pools.size() + out.blocks.size());
  bytes += frames;
  bytes += pools;
  bytes += out.blocks;
  summary.segment_bytes = bytes.size();
  *state_ = State();
  return bytes;
}

// With micros only: as if the other types had no rows.
std::vector<std::uint32_t> SegmentBuilder::State::type_begins(bool with_micros_only) const {
  std::vector<std::uint64_t> rows(types.size());
  for (std::size_t t = 0; t < types.size(); ++t)
    rows[t] = with_micros_only && !types[t].has_micros ? 0 : types[t].rows;
  return engine::type_begins(rows);
}

std::vector<std::uint64_t> SegmentBuilder::State::time_steps() const {
  std::vector<std::uint64_t> steps(times_ms.size());
  engine::RowClock clock(first_time_ms);
  for (std::size_t i = 0; i < steps.size(); ++i)
    steps[i] = clock.step_to(static_cast<std::int64_t>(times_ms[i]), types[type_ids[i]].coarse);
  return engine::in_type_order<std::uint64_t>(steps, type_ids, type_begins(false));
}

// Rows with the very time of the row before, as those of one request have, say 0.
std::vector<std::uint64_t> SegmentBuilder::State::micro_codes() const {
  std::vector<std::uint32_t> next = type_begins(true);
  std::vector<std::uint64_t> codes(next.back());
  std::uint64_t before_us = 0;
  for (std::size_t i = 0; i < micros.size(); ++i) {
    if (!types[type_ids[i]].has_micros) continue;
    const std::uint64_t time_us = times_ms[i] * 1000 + micros[i];
    codes[next[type_ids[i]]++] = time_us == before_us ? 0 : 1 + micros[i];
    before_us = time_us;
  }
  return codes;
}

void SegmentBuilder::State::write_row_streams(ColumnWriter& out) const {
  out.numbers(numbers);
  out.numbers(time_steps());
  out.numbers(ingestions);
  out.numbers32(stream_ids);
  out.numbers32(engine::successors_of(type_ids, type_begins(false)));
  out.numbers(micro_codes());
  put_varint(out.directory, uuids.size());
  out.numbers(uuids.high(), true);
  out.numbers(uuids.low(), true);
}

// Its columns, its entry of the index and its shape.
void SegmentBuilder::State::write_type(std::size_t t, ColumnWriter& out, std::string& index,
                                       std::string& shapes) {
  const TypeValues& type = types[t];
  const engine::LogType& text = tree.types()[t];
  const engine::ColumnBytes columns_begin = out.size();
  const std::size_t places_begin = out.directory.size();
  const std::size_t shape_begin = shapes.size();
  std::uint32_t begin = 0;
  for (const std::uint32_t end : text.piece_ends) {
    put_varint(shapes, end - begin);
    begin = end;
  }
  std::size_t in_lists = 0;
  for (std::size_t i = 0; i < type.slots.size(); ++i) {
    put_look(shapes, write_slot(text.kinds[i], type.slots[i], out));
    in_lists += type.slots[i].elements.size();
  }
  shapes += text.text;

  put_varint(index, type.rows);
  put_varint(index,
             (type.coarse ? 1U : 0U) | (type.has_micros ? 2U : 0U) | (type.minutes_in_row_order ? 4U : 0U));
  put_varint(index, type.slots.size());
  put_varint(index, in_lists);
  put_varint(index, shapes.size() - shape_begin);
  put_varint(index, type.tells_minutes() ? type.minutes.size() : 0);
  put_varint(index, out.directory.size() - places_begin);
  const engine::ColumnBytes columns_end = out.size();
  put_varint(index, columns_end.number_pool - columns_begin.number_pool);
  put_varint(index, columns_end.text_pool - columns_begin.text_pool);
  put_varint(index, columns_end.blocks - columns_begin.blocks);
}

// The columns of a variable; what need not be read from them is in the look.
SlotLook SegmentBuilder::State::write_slot(VariableKind kind, const SlotValues& slot, ColumnWriter& out) {
  if (kind == VariableKind::kWord) return write_words(slot, out);
  SlotLook look;
  look.kind = kind;
  if (engine::has_forms(kind)) {
    if (slot.forms_differ)
      out.numbers(std::vector<std::uint64_t>(slot.forms.begin(), slot.forms.end()));
    else
      look.form = slot.form;
  }
  look.constant = (kind == VariableKind::kIp || (kind == VariableKind::kNumber && !slot.forms_differ)) &&
                  std::all_of(slot.values.begin(), slot.values.end(),
                              [&](std::uint64_t v) { return v == slot.values.front(); });
  if (look.constant)
    look.value = slot.values.front();
  else
    out.numbers(slot.values);
  if (kind == VariableKind::kList) {
    put_varint(out.directory, slot.elements.size());
    out.numbers32(slot.elements);
  }
  return look;
}

bool SegmentBuilder::State::hex_digits(const std::vector<std::uint32_t>& distinct,
                                       std::size_t& digits) const {
  digits = words.word(distinct.front()).size();
  if (digits < 4 || digits > engine::kHexDigitsMax) return false;
  return std::all_of(distinct.begin(), distinct.end(), [&](std::uint32_t id) {
    const std::string_view w = words.word(id);
    return w.size() == digits && std::all_of(w.begin(), w.end(), [](char c) {
             return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
  });
}

void SegmentBuilder::State::write_hex(const SlotValues& slot, std::size_t digits, ColumnWriter& out) const {
  put_varint(out.directory, digits);
  std::vector<std::uint64_t> part(slot.values.size());
  for (std::size_t begin = 0; begin < digits; begin += 16) {
    const std::size_t end = std::min(digits, begin + 16);
    for (std::size_t i = 0; i < part.size(); ++i) {
      const std::string_view w = words.word(static_cast<std::uint32_t>(slot.values[i]));
      std::uint64_t v = 0;
      for (std::size_t k = begin; k < end; ++k)
        v = v << 4 | static_cast<std::uint64_t>(w[k] <= '9' ? w[k] - '0' : w[k] - 'a' + 10);
      part[i] = v;
    }
    out.numbers(part, true);
  }
}

void SegmentBuilder::State::write_texts(const std::vector<std::uint32_t>& ids, ColumnWriter& out) const {
  std::vector<std::uint64_t> sizes(ids.size());
  std::string text;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const std::string_view w = words.word(ids[i]);
    sizes[i] = w.size();
    text += w;
  }
  out.numbers(sizes);
  out.text(text);
}

SlotLook SegmentBuilder::State::write_words(const SlotValues& slot, ColumnWriter& out) {
  std::vector<std::uint32_t> distinct;
  std::vector<std::uint64_t> indexes(slot.values.size());
  for (std::size_t i = 0; i < slot.values.size(); ++i) {
    const std::uint64_t id = slot.values[i];
    if (local_of[id] == kNone) {
      local_of[id] = static_cast<std::uint32_t>(distinct.size());
      distinct.push_back(static_cast<std::uint32_t>(id));
    }
    indexes[i] = local_of[id];
  }
  for (const std::uint32_t id : distinct) local_of[id] = kNone;
  SlotLook look;
  std::size_t digits = 0;
  const auto mode = [&](WordMode m) { put_varint(out.directory, static_cast<std::uint64_t>(m)); };
  if (distinct.size() == 1 && words.word(distinct[0]).size() <= kConstantBytesMax) {
    look.constant = true;
    look.word = words.word(distinct[0]);
    return look;
  }
  look.classes = 0;
  for (const std::uint32_t id : distinct)
    for (const char c : words.word(id)) look.classes |= engine::byte_class(static_cast<unsigned char>(c));
  if (distinct.size() * 2 <= slot.values.size()) {
    mode(WordMode::kDictionary);
    put_varint(out.directory, distinct.size());
    write_texts(distinct, out);
    out.numbers(indexes);
  } else if (hex_digits(distinct, digits)) {
    look.classes = engine::kHexClasses;
    mode(WordMode::kHex);
    write_hex(slot, digits, out);
  } else {
    mode(WordMode::kPlain);
    write_texts({slot.values.begin(), slot.values.end()}, out);
  }
  return look;
}

}  // namespace culprit
