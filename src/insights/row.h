// One row of a query on its way through the pipeline: a log event whose fields are found when they are asked
// for, or a row that was computed.
#pragma once

#include <string>
#include <vector>

#include "insights/query.h"
#include "logs/json_select.h"
#include "telemetry/log_event.h"

namespace culprit::insights {

// What the names of a query's fields mean in an event: @timestamp, @ingestionTime, @message, @logStream, @log
// ("account:group"), @ptr; any other name is a member of a JSON message ("a.b", "list.0.id"), as it stands in
// the document or as a path. A document's own "@name" is "@@name".
class FieldMeanings {
 public:
  FieldMeanings(const std::vector<std::string>& names, std::string account);

  std::size_t size() const { return fields_.size(); }
  // `is_json`: unset until it was looked at.
  Value find(Slot slot, const LogEventView& event, std::optional<bool>& is_json) const;

 private:
  enum class Kind { kTime, kIngestion, kMessage, kStream, kLog, kPointer, kMember, kNone };
  struct Field {
    Kind kind = Kind::kMember;
    std::string name;
    JsonSelector path;  // when it is more than the name
  };
  static Field field_of(const std::string& name);

  std::vector<Field> fields_;
  std::string account_;
};

// A row that outlives the event it came from.
struct KeptRow {
  std::vector<Value> values;
  EventNumber number = 0;  // 0: computed from several events
  Time time;
  std::size_t part = 0;  // of the rows that unnest made of an event, or of a table

  std::size_t bytes() const;
};

class Row {
 public:
  explicit Row(const FieldMeanings& fields)
      : fields_(&fields), values_(fields.size()), known_(fields.size(), false) {}

  void begin(const LogEventView& event);
  void begin(KeptRow kept);
  // A computed row, all fields missing; `place`: which of its table.
  void begin_empty(std::size_t place);

  const Value& at(Slot slot);
  void set(Slot slot, Value value);
  // With every field of the query found.
  KeptRow keep();

  EventNumber number() const { return number_; }
  Time time() const { return time_; }
  std::size_t part() const { return part_; }

 private:
  const FieldMeanings* fields_;
  std::vector<Value> values_;
  std::vector<bool> known_;
  LogEventView event_;
  bool has_event_ = false;
  std::optional<bool> is_json_;
  EventNumber number_ = 0;
  Time time_;
  std::size_t part_ = 0;
};

// What @ptr says and GetLogRecord reads again.
std::string pointer_to(EventNumber number);
std::optional<EventNumber> read_pointer(std::string_view text);

}  // namespace culprit::insights
