// Personal data and secrets out of texts, with pseudonyms that stay the same for one Redactor.
//
// Replaced: e-mails, IPv4 and IPv6 addresses, phone numbers, bearer and API tokens, AWS keys, JWTs and signed
// ids, private keys, passwords in URLs and in key=value, JSON and Ruby pairs, cookies and session ids, names
// and free text among request parameters, AWS account ids, and the literals of SQL statements.
// Kept, because an engineer needs them: times, durations, counts, request ids (UUIDs), fingerprints, record
// ids, ports, versions, loopback addresses, names of AWS resources.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace culprit {

// What will become of the text.
enum class RedactFor {
  kReading,   // by people: SQL literals become "?"
  kAnalysis,  // by programs: SQL and JSON stay such: '?' and 0 for literals, numbers in JSON quoted names
  kConfiguration,  // by programs: no SQL is looked for, since prose and commands only look like it
};

// Remembers pseudonyms. Not thread-safe. Redacting what is already redacted changes nothing.
class Redactor {
 public:
  explicit Redactor(RedactFor purpose = RedactFor::kReading) : purpose_(purpose) {}

  std::string redact(std::string_view text);
  // What was replaced, by kind: "3 e-mails, 2 IP addresses".
  std::string note() const;

 private:
  std::string pseudonym(std::string_view kind, std::string_view secret);
  std::string without_known_secrets(std::string text) const;

  RedactFor purpose_;
  std::map<std::string, std::map<std::string, int>> pseudonyms_;  // kind -> secret -> number
  std::map<std::string, std::string> strong_;  // secrets worth finding without their context -> pseudonym
  std::map<std::string, int> replaced_;        // what has no pseudonym, by kind
};

}  // namespace culprit
