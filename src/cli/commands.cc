#include "cli/commands.h"

#include <CLI/CLI.hpp>

namespace culprit {

std::vector<AddCommand> all_commands() {
  return {
      add_investigate, add_collect, add_report, add_explain,  //
      add_seal,        add_verify,  add_unpack,               //
      add_time,        add_system,  add_doctor, add_logs,
  };
}

std::vector<AddCommand> all_logs_commands() { return {add_logs_search, add_logs_count, add_logs_tail, add_logs_sql}; }

}  // namespace culprit
