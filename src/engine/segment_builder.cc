#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "engine/directory.h"
#include "engine/message_parser.h"
#include "engine/segment.h"
#include "engine/stamp_form.h"
#include "engine/type_tree.h"
#include "engine/word_table.h"

namespace culprit {

namespace {

using engine::ColumnWriter;
using engine::ParsedVariable;
using engine::put_varint;
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
  std::vector<std::uint64_t> time_steps() const;
  std::vector<std::uint64_t> micro_codes() const;
  void write_type(std::size_t t, ColumnWriter& out, std::int64_t first_minute);
  void write_slot(VariableKind kind, const SlotValues& slot, ColumnWriter& out);
  void write_words(const SlotValues& slot, ColumnWriter& out);
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
  std::string& d = out.directory;
  put_varint(d, summary.events);
  put_varint(d, summary.first_number);
  put_varint(d, summary.last_number - summary.first_number);
  put_varint(d, engine::zigzag(bits(s.first_time_ms)));
  put_varint(d, bits(s.last_time_ms) - bits(s.first_time_ms));
  put_varint(d, s.message_bytes);
  out.numbers(s.numbers);
  out.numbers(s.time_steps());
  out.numbers(s.ingestions);
  out.numbers32(s.stream_ids);
  out.numbers32(s.type_ids);
  put_varint(d, s.uuids.size());
  out.numbers(s.uuids.high(), true);
  out.numbers(s.uuids.low(), true);
  put_varint(d, s.types.size());
  s.local_of.assign(s.words.size(), kNone);
  for (std::size_t t = 0; t < s.types.size(); ++t) s.write_type(t, out, engine::minute_of(s.first_time_ms));
  out.numbers(s.micro_codes());
  for (const engine::LogType& type : s.tree.types()) d += type.text;

  std::string pools;
  for (const std::string* pool : {&out.number_pool, &out.text_pool}) {
    const std::string frame = pool->empty() ? std::string() : out.compress(*pool, kDirectoryLevel);
    put_varint(d, pool->size());
    put_varint(d, frame.size());
    engine::put_u64(d, engine::checksum_of(frame));
    pools += frame;
  }
  const std::string directory = out.compress(d, kDirectoryLevel);
  std::string bytes(engine::kSegmentMagic);
  engine::put_u32(bytes, engine::kSegmentVersion);
  engine::put_u32(bytes, static_cast<std::uint32_t>(directory.size()));
  engine::put_u32(bytes, static_cast<std::uint32_t>(d.size()));
  engine::put_u64(bytes, engine::checksum_of(directory));
  bytes.reserve(bytes.size() + directory.size() + pools.size() + out.blocks.size());
  bytes += directory;
  bytes += pools;
  bytes += out.blocks;
  summary.segment_bytes = bytes.size();
  *state_ = State();
  return bytes;
}

std::vector<std::uint64_t> SegmentBuilder::State::time_steps() const {
  std::vector<std::uint64_t> steps(times_ms.size());
  engine::RowClock clock(first_time_ms);
  for (std::size_t i = 0; i < steps.size(); ++i)
    steps[i] = clock.step_to(static_cast<std::int64_t>(times_ms[i]), types[type_ids[i]].coarse);
  return steps;
}

// Rows with the very time of the row before, as those of one request have, say 0.
std::vector<std::uint64_t> SegmentBuilder::State::micro_codes() const {
  std::vector<std::uint64_t> codes;
  std::uint64_t before_us = 0;
  for (std::size_t i = 0; i < micros.size(); ++i) {
    if (!types[type_ids[i]].has_micros) continue;
    const std::uint64_t time_us = times_ms[i] * 1000 + micros[i];
    codes.push_back(time_us == before_us ? 0 : 1 + micros[i]);
    before_us = time_us;
  }
  return codes;
}

void SegmentBuilder::State::write_type(std::size_t t, ColumnWriter& out, std::int64_t first_minute) {
  const TypeValues& type = types[t];
  const engine::LogType& shape = tree.types()[t];
  std::string& d = out.directory;
  put_varint(d, type.rows);
  put_varint(d,
             (type.coarse ? 1U : 0U) | (type.has_micros ? 2U : 0U) | (type.minutes_in_row_order ? 4U : 0U));
  put_varint(d, type.slots.size());
  std::uint32_t begin = 0;
  for (const std::uint32_t end : shape.piece_ends) {
    put_varint(d, end - begin);
    begin = end;
  }
  put_varint(d, type.tells_minutes() ? type.minutes.size() : 0);
  if (type.tells_minutes()) {
    std::int64_t before = first_minute;
    for (const engine::MinuteRun& run : type.minutes) {
      put_varint(d, bits(run.minute) - bits(before));
      put_varint(d, run.rows);
      before = run.minute;
    }
  }
  for (std::size_t i = 0; i < type.slots.size(); ++i) write_slot(shape.kinds[i], type.slots[i], out);
}

void SegmentBuilder::State::write_slot(VariableKind kind, const SlotValues& slot, ColumnWriter& out) {
  out.directory += static_cast<char>(kind);
  if (kind == VariableKind::kWord) return write_words(slot, out);
  if (kind == VariableKind::kNumber || kind == VariableKind::kStamp || kind == VariableKind::kList) {
    std::vector<std::uint64_t> forms(slot.forms.begin(), slot.forms.end());
    if (!slot.forms_differ) forms.assign(slot.values.size(), slot.form);
    out.numbers(forms);
  }
  out.numbers(slot.values);
  if (kind == VariableKind::kList) {
    put_varint(out.directory, slot.elements.size());
    out.numbers32(slot.elements);
  }
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

void SegmentBuilder::State::write_words(const SlotValues& slot, ColumnWriter& out) {
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
  std::uint8_t classes = 0;
  for (const std::uint32_t id : distinct)
    for (const char c : words.word(id)) classes |= engine::byte_class(static_cast<unsigned char>(c));
  const auto mode = [&](WordMode m) { put_varint(out.directory, static_cast<std::uint64_t>(m)); };
  std::size_t digits = 0;
  if (distinct.size() == 1 && words.word(distinct[0]).size() <= kConstantBytesMax) {
    mode(WordMode::kConstant);
    put_varint(out.directory, words.word(distinct[0]).size());
    out.directory += words.word(distinct[0]);
  } else if (distinct.size() * 2 <= slot.values.size()) {
    mode(WordMode::kDictionary);
    out.directory += static_cast<char>(classes);
    put_varint(out.directory, distinct.size());
    write_texts(distinct, out);
    out.numbers(indexes);
  } else if (hex_digits(distinct, digits)) {
    mode(WordMode::kHex);
    write_hex(slot, digits, out);
  } else {
    mode(WordMode::kPlain);
    out.directory += static_cast<char>(classes);
    write_texts({slot.values.begin(), slot.values.end()}, out);
  }
}

}  // namespace culprit
