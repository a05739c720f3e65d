// A set of rows of one log type.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

namespace culprit::engine {

class RowSet {
 public:
  explicit RowSet(std::size_t rows, bool all = false)
      : rows_(rows), words_((rows + 63) / 64, all ? ~std::uint64_t{0} : 0) {
    if (all && rows % 64 != 0) words_.back() = (std::uint64_t{1} << (rows % 64)) - 1;
  }
  std::size_t rows() const { return rows_; }
  void add(std::size_t row) { words_[row / 64] |= std::uint64_t{1} << (row % 64); }
  void remove(std::size_t row) { words_[row / 64] &= ~(std::uint64_t{1} << (row % 64)); }
  bool has(std::size_t row) const { return (words_[row / 64] >> (row % 64) & 1) != 0; }
  bool none() const {
    for (const std::uint64_t w : words_)
      if (w != 0) return false;
    return true;
  }
  std::size_t count() const {
    std::size_t n = 0;
    for (const std::uint64_t w : words_) n += static_cast<std::size_t>(std::popcount(w));
    return n;
  }
  RowSet& operator&=(const RowSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
    return *this;
  }
  RowSet& operator|=(const RowSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
    return *this;
  }
  RowSet& operator-=(const RowSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= ~other.words_[i];
    return *this;
  }
  // Calls `take` with each row, ascending.
  template <class Take>
  void for_each(Take take) const {
    for (std::size_t i = 0; i < words_.size(); ++i)
      for (std::uint64_t rest = words_[i]; rest != 0; rest &= rest - 1)
        take(i * 64 + static_cast<std::size_t>(std::countr_zero(rest)));
  }

 private:
  std::size_t rows_;
  std::vector<std::uint64_t> words_;
};

}  // namespace culprit::engine
