#include "report/redact.h"
#include "report/sql_tellers.h"

namespace culprit {

namespace {

// A plan's nodes name tables and costs; the lines below them hold conditions with their literals.
std::string without_literals(std::string_view plan) {
  std::string out;
  while (!plan.empty()) {
    const auto end = std::min(plan.find('\n'), plan.size());
    const auto line = plan.substr(0, end);
    plan.remove_prefix(std::min(end + 1, plan.size()));
    if (!out.empty()) out += '\n';
    if (line.find("(cost=") != std::string_view::npos) {
      out += line;
      continue;
    }
    for (std::size_t i = 0; i < line.size(); ++i) {
      const char c = line[i];
      const bool digit = c >= '0' && c <= '9';
      const char before = i == 0 ? ' ' : line[i - 1];
      if (c == '\'') {
        out += '?';
        for (++i; i < line.size() && line[i] != '\''; ++i) {
        }
      } else if (digit && !std::isalnum(static_cast<unsigned char>(before)) && before != '_' &&
                 before != '$') {
        out += '?';
        while (i + 1 < line.size() && ((line[i + 1] >= '0' && line[i + 1] <= '9') || line[i + 1] == '.')) ++i;
      } else {
        out += c;
      }
    }
  }
  return out;
}

}  // namespace

void redact(SqlReport& r) {
  Redactor redactor;
  for (auto& s : r.statements) {
    s.sql = redactor.redact(s.sql);
    s.slowest_plan = redactor.redact(without_literals(s.slowest_plan));
  }
  for (auto& e : r.error_classes) {
    e.error_class = redactor.redact(e.error_class);
    e.example = redactor.redact(e.example);
  }
  for (auto& c : r.connections.received_from) c.name = redactor.redact(c.name);
  for (auto& s : r.server_states) s.message = redactor.redact(s.message);
  r.redacted = true;
  r.redaction_note = redactor.note();
}

}  // namespace culprit
