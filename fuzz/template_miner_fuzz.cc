// Lines of any bytes: each must match the template it is given, and be found again.
#include <cstdlib>
#include <string_view>
#include <vector>

#include "logs/template_match.h"
#include "logs/template_miner.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  // A record ends at a byte 0xff, so that messages may have several lines.
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  culprit::MinerLimits limits;
  limits.forms = 64;
  culprit::TemplateMiner miner(limits);
  std::vector<std::string_view> messages;
  std::vector<culprit::TemplateMiner::FormNumber> forms;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\xff', at), text.size());
    messages.push_back(text.substr(at, end - at));
    forms.push_back(miner.add(messages.back()));
    at = end + 1;
  }
  const auto set = miner.templates();
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const auto& found = set.templates[set.template_of_form[forms[i]]];
    if (!culprit::matches_template(found.text, messages[i])) std::abort();
    if (culprit::template_id(found.text) != found.id) std::abort();
  }
  return 0;
}
