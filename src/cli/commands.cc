#include "cli/commands.h"

#include <CLI/CLI.hpp>

namespace culprit {

std::vector<AddCommand> all_commands() {
  return {
      add_investigate, add_collect,  add_report,   add_explain,  //
      add_seal,        add_verify,   add_unpack,   add_redact,   //
      add_time,        add_system,   add_doctor,   add_logs,     //
      add_ingest,      add_store,    add_serve,    add_rca,      //
      add_alarms,      add_incident, add_calendar, add_review,   //
      add_remember,    add_compare,  add_watch,    add_notify,
  };
}

std::vector<AddCommand> all_alarms_commands() {
  return {add_alarms_plan,   add_alarms_apply,    add_alarms_drift,  add_alarms_lint,
          add_alarms_export, add_alarms_backtest, add_alarms_mutate, add_alarms_tune};
}

std::vector<AddCommand> all_store_commands() {
  return {add_store_info, add_store_check, add_store_repair, add_store_compact, add_store_export};
}

std::vector<AddCommand> all_logs_commands() {
  return {add_logs_search, add_logs_count, add_logs_tail, add_logs_patterns, add_logs_compare, add_logs_sql};
}

}  // namespace culprit
