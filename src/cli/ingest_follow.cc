#include "cli/ingest_follow.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <cstdio>
#include <thread>

#include "base/printable.h"
#include "cli/stop_signal.h"
#include "sources/files/follow.h"

namespace culprit {

namespace {

constexpr auto kPause = std::chrono::milliseconds(100);
constexpr std::size_t kNameBytesMax = 200;

// A followed file stays open.
void raise_file_limit() {
  struct rlimit limit {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

void print_counts(const IngestFollow& arguments, const FollowCounts& counts) {
  if (arguments.store.json()) {
    const boost::json::object out{{"command", "follow"},
                                  {"store", printable_text(arguments.store.directory, kNameBytesMax)},
                                  {"kept", counts.events},
                                  {"bytes", counts.bytes},
                                  {"files", counts.files}};
    fmt::print("{}\n", boost::json::serialize(out));
  } else if (!arguments.quiet) {
    fmt::print("{} events into {}: {} of {} files\n", grouped(counts.events), arguments.store.directory,
               size_text(counts.bytes), grouped(counts.files));
  }
}

Result<void> follow_until_stopped(Follower& follower) {
  while (!stop_asked()) {
    const auto more = follower.round(Follower::Clock::now());
    if (!more) return tl::unexpected(more.error());
    if (!*more && !stop_asked()) std::this_thread::sleep_for(kPause);
  }
  return follower.stop();
}

}  // namespace

Result<void> note_origin(StoreWriter& store, const System& system, const std::optional<Zone>& zone) {
  if (auto put = store.put_note("system", system.name); !put) return put;
  return store.put_note("zone", zone ? zone->name() : system.zone);
}

Result<void> ingest_follow(const IngestFollow& arguments, const System& system, Progress& progress) {
  const std::vector<std::filesystem::path> inputs(arguments.paths.begin(), arguments.paths.end());
  for (const auto& path : inputs) {
    std::error_code ignored;
    if (path != "-" && !std::filesystem::exists(path, ignored))
      return fail(ErrorCode::kNotFound, "no such file or folder", path.string());
    if (path == "-" ||
        (!std::filesystem::is_directory(path, ignored) && !std::filesystem::is_regular_file(path, ignored)))
      return fail(ErrorCode::kUsage, "only files and folders can be followed", path.string(),
                  "Without --follow, standard input and pipes are read to their end.");
  }
  raise_file_limit();
  catch_stop_signals();
  bool created = false;
  const auto store = open_or_create_store(arguments.store.directory, CommitBy::kLog, created);
  if (!store) return tl::unexpected(store.error());
  if (created)
    if (auto noted = note_origin(**store, system, arguments.zone); !noted) return noted;
  FollowOptions options;
  options.file = {arguments.group, arguments.zone};
  Follower follower(inputs, system, options, **store, progress);
  {
    const auto reader = open_store(arguments.store.directory);
    if (!reader) return tl::unexpected(reader.error());
    if (auto resumed = follower.resume(**reader); !resumed) return resumed;
  }
  progress.start("Following", 0, ProgressUnit::kBytes);
  const auto followed = follow_until_stopped(follower);
  progress.finish();
  if (followed) print_counts(arguments, follower.counts());
  return followed;
}

}  // namespace culprit
