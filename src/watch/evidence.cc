#include "watch/evidence.h"

#include <fmt/format.h>

#include "base/file.h"
#include "base/zone.h"
#include "conduct/status_message.h"
#include "diagnosis/investigate.h"
#include "report/redact.h"
#include "store/capsule.h"
#include "store/embedded_store.h"

namespace culprit {

namespace {

namespace fs = std::filesystem;

// Alarms fire after the onset, some by several periods.
constexpr std::chrono::minutes kBefore{15};
constexpr std::chrono::hours kBaseline{1};
constexpr std::chrono::hours kHeldMost{48};

Result<void> analyse(const fs::path& store_directory, const Window& window, const Zone& zone,
                     const System& system, const IncidentBook& book, EvidenceSeen& out) {
  const auto store = open_store(store_directory);
  if (!store) return tl::unexpected(store.error());
  InvestigateOptions how;
  how.window = window;
  how.baseline = {window.start - kBaseline, window.start};
  how.zone = zone.name();
  how.capsule = fs::path(out.capsule).filename().string();
  auto findings = investigate(**store, system, how);
  if (!findings) return tl::unexpected(findings.error());
  redact(*findings);
  if (findings->verdict == Verdict::kIncident) {
    out.severity = findings->severity;
    out.headline = findings->headline;
    // The severity stands beside it in every message.
    if (const auto prefix = out.severity + ": "; out.headline.starts_with(prefix))
      out.headline.erase(0, prefix.size());
  }
  const auto incident = book.find(out.incident);
  if (incident) out.text = status_message({*incident, system, &*findings, window.end, zone});
  return {};
}

Result<void> make(const Effect& what, const FlightRecorder& recorder, const System& system,
                  const IncidentBook& book, const fs::path& folder, EvidenceSeen& out) {
  std::error_code ec;
  fs::create_directories(folder, ec);
  if (ec) return tl::unexpected(storage_error("cannot create", folder, ec.value()));
  const auto zone = Zone::find(system.zone);
  if (!zone) return tl::unexpected(zone.error());
  const Window window{what.window->start - kBefore, what.window->end};
  const fs::path frozen = folder / (what.incident + ".partial");
  fs::remove_all(frozen, ec);
  const std::map<std::string, std::string> notes = {{"system", system.name},
                                                    {"zone", zone->name()},
                                                    {"window.start", format_utc(window.start)},
                                                    {"window.end", format_utc(window.end)},
                                                    {"baseline.start", format_utc(window.start - kBaseline)},
                                                    {"baseline.end", format_utc(window.start)}};
  if (auto done = recorder.freeze(frozen, {window.end - kHeldMost, window.end}, notes); !done) return done;
  SealOptions seal_options;
  seal_options.extra_parts.emplace_back("system.yaml", system.source_text);
  seal_options.made_here = true;
  const fs::path capsule = folder / fmt::format("{}-{}.culprit", what.incident, what.text);
  if (auto done = seal(frozen, capsule, seal_options); !done) return done;
  out.capsule = fs::absolute(capsule).string();
  auto done = analyse(frozen, window, *zone, system, book, out);
  fs::remove_all(frozen, ec);
  return done;
}

}  // namespace

EvidenceSeen make_evidence(const Effect& what, const FlightRecorder& recorder, const System& system,
                           const IncidentBook& book, const fs::path& folder) {
  EvidenceSeen out;
  out.incident = what.incident;
  out.phase = what.text;
  if (!what.window) {
    out.problem = "no window";
    return out;
  }
  if (auto done = make(what, recorder, system, book, folder, out); !done)
    out.problem = done.error().message();
  return out;
}

}  // namespace culprit
