// Values of a JSON document by a property selector: $.a.b[0], $.['a.b'], $.list[*].id, $.*
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace culprit {

struct JsonStep {
  enum class Kind { kName, kIndex, kAnyElement, kAnyMember };
  Kind kind = Kind::kName;
  std::string name;
  std::size_t index = 0;
};

using JsonSelector = std::vector<JsonStep>;  // empty: the document itself

// "user.tags.0": names joined by dots, numbers as places in arrays.
JsonSelector dotted_selector(std::string_view name);

// Whether the text is one JSON object or array (RFC 8259) and nothing else but white space. Invalid UTF-8
// inside strings is tolerated; nesting deeper than 1,000 is refused. Allocates nothing.
bool is_json_document(std::string_view text);

// Calls `wanted` with the raw text of each selected value until it returns true; tells whether it did. Of
// members with the same name the last counts. `document` must be a JSON document.
bool select_json(std::string_view document, const JsonSelector& selector,
                 const std::function<bool(std::string_view)>& wanted);

}  // namespace culprit
