// Personal data and secrets out of findings, with pseudonyms that stay the same within one report.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "diagnosis/findings.h"

namespace culprit {

// E-mails, IP addresses, tokens, keys, passwords, phone numbers, literals of SQL -> "email-1", "ip-2" …
// Every text of the findings goes through it. Sets redacted and redaction_note.
void redact(Findings& findings);

// One text, for tests and other tellers; remembers pseudonyms. Not thread-safe.
class Redactor {
 public:
  std::string redact(std::string_view text);
  // What was replaced, by kind: "3 e-mails, 2 IP addresses".
  std::string note() const;

 private:
  std::map<std::string, std::map<std::string, int>> pseudonyms_;
  std::map<std::string, int> replaced_;
};

}  // namespace culprit
