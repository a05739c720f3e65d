#include "watch/copy_window.h"

namespace culprit {

namespace {

Result<void> copy_events(const Store& from, StoreWriter& to, const CopyOptions& options) {
  Result<void> done;
  const auto scanned = from.scan_logs({{}, options.window}, [&](const LogEventView& event) {
    if (options.keep_event && !options.keep_event(event)) return true;
    done = to.append(event);
    return done.has_value();
  });
  return scanned ? done : scanned;
}

Result<void> copy_series(const Store& from, StoreWriter& to, const Window& window) {
  const auto ids = from.metrics();
  if (!ids) return tl::unexpected(ids.error());
  for (const auto& id : *ids) {
    const auto all = from.series(id, window);
    if (!all) return tl::unexpected(all.error());
    for (const auto& series : *all)
      if (!series.points.empty())
        if (auto put = to.put_series(series); !put) return put;
  }
  return {};
}

Result<void> copy_states(const Store& from, StoreWriter& to, const CopyOptions& options) {
  const auto kinds = from.state_kinds();
  if (!kinds) return tl::unexpected(kinds.error());
  for (const auto& kind : *kinds) {
    const auto states = from.states(kind);
    if (!states) return tl::unexpected(states.error());
    for (const auto& state : *states)
      if (!options.keep_state || options.keep_state(state))
        if (auto put = to.put_state(state); !put) return put;
  }
  return {};
}

Result<void> copy_gaps(const Store& from, StoreWriter& to) {
  const auto gaps = from.gaps();
  if (!gaps) return tl::unexpected(gaps.error());
  for (const auto& gap : *gaps) {
    // That a group was silent for one minute says nothing about the incident.
    if (gap.reason == GapReason::kEmpty) continue;
    if (auto put = to.put_gap(gap); !put) return put;
  }
  return {};
}

Result<void> copy_journal(const Store& from, StoreWriter& to) {
  const auto journal = from.journal();
  if (!journal) return tl::unexpected(journal.error());
  for (const auto& entry : *journal)
    if (auto put = to.put_journal(entry); !put) return put;
  return {};
}

}  // namespace

Result<void> copy_window(const Store& from, StoreWriter& to, const CopyOptions& options) {
  if (options.events)
    if (auto done = copy_events(from, to, options); !done) return done;
  if (auto done = copy_series(from, to, options.window); !done) return done;
  if (auto done = copy_states(from, to, options); !done) return done;
  if (options.gaps)
    if (auto done = copy_gaps(from, to); !done) return done;
  return options.journal ? copy_journal(from, to) : Result<void>();
}

}  // namespace culprit
