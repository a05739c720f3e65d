// SQL statements: fingerprint and normal form by PostgreSQL's own parser (libpg_query), size of IN lists.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace culprit {

struct StatementShape {
  std::string fingerprint;  // 16 hex digits of libpg_query; "unparsed:" + 16 hex digits of a masked text's
                            // hash when the parser refuses the text (cut statements)
  std::string normalised;   // constants as $1, $2 …; IN lists shortened to "IN ($1, …)" ; one line
  bool parsed = false;
};

// Parses the statement; StatementShapes saves that for statements that it knows.
StatementShape statement_shape(std::string_view sql);

struct InListSize {
  std::uint64_t largest = 0;  // elements of the longest IN (…) list or ANY('{…}') array; 0 = none
};

// Counts elements without parsing the whole statement; of a cut statement, those before the cut.
InListSize in_list_size(std::string_view sql);

// Whether a statement changes the schema or rewrites a table: CREATE, ALTER, DROP, TRUNCATE, REINDEX,
// CLUSTER, VACUUM FULL …; by its first words.
bool is_schema_change(std::string_view sql);

// Fingerprints statements; memoised by the statement's text with constants masked, so that a million
// executions of one statement parse it once. Not thread-safe.
class StatementShapes {
 public:
  StatementShapes();
  ~StatementShapes();
  const StatementShape& shape(std::string_view sql);

 private:
  struct Memo;
  std::unique_ptr<Memo> memo_;
};

}  // namespace culprit
