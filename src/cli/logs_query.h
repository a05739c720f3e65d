// What the questions of `culprit logs` have in common: which store or capsule, which groups, which window,
// which patterns.
#pragma once

#include <string>
#include <vector>

#include "cli/gather.h"
#include "cli/window_options.h"
#include "engine/search.h"
#include "store/store.h"

namespace CLI {
class App;
}

namespace culprit {

struct LogsQueryOptions {
  std::string store;  // a store's directory or a capsule
  std::vector<std::string> groups;
  WindowOptions window;
  std::string format = "text";  // or json
  bool regex = false;
  bool literal = false;
  bool ignore_case = false;

  void add_to(CLI::App& command);
  void add_pattern_kinds(CLI::App& command);
  bool json() const { return format == "json"; }

  // kUsage with the service's words and a hint when a filter pattern is refused.
  Result<MessagePattern> pattern(const std::string& text) const;
};

struct OpenLogs {
  OpenEvidence evidence;
  LogQuery query;
  Zone zone;
  const Store& store() const { return evidence.store(); }
};

// Opens, and resolves groups (a name, or a part of exactly one) and window. kNotFound names the groups there
// are.
Result<OpenLogs> open_logs(const LogsQueryOptions& options);

}  // namespace culprit
