// Which rows of a log type look alike to the template miner: rows of one number have equal masked forms
// (logs/template_mask.h), because the masker asks of digits how many there are and never which, and mostly
// not even that. So one message is masked for thousands.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "engine/segment_state.h"

namespace culprit::engine {

// Of the types of one segment.
class RowLooks {
 public:
  // The reader's streams are loaded; it outlives this.
  explicit RowLooks(RowReader& rows) : rows_(rows) {}

  // A number for each row of the type; equal where the masked forms of first lines are.
  Result<void> read(std::uint32_t type, std::vector<std::uint64_t>& looks);

 private:
  std::string_view piece(std::size_t i) const;
  bool apart_before(std::size_t slot) const;
  bool apart_behind(std::size_t slot) const;
  bool alone_before(std::size_t slot) const;
  bool alone_behind(std::size_t slot) const;
  bool may_name_month() const;
  std::size_t slots_of_first_line() const;

  Result<void> add(std::size_t slot);
  void mix(std::size_t row, std::uint64_t value);
  void part_all();
  void mix_exactly(const SlotColumns& columns);
  void mix_numbers(const SlotColumns& columns, std::size_t slot);
  void mix_ips(const SlotColumns& columns, std::size_t slot);
  void mix_lists(const SlotColumns& columns, std::size_t slot);
  void mix_words(const WordColumn& column, const WordValues& words, std::size_t slot);
  bool mix_hex(const WordColumn& column, const WordValues& words);
  Result<void> mix_uuids(std::size_t slot);
  Result<void> mix_stamps(const SlotColumns& columns);
  void part_long_rows();

  RowReader& rows_;
  std::optional<bool> uuids_have_digits_;  // each of the segment's
  // Of the type being read.
  std::uint32_t type_ = 0;
  const TypeBody* body_ = nullptr;
  std::size_t slots_ = 0;  // that its messages' first line may reach
  bool month_ = false;
  std::vector<std::uint64_t>* looks_ = nullptr;
  std::vector<std::uint32_t> bytes_;  // of each row's words and lists, at most; empty: none
};

}  // namespace culprit::engine
