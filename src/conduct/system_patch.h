// A system file with items added to its lists, and the difference as `diff -u` writes it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace culprit {

// Items of one list of the file: "known_issues", "alarms".
struct AddedItems {
  std::string list;
  // Each as YAML without a dash: the first line and those that follow are indented by two spaces from where
  // the dash stands.
  std::vector<std::string> items;
};

struct SystemPatch {
  std::string text;  // the file as it would be
  std::string diff;  // unified; `patch -p0` and `git apply -p0` take it
};

// Puts the items at the end of their lists; a list that the file has not is put at its end. Nothing else of
// the file changes. An empty `before` is a file that is not there yet. kInput when a list is written on one
// line.
Result<SystemPatch> patch_system(std::string_view before, const std::string& file,
                                 const std::vector<AddedItems>& added);

// The difference to a file that is not there yet.
std::string diff_of_new(std::string_view text, const std::string& file);

// A scalar that reads back as this text, whatever is in it: double-quoted.
std::string yaml_quoted(std::string_view text);

}  // namespace culprit
