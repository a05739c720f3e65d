// A long SQL statement on one line of a sentence.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace culprit {

// At most about `limit` bytes: the head of the select list, " … " and the statement from its FROM on; cut
// between words, never inside an identifier, a quoted name or a literal. Shorter statements stay whole.
std::string statement_gist(std::string_view sql, std::size_t limit = 120);

}  // namespace culprit
