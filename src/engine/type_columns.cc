#include "engine/type_columns.h"

#include <algorithm>

#include "engine/stamp_form.h"

namespace culprit::engine {

namespace {

constexpr char kHex[] = "0123456789abcdef";

tl::unexpected<Error> damaged(std::string_view what) {
  return fail(ErrorCode::kDamaged, std::string("a column of the segment is damaged: ") + std::string(what));
}

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0); }

bool forms_valid(VariableKind kind, std::span<const std::uint32_t> forms) {
  return std::all_of(forms.begin(), forms.end(), [&](std::uint32_t form) {
    if (kind == VariableKind::kNumber) return number_form_valid(form);
    if (kind == VariableKind::kStamp) return stamp_form_valid(form);
    return form < kListForms;
  });
}

// Where each of the texts or lists begins, from their sizes; one more at the end.
bool sum_up(std::span<const std::uint64_t> sizes, std::uint64_t total, std::vector<std::uint32_t>& begins) {
  begins.resize(sizes.size() + 1);
  std::uint64_t at = 0;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    begins[i] = static_cast<std::uint32_t>(at);
    if (sizes[i] == 0 || sizes[i] > total - at) return false;
    at += sizes[i];
  }
  begins[sizes.size()] = static_cast<std::uint32_t>(at);
  return at == total;
}

}  // namespace

WordValues& WordValues::operator=(WordValues&& other) noexcept {
  column_ = other.column_;
  in_buffer_ = other.in_buffer_;
  buffer_ = std::move(other.buffer_);
  text_ = in_buffer_ ? std::string_view(buffer_) : other.text_;
  begins_ = std::move(other.begins_);
  indexes_ = std::move(other.indexes_);
  hex_ = std::move(other.hex_);
  return *this;
}

Result<void> WordValues::load_texts(const WordColumn& column, ColumnReader& reader) {
  std::vector<std::uint64_t> sizes;
  if (auto done = reader.numbers(column.sizes, sizes); !done) return done;
  auto text = reader.text(column.text, buffer_);
  if (!text) return tl::unexpected(text.error());
  text_ = *text;
  in_buffer_ = text_.data() == buffer_.data();
  if (!sum_up(sizes, text_.size(), begins_)) return damaged("its texts have another length");
  return {};
}

Result<void> WordValues::load(const WordColumn& column, ColumnReader& reader) {
  column_ = &column;
  if (column.mode == WordMode::kHex) {
    hex_.resize(column.hex.size());
    for (std::size_t i = 0; i < hex_.size(); ++i)
      if (auto done = reader.numbers(column.hex[i], hex_[i]); !done) return done;
  }
  if (column.mode == WordMode::kPlain || column.mode == WordMode::kDictionary)
    if (auto done = load_texts(column, reader); !done) return done;
  if (column.mode == WordMode::kDictionary) {
    if (auto done = reader.numbers32(column.indexes, indexes_); !done) return done;
    if (std::any_of(indexes_.begin(), indexes_.end(), [&](std::uint32_t i) { return i >= column.entries; }))
      return damaged("an index is too large");
  }
  return {};
}

void WordValues::append(std::uint64_t row, std::string& out) const {
  switch (column_->mode) {
    case WordMode::kConstant:
      out += column_->constant;
      return;
    case WordMode::kHex: {
      char text[kHexDigitsMax];
      for (std::uint32_t k = 0; k < column_->hex_digits; ++k) {
        const std::uint32_t part = k / 16;
        const std::uint32_t in_part = std::min(column_->hex_digits - part * 16, 16U);
        text[k] = kHex[(hex_[part][row] >> (4 * (in_part - 1 - k % 16))) & 15];
      }
      out.append(text, column_->hex_digits);
      return;
    }
    case WordMode::kDictionary:
    case WordMode::kPlain: {
      const std::size_t i = column_->mode == WordMode::kPlain ? row : indexes_[row];
      out.append(text_.substr(begins_[i], begins_[i + 1] - begins_[i]));
      return;
    }
  }
}

Result<SlotColumns> TypeColumns::load_slot(const Slot& slot, ColumnReader& reader) {
  SlotColumns out;
  if (slot.kind == VariableKind::kWord) {
    if (auto done = out.word.load(*slot.word, reader); !done) return tl::unexpected(done.error());
    return out;
  }
  if (auto done = reader.numbers(slot.values, out.values); !done) return tl::unexpected(done.error());
  if (slot.kind == VariableKind::kIp || slot.kind == VariableKind::kUuid) return out;
  if (slot.forms.constant()) {
    const std::uint32_t form[] = {static_cast<std::uint32_t>(std::min<std::uint64_t>(slot.forms.base, ~0U))};
    if (slot.forms.count > 0 && !forms_valid(slot.kind, form)) return damaged("there is no such form");
    out.form = static_cast<std::uint16_t>(slot.forms.base);
  } else {
    if (auto done = reader.numbers32(slot.forms, out.forms); !done) return tl::unexpected(done.error());
    if (!forms_valid(slot.kind, out.forms)) return damaged("there is no such form");
  }
  if (slot.kind == VariableKind::kList) {
    if (auto done = reader.numbers32(*slot.elements, out.elements); !done)
      return tl::unexpected(done.error());
    if (!sum_up(out.values, out.elements.size(), out.element_begins))
      return damaged("its lists have another length");
  }
  return out;
}

TypeColumns::TypeColumns(const TypeBody& body) : body_(&body), slots_(body.slots.size()) {}

Result<void> TypeColumns::load(std::size_t first, std::size_t last, ColumnReader& reader) {
  for (std::size_t i = 0; i < last; ++i) {
    const Slot& slot = body_->slots[i];
    // Which uuids are new in a row must be known from its first uuid on.
    if (slots_[i] || (i < first && slot.kind != VariableKind::kUuid)) continue;
    auto columns = load_slot(slot, reader);
    if (!columns) return tl::unexpected(columns.error());
    slots_[i].emplace(std::move(*columns));
  }
  return {};
}

std::int64_t stamp_time_us(std::uint64_t value, std::uint16_t form, const RowContext& context) {
  const std::int64_t unit = stamp_unit_us(form);
  const std::uint64_t units = unzigzag(value) + static_cast<std::uint64_t>(floor_div(context.time_us, unit));
  return static_cast<std::int64_t>(units * static_cast<std::uint64_t>(unit));
}

void render_list(std::span<const std::uint32_t> elements, std::string_view separator, std::string& out) {
  bool first = true;
  for (const std::uint32_t e : elements) {
    if (!first) out += separator;
    first = false;
    render_number(e, 0, out);
  }
}

bool TypeColumns::render(std::size_t first, std::size_t last, std::uint64_t row, const RowContext& context,
                         const UuidValues& uuids, std::size_t bytes_max, std::string& out) const {
  const std::string_view text = body_->text;
  std::size_t begin = first == 0 ? 0 : body_->piece_ends[first - 1];
  std::uint32_t new_in_row = 0;
  for (std::size_t i = 0; i < first; ++i)
    if (body_->slots[i].kind == VariableKind::kUuid && slots_[i]->values[row] == 0) ++new_in_row;
  for (std::size_t i = first; i < last; ++i) {
    const std::size_t end = body_->piece_ends[i];
    out.append(text, begin, end - begin);
    begin = end;
    const SlotColumns& s = *slots_[i];
    switch (body_->slots[i].kind) {
      case VariableKind::kNumber:
        render_number(s.values[row], s.form_of(row), out);
        break;
      case VariableKind::kIp:
        render_ip(static_cast<std::uint32_t>(s.values[row]), out);
        break;
      case VariableKind::kUuid: {
        const std::uint32_t index = uuid_index(s.values[row], context, new_in_row);
        if (index >= uuids.high.size()) return false;
        render_uuid({uuids.high[index], uuids.low[index]}, out);
        break;
      }
      case VariableKind::kStamp: {
        const std::uint16_t form = s.form_of(row);
        render_stamp(stamp_time_us(s.values[row], form, context), form, out);
        break;
      }
      case VariableKind::kList:
        render_list(std::span(s.elements)
                        .subspan(s.element_begins[row], s.element_begins[row + 1] - s.element_begins[row]),
                    kListSeparators[s.form_of(row)], out);
        break;
      case VariableKind::kWord:
        s.word.append(row, out);
        break;
    }
    if (out.size() > bytes_max) return false;
  }
  out.append(text, begin, body_->piece_ends[last] - begin);
  return out.size() <= bytes_max;
}

}  // namespace culprit::engine
