#include "sql_report/statement_index.h"

#include <utility>

#include "sql_report/statement_key.h"

namespace culprit {

StatementIndex::StatementIndex(Intern intern) : intern_(std::move(intern)), slots_(1024) {}

StatementIndex::Slot& StatementIndex::slot_of(std::uint64_t hash) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash & mask;
  while (slots_[at].used && slots_[at].hash != hash) at = (at + 1) & mask;
  return slots_[at];
}

void StatementIndex::grow() {
  auto old = std::exchange(slots_, std::vector<Slot>(slots_.size() * 2));
  for (const auto& slot : old)
    if (slot.used) slot_of(slot.hash) = slot;
}

StatementIndex::Found StatementIndex::find(std::string_view sql) {
  const StatementKey key = statement_key(sql);
  if (!key.keyed) return {intern_(shapes_.shape(sql)), in_list_size(sql).largest};
  Slot* slot = &slot_of(key.hash);
  Found found;
  if (slot->used) {
    found.id = slot->id;
  } else {
    // Parsed anew for each key rather than memoised: texts of one fingerprint differ in white space, and
    // which of them is shown must not depend on which came first.
    const bool room = used_ < kKeysMax;
    found.id = intern_(room ? statement_shape(sql) : shapes_.shape(sql));
    if (room) {
      *slot = {key.hash, found.id, true};
      if (++used_ * 2 > slots_.size()) grow();
    }
  }
  found.list = key.lists_known ? key.list : in_list_size(sql).largest;
  return found;
}

}  // namespace culprit
