// The functions that expressions may call.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "insights/value.h"

namespace culprit::insights {

struct Moments {
  Time now;    // of the query
  Time event;  // of the row
};

struct Function {
  std::string_view name;  // lower case: names are read in either case
  std::size_t arguments_min = 0;
  std::size_t arguments_max = 0;
  // Any values in any place; what cannot be computed is missing.
  Value (*run)(std::span<const Value> arguments, const Moments& moments) = nullptr;
};

constexpr std::size_t kArgumentsMax = 100;
constexpr std::size_t kTextBytesMax = std::size_t{4} << 20;  // of a text that a function makes

// Null for a name that there is not.
const Function* find_function(std::string_view name);

// One list a kind, in the file of its name.
std::span<const Function> number_functions();
std::span<const Function> text_functions();
std::span<const Function> address_functions();
std::span<const Function> general_functions();

}  // namespace culprit::insights
