// The words of a segment while it is built, each kept once and known by a number.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/variable.h"

namespace culprit::engine {

class WordTable {
 public:
  WordTable();
  std::uint32_t id_of(std::string_view word);
  std::string_view word(std::uint32_t id) const {
    return std::string_view(texts_).substr(begins_[id], begins_[id + 1] - begins_[id]);
  }
  std::size_t size() const { return hashes_.size(); }
  void clear();

 private:
  void grow();
  std::string texts_;
  std::vector<std::uint32_t> begins_;
  std::vector<std::uint64_t> hashes_;
  std::vector<std::uint32_t> table_;
};

// The same for uuids.
class UuidTable {
 public:
  UuidTable();
  // The number of the uuid; `added` when it was not there.
  std::uint32_t id_of(const Uuid& uuid, bool& added);
  const std::vector<std::uint64_t>& high() const { return high_; }
  const std::vector<std::uint64_t>& low() const { return low_; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(high_.size()); }
  void clear();

 private:
  void grow();
  std::uint32_t last_ = 0;  // asked for last
  std::vector<std::uint64_t> high_;
  std::vector<std::uint64_t> low_;
  std::vector<std::uint32_t> table_;
};

}  // namespace culprit::engine
