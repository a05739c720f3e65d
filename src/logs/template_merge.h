// The second step of mining: what varies from message to message, told from all masked forms together.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace culprit {

struct MergedForms {
  std::vector<std::string> forms;      // masked forms with kAny where they vary; sorted, distinct
  std::vector<std::uint32_t> form_of;  // for each given form, its index in `forms`
};

// A function of the set of forms: their order does not matter, nor how often each is given.
MergedForms merge_forms(std::span<const std::string_view> masked);

}  // namespace culprit
