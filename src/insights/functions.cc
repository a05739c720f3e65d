#include "insights/functions.h"

#include <unordered_map>

#include "insights/lexer.h"

namespace culprit::insights {

const Function* find_function(std::string_view name) {
  static const auto all = [] {
    std::unordered_map<std::string_view, const Function*> out;
    for (const auto list : {number_functions(), text_functions(), address_functions(), general_functions()})
      for (const auto& function : list) out.emplace(function.name, &function);
    return out;
  }();
  const auto found = all.find(lower_case(name));
  return found == all.end() ? nullptr : found->second;
}

}  // namespace culprit::insights
