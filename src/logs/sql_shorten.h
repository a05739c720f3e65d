// A statement without what varies between its executions.
#pragma once

#include <string>
#include <string_view>

namespace culprit {

struct ShortenedSql {
  // Literals and parameters as kMaskedLiteral, comments gone, white space single; of list elements (IN (…),
  // ARRAY[…], rows of VALUES) that look alike one is kept. Two statements of one shape have one key.
  std::string key;
  // The statement itself with the same elements left out: what the parser gets.
  std::string sql;
  std::size_t tokens = 0;  // kept in `sql`
  bool cut = false;        // ends inside a string
};

inline constexpr char kMaskedLiteral = '\x01';

ShortenedSql shorten_sql(std::string_view sql);

}  // namespace culprit
