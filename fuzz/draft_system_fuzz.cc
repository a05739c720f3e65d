// Answers of the AWS CLI: whatever draft_system makes of any bytes passes its own check.
#include <cstdint>
#include <cstdlib>

#include "system/draft_system.h"
#include "system/load_system.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  culprit::DraftInput input;
  input.services = text;
  if (size % 2 == 0) input.databases = text;
  if (size % 3 == 0) input.log_groups = text;
  const auto draft = culprit::draft_system(input);
  if (draft && !culprit::check_system(*draft, "draft.yaml").empty()) std::abort();
  return 0;
}
