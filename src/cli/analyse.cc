#include "cli/analyse.h"

#include <fmt/format.h>

#include "diagnosis/find_window.h"

namespace culprit {

Result<InvestigateOptions> options_for(const OpenEvidence& evidence, Progress& progress) {
  InvestigateOptions options;
  options.zone = evidence.zone.name();
  if (evidence.window) {
    options.window = *evidence.window;
    if (evidence.baseline) options.baseline = *evidence.baseline;
    // Commands on the capsule look at the window it notes unless told otherwise.
    const auto& noted = evidence.noted_window;
    if (!noted || noted->start != options.window.start || noted->end != options.window.end)
      options.capsule_options =
          fmt::format(" --from {} --to {}", format_utc(options.window.start), format_utc(options.window.end));
    return options;
  }
  const auto extent = extent_of(evidence.store());
  if (!extent) return tl::unexpected(extent.error());
  const auto found = find_window(evidence.store(), evidence.system, *extent);
  if (!found) return tl::unexpected(found.error());
  options.window = *found;
  options.baseline = {extent->start, found->start};
  progress.note(
      fmt::format("No --from and --to: looked at all of {} to {} and took {} to {} as the incident window.",
                  evidence.zone.format(extent->start), evidence.zone.format(extent->end),
                  evidence.zone.format(found->start), evidence.zone.format(found->end)));
  return options;
}

}  // namespace culprit
