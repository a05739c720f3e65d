#include "cli/logs_mine.h"

#include <fmt/format.h>

namespace culprit {

Result<MinedLogs> mine_logs(const Store& store, const LogQuery& query) {
  auto forms = store.mine_forms(query);
  if (!forms) return tl::unexpected(forms.error());
  MinedLogs out{std::move(forms->miner), std::move(forms->histogram), {}, {}, forms->events};
  out.set = out.miner.templates();
  out.activities = out.histogram.by_template(out.set);
  return out;
}

std::string id_text(std::uint64_t id) { return fmt::format("{:016x}", id); }

}  // namespace culprit
