#include "cli/logs_mine.h"

#include <fmt/format.h>

namespace culprit {

std::string_view mined_line(std::string_view message) {
  return message.substr(0, std::min(message.find('\n'), message.size()));
}

Result<MinedLogs> mine_logs(const Store& store, const LogQuery& query) {
  MinedLogs out;
  auto scanned = store.scan_logs(query, [&](const LogEventView& event) {
    out.histogram.add(out.miner.add(mined_line(event.message)), event.time);
    ++out.events;
    return true;
  });
  if (!scanned) return tl::unexpected(scanned.error());
  out.set = out.miner.templates();
  out.activities = out.histogram.by_template(out.set);
  return out;
}

std::string id_text(std::uint64_t id) { return fmt::format("{:016x}", id); }

}  // namespace culprit
