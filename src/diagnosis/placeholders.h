// {statement}, {endpoint} … in texts of the system file, replaced by the very thing that was found.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "diagnosis/case_file.h"

namespace culprit {

class Placeholders {
 public:
  Placeholders(const CaseFile& file, const KnownIssue& issue);
  // In a sentence; a long statement is shortened.
  std::string fill(std::string_view text) const;
  // In a command: whole, each value one word to a shell. AWS's gets the profile and region that are known,
  // ours the capsule's name for CAPSULE.
  std::string fill_aws(std::string_view text) const;
  std::string fill_culprit(std::string_view text) const;

 private:
  std::string value(std::string_view name, bool whole) const;
  std::string fill_command(std::string_view text) const;
  template <typename Insert>
  std::string replaced(std::string_view text, Insert insert) const;

  std::string statement_;  // whole
  std::string capsule_, capsule_options_;
  std::vector<std::pair<std::string, std::string>> aws_flags_;
  std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace culprit
