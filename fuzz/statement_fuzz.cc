// Statements of any bytes get a shape, the same one twice.
#include <cstdlib>

#include "logs/statement.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view sql(reinterpret_cast<const char*>(data), size);
  culprit::StatementShapes shapes;
  const auto first = shapes.shape(sql).fingerprint;
  if (first.empty() || shapes.shape(sql).fingerprint != first) std::abort();
  culprit::in_list_size(sql);
  culprit::is_schema_change(sql);
  return 0;
}
