// Events as `culprit logs search` and `tail` show them: whole, or only some of their fields.
#pragma once

#include <string>
#include <vector>

#include "base/zone.h"
#include "logs/message_fields.h"
#include "logs/message_pattern.h"
#include "telemetry/log_event.h"

namespace CLI {
class App;
}

namespace culprit {

struct FieldsOption {
  std::vector<std::string> names;  // none: whole events
  void add_to(CLI::App& command);
};

// Prints event after event on standard output. Fields stand in columns on a terminal, parted by tabs
// elsewhere.
class EventPrinter {
 public:
  // A space-delimited filter pattern names fields too.
  EventPrinter(const FieldsOption& fields, const MessagePattern& pattern, Zone zone, bool json);
  void print(const LogEventView& event);
  // What was held back to measure the columns; the last call, or before a pause.
  void flush();

 private:
  using Row = std::vector<std::string>;
  using Value = std::optional<std::string>;
  std::vector<Value> values(const LogEventView& event) const;
  Value own_value(const LogEventView& event, std::string_view name) const;
  void print_json(const LogEventView& event) const;
  void print_row(const Row& row) const;

  MessageFields fields_;
  MessagePattern pattern_;
  Zone zone_;
  bool json_;
  bool columns_;
  bool measured_ = false;
  std::vector<std::size_t> widths_;
  std::vector<Row> held_;
};

}  // namespace culprit
