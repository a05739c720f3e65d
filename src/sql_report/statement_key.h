// What stays the same between executions of a statement, as one number: a hash of its text without literals.
#pragma once

#include <cstdint>
#include <string_view>

namespace culprit {

// Numbers, strings and parameters count as one mark each, comments as nothing, an IN list of nothing but
// literals as one mark whatever its length. Everything else counts byte by byte, white space too: so texts of
// one key have one fingerprint (logs/statement.h), while one fingerprint may have several keys.
struct StatementKey {
  std::uint64_t hash = 0;
  std::uint64_t list = 0;  // elements of the longest list that was counted as one mark
  bool keyed = false;      // false: a text that this reader leaves to a full tokenizer (E'', $tag$, cut …)
  bool lists_known = false;  // false: other lists stand in it as well (in_list_size() tells them)
};

// Any bytes are tolerated. Nothing is allocated; about one pass at memory speed through lists of numbers.
StatementKey statement_key(std::string_view sql);

}  // namespace culprit
