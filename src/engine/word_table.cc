#include "engine/word_table.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace culprit::engine {

namespace {

constexpr std::uint32_t kNone = ~0U;
constexpr std::size_t kTableSlots = 1 << 15;

std::size_t uuid_hash(std::uint64_t high, std::uint64_t low) {
  const std::uint64_t both[] = {high, low};
  return XXH3_64bits(both, sizeof both);
}

}  // namespace

WordTable::WordTable() { clear(); }

void WordTable::clear() {
  texts_.clear();
  begins_.assign(1, 0);
  hashes_.clear();
  table_.assign(kTableSlots, kNone);
}

void WordTable::grow() {
  table_.assign(table_.size() * 2, kNone);
  const std::size_t mask = table_.size() - 1;
  for (std::uint32_t id = 0; id < hashes_.size(); ++id) {
    std::size_t i = hashes_[id] & mask;
    while (table_[i] != kNone) i = (i + 1) & mask;
    table_[i] = id;
  }
}

std::uint32_t WordTable::id_of(std::string_view text) {
  const std::uint64_t hash = XXH3_64bits(text.data(), text.size());
  const std::size_t mask = table_.size() - 1;
  std::size_t i = hash & mask;
  for (; table_[i] != kNone; i = (i + 1) & mask)
    if (hashes_[table_[i]] == hash && word(table_[i]) == text) return table_[i];
  const auto id = static_cast<std::uint32_t>(hashes_.size());
  table_[i] = id;
  texts_ += text;
  begins_.push_back(static_cast<std::uint32_t>(texts_.size()));
  hashes_.push_back(hash);
  if (hashes_.size() * 2 > table_.size()) grow();
  return id;
}

UuidTable::UuidTable() { clear(); }

void UuidTable::clear() {
  high_.clear();
  low_.clear();
  table_.assign(kTableSlots, kNone);
}

void UuidTable::grow() {
  table_.assign(table_.size() * 2, kNone);
  const std::size_t mask = table_.size() - 1;
  for (std::uint32_t id = 0; id < high_.size(); ++id) {
    std::size_t i = uuid_hash(high_[id], low_[id]) & mask;
    while (table_[i] != kNone) i = (i + 1) & mask;
    table_[i] = id;
  }
}

std::uint32_t UuidTable::id_of(const Uuid& uuid, bool& added) {
  added = false;
  if (last_ < size() && high_[last_] == uuid.high && low_[last_] == uuid.low) return last_;
  const std::size_t mask = table_.size() - 1;
  std::size_t i = uuid_hash(uuid.high, uuid.low) & mask;
  for (; table_[i] != kNone; i = (i + 1) & mask)
    if (high_[table_[i]] == uuid.high && low_[table_[i]] == uuid.low) return last_ = table_[i];
  added = true;
  const std::uint32_t id = size();
  table_[i] = id;
  last_ = id;
  high_.push_back(uuid.high);
  low_.push_back(uuid.low);
  if (high_.size() * 2 > table_.size()) grow();
  return id;
}

}  // namespace culprit::engine
