// Queries of any bytes: understood or refused with a place inside the text.
#include <cstdlib>

#include "insights/run_query.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto query = culprit::insights::parse_query(text);
  if (query) {
    for (const auto column : query->columns)
      if (column >= query->slots.size()) std::abort();
    (void)culprit::insights::needed_pattern(*query);
  } else if (query.error().message.empty() || query.error().end_character > size ||
             query.error().start_character > query.error().end_character) {
    std::abort();
  }
  return 0;
}
