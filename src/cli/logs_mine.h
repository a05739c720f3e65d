// Templates of a store's log events, and when they came: what `logs patterns` and `logs compare` start from.
#pragma once

#include <vector>

#include "cli/logs_query.h"
#include "logs/template_histogram.h"
#include "logs/template_miner.h"

namespace culprit {

struct MinedLogs {
  TemplateMiner miner;
  TemplateHistogram histogram;  // by the miner's forms
  TemplateSet set;
  std::vector<TemplateActivity> activities;  // by template of the set
  std::uint64_t events = 0;
};

// An event of several lines is mined by its first.
Result<MinedLogs> mine_logs(const Store& store, const LogQuery& query);

// "3f1c09a6ed56cda8"
std::string id_text(std::uint64_t id);

}  // namespace culprit
