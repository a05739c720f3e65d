// {statement}, {endpoint} … in texts of the system file, replaced by the very thing that was found.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "diagnosis/case_file.h"

namespace culprit {

class Placeholders {
 public:
  Placeholders(const CaseFile& file, const KnownIssue& issue);
  std::string fill(std::string_view text) const;
  std::string fill_command(std::string_view text) const;  // and CAPSULE by the capsule's name

 private:
  std::string capsule_;
  std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace culprit
