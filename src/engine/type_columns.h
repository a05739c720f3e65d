// The columns of one log type, decoded, and its messages written from them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "engine/column.h"
#include "engine/directory.h"

namespace culprit::engine {

// What a message needs beyond its type's columns.
struct RowContext {
  std::int64_t time_us = 0;
  std::uint32_t uuids_before = 0;  // uuids first seen in earlier rows
};

struct UuidValues {
  std::vector<std::uint64_t> high;
  std::vector<std::uint64_t> low;
};

// The words of a slot, by row.
class WordValues {
 public:
  Result<void> load(const WordColumn& column, ColumnReader& reader);
  void append(std::uint64_t row, std::string& out) const;
  // The texts of a dictionary or of all rows, one behind the other; empty for constants and hex digits.
  std::string_view texts() const { return text_; }
  std::span<const std::uint32_t> begins() const { return begins_; }
  std::span<const std::uint32_t> indexes() const { return indexes_; }
  // Hex digits as numbers of 16 digits each, the last of the rest; by row.
  std::span<const std::vector<std::uint64_t>> hex() const { return hex_; }
  std::string_view entry(std::uint32_t i) const {
    return text_.substr(begins_[i], begins_[i + 1] - begins_[i]);
  }

 private:
  Result<void> load_texts(const WordColumn& column, ColumnReader& reader);
  const WordColumn* column_ = nullptr;
  std::string buffer_;
  std::string_view text_;
  bool in_buffer_ = false;
  std::vector<std::uint32_t> begins_;   // one more than texts
  std::vector<std::uint32_t> indexes_;  // kDictionary
  std::vector<std::vector<std::uint64_t>> hex_;

 public:
  WordValues() = default;
  WordValues(WordValues&& other) noexcept { *this = std::move(other); }
  WordValues& operator=(WordValues&& other) noexcept;
};

struct SlotColumns {
  std::vector<std::uint64_t> values;
  std::vector<std::uint32_t> forms;  // empty when the form is constant
  std::uint16_t form = 0;
  std::vector<std::uint32_t> elements;
  std::vector<std::uint32_t> element_begins;
  WordValues word;

  std::uint16_t form_of(std::uint64_t row) const {
    return forms.empty() ? form : static_cast<std::uint16_t>(forms[row]);
  }
};

class TypeColumns {
 public:
  // The body must outlive the columns.
  explicit TypeColumns(const TypeBody& body);

  // The slots [first, last), and what rendering them needs of those before.
  Result<void> load(std::size_t first, std::size_t last, ColumnReader& reader);
  static Result<SlotColumns> load_slot(const Slot& slot, ColumnReader& reader);
  const SlotColumns& slot(std::size_t i) const { return *slots_[i]; }
  const TypeBody& body() const { return *body_; }

  // Appends the text of loaded slots [first, last) in a row, with the static pieces around and between them;
  // all slots: the message. False when the columns point outside of what they should, or the text grows
  // beyond bytes_max.
  bool render(std::size_t first, std::size_t last, std::uint64_t row, const RowContext& context,
              const UuidValues& uuids, std::size_t bytes_max, std::string& out) const;

 private:
  const TypeBody* body_;
  std::vector<std::optional<SlotColumns>> slots_;
};

// The time that a stamp's value tells.
std::int64_t stamp_time_us(std::uint64_t value, std::uint16_t form, const RowContext& context);

void render_list(std::span<const std::uint32_t> elements, std::string_view separator, std::string& out);

// Where a uuid reference points: code 0 is the next new one.
inline std::uint32_t uuid_index(std::uint64_t code, const RowContext& context, std::uint32_t& new_in_row) {
  if (code == 0) return context.uuids_before + new_in_row++;
  return static_cast<std::uint32_t>(context.uuids_before - unzigzag(code - 1));
}

}  // namespace culprit::engine
