#include "watch/flight_recorder.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/digest.h"
#include "base/file.h"
#include "store/embedded_store.h"
#include "watch/copy_window.h"

namespace culprit {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kDamaged = ".damaged";

std::string hour_name(Time time) { return format_utc(time).substr(0, 13) + "Z"; }

std::uint64_t bytes_of(const fs::path& directory) {
  std::uint64_t out = 0;
  std::error_code ec;
  for (const auto& entry : fs::recursive_directory_iterator(directory, ec)) {
    std::error_code gone;
    const auto size = entry.is_regular_file(gone) ? entry.file_size(gone) : 0;
    if (!gone) out += size;
  }
  return out;
}

// How often each event of a window is there, by digest.
using Seen = std::map<std::string, std::size_t>;

std::string digest_of(const LogEventView& e) {
  Sha256 hash;
  for (const std::string_view part : {e.group, e.stream, std::string_view("\0", 1)}) hash.update(part);
  hash.update(std::to_string(to_epoch_ms(e.time)));
  hash.update({"\0", 1});
  hash.update(e.message);
  const auto digest = hash.finish();
  return {reinterpret_cast<const char*>(digest.data()), 16};
}

Result<void> count_events(const Store& store, const Window& window, Seen& seen) {
  return store.scan_logs({{}, window}, [&](const LogEventView& event) {
    ++seen[digest_of(event)];
    return true;
  });
}

// What is missing in each of many minutes is one gap.
class MergedGaps {
 public:
  Result<void> add(const Store& store) {
    const auto gaps = store.gaps();
    if (!gaps) return tl::unexpected(gaps.error());
    for (const auto& gap : *gaps) {
      const auto [known, fresh] =
          all_.try_emplace({gap.reason, gap.subject, gap.component, gap.detail, gap.action}, gap);
      auto& window = known->second.window;
      if (fresh || !window || !gap.window) continue;
      window->start = std::min(window->start, gap.window->start);
      window->end = std::max(window->end, gap.window->end);
    }
    return {};
  }
  using Key = std::tuple<GapReason, std::string, std::string, std::string, std::string>;
  const std::map<Key, Gap>& all() const { return all_; }

 private:
  std::map<Key, Gap> all_;
};

bool must_go_aside(const Error& error) {
  return error.code == ErrorCode::kDamaged || error.code == ErrorCode::kInput;
}

void put_aside(const fs::path& hour, std::vector<std::string>& said) {
  std::error_code ec;
  fs::rename(hour, hour.string() + std::string(kDamaged), ec);
  said.push_back(fmt::format("{} cannot be read and was put aside", hour.string()));
}

Result<std::unique_ptr<StoreWriter>> open_hour(const fs::path& hour) {
  std::error_code ec;
  return fs::exists(hour / "FORMAT", ec) ? open_store_writer(hour) : create_store(hour);
}

}  // namespace

std::vector<fs::path> FlightRecorder::hours() const {
  std::vector<fs::path> out;
  std::error_code ec;
  for (const auto& entry : fs::directory_iterator(directory_, ec))
    if (fs::exists(entry.path() / "FORMAT", ec) && entry.path().extension() != kDamaged)
      out.push_back(entry.path());
  std::ranges::sort(out);
  return out;
}

std::uint64_t FlightRecorder::bytes() const { return bytes_of(directory_); }

// Makes room; false when the present hour fills all there may be.
Result<bool> FlightRecorder::trim(const fs::path& present) const {
  auto held = hours();
  const auto goes = [&](const fs::path& hour) -> Result<void> {
    std::error_code ec;
    fs::remove_all(hour, ec);
    if (ec) return tl::unexpected(storage_error("cannot remove", hour, ec.value()));
    return {};
  };
  std::uint64_t total = 0;
  std::map<fs::path, std::uint64_t> sizes;
  for (const auto& hour : held) total += sizes[hour] = bytes_of(hour);
  std::size_t left = held.size();
  for (const auto& hour : held) {
    if (hour == present) continue;
    if (left <= static_cast<std::size_t>(limits_.hours) && total <= limits_.bytes) break;
    if (auto done = goes(hour); !done) return tl::unexpected(done.error());
    total -= sizes[hour];
    --left;
  }
  return total <= limits_.bytes;
}

Result<std::vector<std::string>> FlightRecorder::add(const Store& batch, const Window& window) {
  std::vector<std::string> said;
  std::error_code ec;
  fs::create_directories(directory_, ec);
  if (ec) return tl::unexpected(storage_error("cannot create", directory_, ec.value()));
  const fs::path present = directory_ / hour_name(window.end - Duration(1));
  const auto room = trim(present);
  if (!room) return tl::unexpected(room.error());
  Seen seen;
  auto held = hours();
  if (held.size() > 2) held.erase(held.begin(), held.end() - 2);  // windows overlap by minutes
  for (const auto& hour : held) {
    const auto store = open_store(hour);
    const auto counted = store ? count_events(**store, window, seen) : tl::unexpected(store.error());
    if (counted) continue;
    if (!must_go_aside(counted.error())) return tl::unexpected(counted.error());
    put_aside(hour, said);
  }
  auto writer = open_hour(present);
  if (!writer && must_go_aside(writer.error())) {
    put_aside(present, said);
    writer = create_store(present);
  }
  if (!writer) return tl::unexpected(writer.error());
  CopyOptions options;
  options.window = window;
  options.events = *room;
  options.keep_event = [&](const LogEventView& event) {
    const auto known = seen.find(digest_of(event));
    if (known == seen.end() || known->second == 0) return true;
    --known->second;
    return false;
  };
  options.keep_state = [&](const ResourceState& state) {
    auto digest = to_hex(sha256(boost::json::serialize(state.document)));
    auto& last = states_[state.kind + "\n" + state.id];
    return std::exchange(last, digest) != digest;
  };
  if (!*room) {
    said.push_back(
        fmt::format("the recorder's {} MB are full: log events are left out", limits_.bytes / 1'000'000));
    const Gap gap{GapReason::kCut, "log events", "", "the flight recorder's limit of disk was reached", "",
                  window};
    if (auto put = (*writer)->put_gap(gap); !put) return tl::unexpected(put.error());
  }
  auto done = copy_window(batch, **writer, options);
  if (done) done = (*writer)->commit();
  if (!done) {
    states_.clear();
    return tl::unexpected(done.error());
  }
  return said;
}

Result<void> FlightRecorder::freeze(const fs::path& to, const Window& window,
                                    const std::map<std::string, std::string>& notes) const {
  auto writer = create_store(to, CommitBy::kSegments, Durability::kScratch);
  if (!writer) return tl::unexpected(writer.error());
  for (const auto& [key, value] : notes)
    if (auto put = (*writer)->put_note(key, value); !put) return put;
  MergedGaps gaps;
  for (const auto& hour : hours()) {
    const auto store = open_store(hour);
    if (!store && must_go_aside(store.error())) {
      const Gap gap{GapReason::kUnreadable,
                    hour.filename().string(),
                    "",
                    "an hour of the flight recorder is damaged",
                    "",
                    {}};
      if (auto put = (*writer)->put_gap(gap); !put) return put;
      continue;
    }
    if (!store) return tl::unexpected(store.error());
    CopyOptions options;
    options.window = window;
    options.gaps = false;
    if (auto done = copy_window(**store, **writer, options); !done) return done;
    if (auto done = gaps.add(**store); !done) return done;
  }
  for (const auto& [key, gap] : gaps.all())
    if (auto put = (*writer)->put_gap(gap); !put) return put;
  return (*writer)->commit();
}

}  // namespace culprit
