// Something was changed, or changed by itself: a candidate cause when it stands near an onset.
#pragma once

#include <string>

#include "base/time.h"
#include "telemetry/log_event.h"

namespace culprit {

struct ChangeEvent {
  Time time;
  std::string kind;       // "schema", "configuration", "deployment", "task-stop", "rds-event", "restart"
  std::string component;  // component id, or empty
  std::string text;       // "DROP INDEX index_messages_on_conversation_id"
  // Where it was seen: a log event, or else the part of an AWS answer, as JSON text.
  EventNumber event = 0;
  std::string group;  // log group of the event
  std::string document;
};

}  // namespace culprit
