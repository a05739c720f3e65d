// Every command of the program, one file each (src/cli/<command>.cc); the one visible list is in
// commands.cc.
#pragma once

#include <functional>
#include <vector>

namespace CLI {
class App;
}

namespace culprit {

// Adds a subcommand whose callback stores the process exit code in `exit`.
using AddCommand = void (*)(CLI::App& app, int& exit);

std::vector<AddCommand> all_commands();

void add_investigate(CLI::App& app, int& exit);
void add_collect(CLI::App& app, int& exit);
void add_report(CLI::App& app, int& exit);
void add_explain(CLI::App& app, int& exit);
void add_seal(CLI::App& app, int& exit);
void add_redact(CLI::App& app, int& exit);
void add_verify(CLI::App& app, int& exit);
void add_unpack(CLI::App& app, int& exit);
void add_time(CLI::App& app, int& exit);
void add_system(CLI::App& app, int& exit);
void add_doctor(CLI::App& app, int& exit);
void add_logs(CLI::App& app, int& exit);
void add_ingest(CLI::App& app, int& exit);
void add_store(CLI::App& app, int& exit);
void add_serve(CLI::App& app, int& exit);
void add_rca(CLI::App& app, int& exit);
void add_alarms(CLI::App& app, int& exit);
void add_incident(CLI::App& app, int& exit);
void add_calendar(CLI::App& app, int& exit);
void add_review(CLI::App& app, int& exit);
void add_remember(CLI::App& app, int& exit);
void add_compare(CLI::App& app, int& exit);
void add_watch(CLI::App& app, int& exit);
void add_notify(CLI::App& app, int& exit);

// Below `culprit logs`.
std::vector<AddCommand> all_logs_commands();
void add_logs_search(CLI::App& app, int& exit);
void add_logs_count(CLI::App& app, int& exit);
void add_logs_tail(CLI::App& app, int& exit);
void add_logs_patterns(CLI::App& app, int& exit);
void add_logs_compare(CLI::App& app, int& exit);
void add_logs_sql(CLI::App& app, int& exit);

// Below `culprit alarms`.
std::vector<AddCommand> all_alarms_commands();
void add_alarms_plan(CLI::App& app, int& exit);
void add_alarms_apply(CLI::App& app, int& exit);
void add_alarms_drift(CLI::App& app, int& exit);
void add_alarms_export(CLI::App& app, int& exit);
void add_alarms_lint(CLI::App& app, int& exit);
void add_alarms_backtest(CLI::App& app, int& exit);
void add_alarms_mutate(CLI::App& app, int& exit);
void add_alarms_tune(CLI::App& app, int& exit);

// Below `culprit store`.
std::vector<AddCommand> all_store_commands();
void add_store_info(CLI::App& app, int& exit);
void add_store_check(CLI::App& app, int& exit);
void add_store_repair(CLI::App& app, int& exit);
void add_store_compact(CLI::App& app, int& exit);
void add_store_export(CLI::App& app, int& exit);

}  // namespace culprit
