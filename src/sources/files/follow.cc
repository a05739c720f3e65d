#include "sources/files/follow.h"

#include <fmt/format.h>

#include "base/printable.h"

namespace culprit {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kReadBytes = std::size_t{1} << 20;        // of one file in one round
constexpr std::uint64_t kCommitBytes = std::uint64_t{8} << 20;  // then a commit, whatever the time
constexpr std::uint64_t kCommitEvents = 100'000;
constexpr std::uint64_t kKeptMax = 4 * kCommitEvents;
constexpr std::size_t kFilesMax = 10'000;
constexpr std::size_t kNameBytesMax = 1024;

// Rotation by copy and truncate names the copy after the file: app.log.1, app.log-20250821.
std::optional<std::uint64_t> copy_begins_at(const FollowedFile& original, const FollowedFile& copy) {
  const auto& from = original.file().path;
  const auto& to = copy.file().path;
  if (from.parent_path() != to.parent_path()) return std::nullopt;
  if (!to.filename().string().starts_with(from.filename().string())) return std::nullopt;
  return original.copied_to(copy);
}

std::size_t hash_of(std::string_view text) { return std::hash<std::string_view>{}(text); }

}  // namespace

Follower::Follower(std::vector<fs::path> inputs, const System& system, FollowOptions options,
                   StoreWriter& store, Progress& progress)
    : inputs_(std::move(inputs)),
      system_(system),
      options_(std::move(options)),
      store_(store),
      progress_(progress),
      emit_([this](const LogTarget& target, const SplitEvent& e) { event(target, e); }) {
  for (const auto& input : inputs_) {
    std::error_code ignored;
    roots_.push_back(fs::is_directory(input, ignored) ? fs::canonical(input, ignored)
                                                      : fs::absolute(input, ignored).lexically_normal());
  }
  acknowledged_.next = store.next_number();
}

Result<void> Follower::resume(const Store& reader) {
  const auto note = reader.note(kFollowNote);
  if (!note) return tl::unexpected(note.error());
  auto state = *note ? read_follow_note(**note, store_.next_number()) : std::nullopt;
  if (!state) {
    // So that a follower that is killed within its first commit knows, too, which events were its own.
    unsaved_ = true;
    return commit(Clock::now());
  }
  // A commit of events whose positions were not noted any more.
  const auto end = std::min(store_.next_number(), state->next + kKeptMax);
  for (EventNumber n = state->next; n < end; ++n) {
    const auto event = reader.event(n);
    if (!event && event.error().code == ErrorCode::kNotFound) continue;
    if (!event) return tl::unexpected(event.error());
    kept_[{event->group, event->stream}].push_back({event->time, hash_of(event->message)});
  }
  for (const auto& position : state->files) known_[position.identity] = position;
  acknowledged_ = std::move(*state);
  return {};
}

bool Follower::is_kept(const LogTarget& target, const SplitEvent& event) {
  if (kept_.empty()) return false;
  const auto found = kept_.find({target.group, target.stream});
  if (found == kept_.end()) return false;
  const auto& next = found->second.front();
  const bool same = next.time == event.time && next.hash == hash_of(event.text);
  // Rather an event twice than one that is missing.
  if (same) found->second.pop_front();
  if (!same || found->second.empty()) kept_.erase(found);
  return same;
}

void Follower::event(const LogTarget& target, const SplitEvent& event) {
  if (failure_) return;
  unsaved_ = true;
  if (is_kept(target, event)) return;
  const auto appended = store_.append({0, target.group, target.stream, event.time, event.time, event.text});
  if (!appended) {
    failure_ = appended.error();
    return;
  }
  ++counts_.events;
  ++events_since_commit_;
}

void Follower::tell(Followed& followed) {
  if (followed.told || followed.file.state() == FollowedFile::State::kWaiting) return;
  followed.told = true;
  const auto name = printable_text(followed.file.file().name, kNameBytesMax);
  if (followed.file.state() == FollowedFile::State::kRefused) {
    progress_.note(fmt::format("{}: not followed: {}", name, followed.file.refusal()));
    return;
  }
  ++counts_.files;
  const auto& target = followed.file.target();
  progress_.note(
      fmt::format("{}: {} -> {} stream {}", name, followed.file.format(), target.group, target.stream));
}

// One file that cannot be read is no reason to leave the others.
void Follower::give_up(Followed& followed, const Error& error) {
  followed.broken = true;
  const auto name = printable_text(followed.file.file().name, kNameBytesMax);
  progress_.note(fmt::format("{}: not followed any more: {}", name, error.what));
  const auto put = store_.put_gap(
      {GapReason::kUnreadable, name, {}, fmt::format("{} could not be read: {}.", name, error.what), {}, {}});
  if (!put) failure_ = put.error();
  unsaved_ = true;
}

Result<void> Follower::add(const InputFile& file, Clock::time_point now) {
  const auto identity = identity_of(file.path);
  if (!identity) return {};  // gone again
  for (auto& followed : files_)
    if (followed.file.identity() == *identity) {
      followed.listed = true;
      return {};
    }
  if (files_.size() >= kFilesMax) {
    if (unopened_.insert(std::string{}).second)
      progress_.note(fmt::format("more than {} files: further ones are not followed", kFilesMax));
    return {};
  }
  auto opened = FollowedFile::open(file, system_, options_.file);
  if (!opened) {
    if (unopened_.insert(file.name).second)
      progress_.note(
          fmt::format("{}: not followed: {}", printable_text(file.name, kNameBytesMax), opened.error().what));
    return {};
  }
  if (const auto known = known_.find(opened->identity()); known != known_.end()) {
    // A file that was renamed since keeps its log group and stream.
    auto same = FollowedFile::open({file.path, known->second.file.name, known->second.file.hint, 0}, system_,
                                   options_.file);
    if (same && same->identity() == known->first && same->resume(known->second)) {
      known_.erase(known);
      files_.push_back({std::move(*same), now});
      return {};
    }
  }
  for (const auto& other : files_)
    if (const auto at = copy_begins_at(other.file, *opened)) {
      auto copy = FollowedFile::open({file.path, other.file.file().name, other.file.file().hint, 0}, system_,
                                     options_.file);
      if (!copy || !copy->skip_to(*at)) break;
      files_.push_back({std::move(*copy), now, true, true});
      return {};
    }
  files_.push_back({std::move(*opened), now});
  return {};
}

bool Follower::is_ours(const FilePosition& position) const {
  for (const auto& root : roots_) {
    const auto relative = position.file.path.lexically_relative(root);
    if (!relative.empty() && *relative.begin() != "..") return true;
  }
  return false;
}

// Files of an earlier run that were renamed out of sight, or copied and truncated, while nobody followed
// them.
Result<void> Follower::find_moved(Clock::time_point now) {
  std::vector<FilePosition> missing;
  for (const auto& [identity, position] : known_)
    if (is_ours(position)) missing.push_back(position);
  for (const auto& position : missing) {
    known_.erase(position.identity);
    const auto name = position.file.path.filename().string();
    bool found = false;
    std::error_code ec;
    for (fs::directory_iterator it(position.file.path.parent_path(), ec), end; !ec && it != end && !found;
         it.increment(ec)) {
      if (!it->is_regular_file(ec) || !it->path().filename().string().starts_with(name)) continue;
      auto file =
          FollowedFile::open({it->path(), position.file.name, position.file.hint, 0}, system_, options_.file);
      if (!file || !file->resume(position)) continue;
      found = true;
      std::erase_if(files_, [&](const auto& f) { return f.file.identity() == file->identity(); });
      files_.insert(files_.begin(), {std::move(*file), now});
    }
    if (found || position.offset == 0) continue;
    const auto text = fmt::format(
        "{} was rotated away while nobody followed it; what was written behind byte {} is not here",
        printable_text(position.file.name, kNameBytesMax), position.offset);
    progress_.note(text);
    auto put = store_.put_gap(
        {GapReason::kMissing, printable_text(position.file.name, kNameBytesMax), {}, text + ".", {}, {}});
    if (!put) return put;
    unsaved_ = true;
  }
  return {};
}

Result<void> Follower::look(Clock::time_point now) {
  if (last_look_ && now - *last_look_ < options_.look_every) return {};
  last_look_ = now;
  const auto listing = list_inputs(inputs_, looked_);
  if (!listing) return tl::unexpected(listing.error());
  for (auto& followed : files_) followed.listed = false;
  for (auto file : listing->files) {
    std::error_code ignored;
    file.path = fs::absolute(file.path, ignored).lexically_normal();
    if (auto added = add(file, now); !added) return added;
  }
  if (!std::exchange(looked_, true)) return find_moved(now);
  return {};
}

Result<void> Follower::read_all(Clock::time_point now) {
  more_ = false;
  for (auto& followed : files_) {
    if (followed.broken) continue;
    const auto bytes = followed.file.read(kReadBytes, emit_);
    if (failure_) return tl::unexpected(*failure_);
    if (!bytes) {
      give_up(followed, bytes.error());
      continue;
    }
    if (followed.file.was_truncated()) {
      unsaved_ = true;
      progress_.note(printable_text(followed.file.file().name, kNameBytesMax) +
                     ": truncated; read from its start");
    }
    tell(followed);
    if (*bytes > 0) {
      followed.last_read = now;
      counts_.bytes += *bytes;
      bytes_since_commit_ += *bytes;
      unsaved_ = true;
      more_ = more_ || *bytes > kReadBytes / 2;
      progress_.advance(*bytes);
    } else if (followed.file.has_open_event() && now - followed.last_read >= options_.settle) {
      followed.file.settle(emit_);
    }
    if (bytes_since_commit_ >= kCommitBytes || events_since_commit_ >= kCommitEvents)
      if (auto committed = commit(now); !committed) return committed;
  }
  return failure_ ? Result<void>(tl::unexpected(*failure_)) : Result<void>{};
}

Result<void> Follower::let_go(Clock::time_point now) {
  for (auto& followed : files_) {
    if (followed.listed || now - followed.last_read < options_.let_go_after) continue;
    if (!followed.broken)
      if (const auto finished = followed.file.finish(emit_); !finished) give_up(followed, finished.error());
    followed.broken = true;
    unsaved_ = true;
  }
  std::erase_if(files_, [&](const Followed& f) {
    return !f.listed && f.broken && now - f.last_read >= options_.let_go_after;
  });
  return failure_ ? Result<void>(tl::unexpected(*failure_)) : Result<void>{};
}

FollowState Follower::state() const {
  FollowState out{store_.next_number(), {}};
  for (const auto& followed : files_) {
    if (followed.broken) continue;
    auto position = followed.file.position();
    if (position && position->offset > 0) out.files.push_back(std::move(*position));
  }
  for (const auto& [identity, position] : known_)  // of other inputs
    if (out.files.size() < kFilesMax) out.files.push_back(position);
  return out;
}

Result<void> Follower::commit(Clock::time_point now) {
  last_commit_ = now;
  if (!unsaved_) return {};
  auto next = state();
  if (auto put = store_.put_note(kFollowNote, follow_note(next, acknowledged_)); !put) return put;
  if (auto committed = store_.commit(); !committed) return committed;
  acknowledged_ = std::move(next);
  unsaved_ = false;
  bytes_since_commit_ = events_since_commit_ = 0;
  return {};
}

Result<bool> Follower::round(Clock::time_point now) {
  if (!last_commit_) last_commit_ = now;
  if (auto read = read_all(now); !read) return tl::unexpected(read.error());
  if (auto looked = look(now); !looked) return tl::unexpected(looked.error());
  if (auto gone = let_go(now); !gone) return tl::unexpected(gone.error());
  if (now - *last_commit_ >= options_.commit_every)
    if (auto committed = commit(now); !committed) return tl::unexpected(committed.error());
  return more_;
}

Result<void> Follower::stop() {
  const auto now = Clock::now();
  if (auto read = read_all(now); !read) return read;
  for (auto& followed : files_)
    if (!followed.broken) followed.file.settle(emit_);
  if (failure_) return tl::unexpected(*failure_);
  return commit(now);
}

}  // namespace culprit
