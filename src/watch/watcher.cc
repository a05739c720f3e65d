#include "watch/watcher.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/file.h"
#include "conduct/incident_book.h"
#include "store/writer_lock.h"
#include "watch/evidence.h"
#include "watch/state_file.h"

namespace culprit {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kBy = "culprit watch";
// Part of an account that cannot be seen for so long no longer holds up the rest.
constexpr std::chrono::minutes kHoldsUpMost{30};

IncidentEvent::Kind book_kind(Effect::Kind kind) {
  switch (kind) {
    case Effect::Kind::kSeverity:
      return IncidentEvent::Kind::kSeverity;
    case Effect::Kind::kResolve:
      return IncidentEvent::Kind::kResolved;
    default:
      return IncidentEvent::Kind::kNote;
  }
}

std::set<std::string> subjects_of(const AlarmSet& set) {
  std::set<std::string> out;
  for (const auto& metric : metrics_of(set)) {
    const auto* filter = set.filter_of(metric);
    out.insert(filter == nullptr ? to_string(metric) : filter->log_group);
  }
  return out;
}

// What a killed watch left half done; the lock is held.
void remove_halves(const fs::path& state) {
  for (const auto& folder : {state, state / "evidence"}) {
    std::error_code ec;
    std::vector<fs::path> halves;
    for (const auto& entry : fs::directory_iterator(folder, ec)) {
      const auto name = entry.path().filename().string();
      if (name.starts_with("state.json.tmp") || name.find(".partial") != std::string::npos || name == "batch")
        halves.push_back(entry.path());
    }
    for (const auto& half : halves) fs::remove_all(half, ec);
  }
}

// Of no use ever again: the book does not take it as it stands.
bool is_hopeless(const Error& error) {
  return error.code == ErrorCode::kUsage || error.code == ErrorCode::kNotFound;
}

}  // namespace

Watcher::Watcher(const System& system, Account& account, WatchOptions options, Watchable watched,
                 FileHandle lock)
    : system_(system),
      account_(account),
      options_(std::move(options)),
      watched_(std::move(watched)),
      lock_(std::move(lock)),
      machine_(system_, watched_.set, options_.rules),
      recorder_(options_.state / "recorder", options_.recorder),
      outbox_(options_.state / "outbox") {}

Result<std::unique_ptr<Watcher>> Watcher::open(const System& system, Account& account, WatchOptions options) {
  std::error_code ec;
  fs::create_directories(options.state, ec);
  if (ec) return tl::unexpected(storage_error("cannot create", options.state, ec.value()));
  auto lock = lock_for_writing(options.state);
  if (!lock && lock.error().code == ErrorCode::kStorage && lock.error().what.starts_with("another culprit"))
    return fail(ErrorCode::kUsage, "another process watches with this folder", options.state.string(),
                "One watch at a time has a folder: stop the other, or give --state DIR.");
  if (!lock) return tl::unexpected(lock.error());
  remove_halves(options.state);
  auto all = alarms_of(system);
  if (!all) return tl::unexpected(all.error());
  auto state = load_state(options.state / "state.json");
  if (!state) return tl::unexpected(state.error());
  if (!state->system.empty() && state->system != system.name)
    return fail(
        ErrorCode::kUsage,
        fmt::format("the folder belongs to the watch of '{}', not of '{}'", state->system, system.name),
        options.state.string(), "Give each system a folder of its own with --state DIR.");
  state->system = system.name;
  auto watched = watchable(*all, system);
  if (watched.set.alarms.empty())
    return fail(ErrorCode::kUsage,
                fmt::format("the system '{}' has no alarm that could be watched", system.name), "",
                "Add `alarms`, `log_alerts` with filter and alarm, or `objectives` to the system file.");
  account.needs(subjects_of(watched.set));
  std::unique_ptr<Watcher> out(
      new Watcher(system, account, std::move(options), std::move(watched), std::move(*lock)));
  for (const auto& point : state->metrics) out->metrics_.put(point);
  out->state_ = std::move(*state);
  return out;
}

Result<void> Watcher::save() { return save_state(options_.state / "state.json", state_); }

std::vector<BookEntry> Watcher::read_book(Round& round) const {
  std::vector<BookEntry> out;
  const auto all = IncidentBook(options_.book).all();
  if (!all) {
    round.log.push_back("the book of incidents cannot be read: " + all.error().message());
    return out;
  }
  for (const auto& i : *all)
    if (i.system == system_.name)
      out.push_back({i.id, i.open(), i.events.front().by == kBy, i.acknowledged_by,
                     i.acknowledged.has_value(), i.resolved_by, i.resolution, i.severity, i.title});
  return out;
}

Result<void> Watcher::take_batch(const FetchPlan& plan, const Batch& batch, Observation& seen, Round& round) {
  if (batch.store) {
    auto kept = recorder_.add(*batch.store, plan.collect);
    if (!kept)
      kept = std::vector<std::string>{"the flight recorder cannot keep it: " + kept.error().message()};
    for (const auto& said : *kept)
      if (std::exchange(said_, said) != said) round.log.push_back(said);
  }
  const bool held_up_long = !batch.nothing && seen.now.wall - plan.evaluate_from > kHoldsUpMost;
  if (!batch.trouble.empty()) seen.trouble = batch.trouble;
  if (!batch.store || (!batch.trouble.empty() && !held_up_long)) return {};
  if (batch.trouble.empty()) seen.seen = true;
  const auto fresh = RecordedMetrics::load(*batch.store, watched_.set, plan.collect);
  if (!fresh) return tl::unexpected(fresh.error());
  metrics_.merge(*fresh);
  auto minutes =
      evaluate_minutes(watched_.set, metrics_, state_.alarms, plan.evaluate_from, plan.collect.end);
  if (!minutes) return tl::unexpected(minutes.error());
  seen.minutes = std::move(*minutes);
  for (const auto& [metric, longest] : watched_.looks_back)
    metrics_.forget_before(metric, plan.collect.end - longest - options_.fetch.overlap - options_.fetch.jump);
  round.more = plan.more;
  return {};
}

Result<void> Watcher::observe(Observation& seen, Round& round) {
  if (const auto jump = follow_clock(state_, seen.now, options_.fetch); !jump.empty()) {
    round.log.push_back(jump);
    metrics_.forget_from(floor_minute(seen.now.wall) + std::chrono::minutes(1));
  }
  const auto plan = plan_fetch(state_, seen.now.wall, options_.fetch);
  if (!plan) return {};
  if (plan->skipped)
    round.log.push_back(fmt::format("{} to {} is too long ago to be made up for: its alarms are not decided",
                                    format_utc(plan->skipped->start), format_utc(plan->skipped->end)));
  const fs::path directory = options_.state / "batch";
  std::error_code ec;
  fs::remove_all(directory, ec);
  auto batch = account_.collect(plan->collect, directory);
  if (!batch) return tl::unexpected(batch.error());
  auto taken = take_batch(*plan, *batch, seen, round);
  batch->store.reset();
  fs::remove_all(directory, ec);
  return taken;
}

Result<void> Watcher::decide(const Observation& seen, Round& round) {
  const WatchState before = state_;
  for (auto& line : machine_.step(state_, seen)) round.log.push_back(std::move(line));
  state_.metrics = metrics_.points();
  auto saved = save();
  if (!saved) state_ = before;  // what is not on disk is not decided
  return saved;
}

Result<void> Watcher::write_in_book(const Effect& effect) {
  IncidentBook book(options_.book);
  if (effect.kind == Effect::Kind::kOpen) {
    NewIncident fresh{system_.name,     effect.text, effect.severity, "",
                      std::string(kBy), effect.time, effect.incident};
    fresh.capsule = fs::absolute(options_.state / "evidence" / (effect.incident + "-open.culprit")).string();
    const auto opened = book.open(fresh);
    return opened ? Result<void>() : tl::unexpected(opened.error());
  }
  const auto incident = book.find(effect.incident);
  if (!incident) return tl::unexpected(incident.error());
  const IncidentEvent event{effect.time, book_kind(effect.kind), std::string(kBy), effect.text};
  for (const auto& known : incident->events)
    if (known.time == event.time && known.kind == event.kind && known.by == event.by &&
        known.text == event.text)
      return {};  // written before the process was killed
  if (event.kind == IncidentEvent::Kind::kResolved && !incident->open()) return {};
  const auto added = book.add(effect.incident, event);
  return added ? Result<void>() : tl::unexpected(added.error());
}

Result<void> Watcher::do_one(const Effect& effect, Round& round) {
  switch (effect.kind) {
    case Effect::Kind::kNotify: {
      if (!effect.entry) return {};
      const auto put = outbox_.put(*effect.entry);
      return put ? Result<void>() : tl::unexpected(put.error());
    }
    case Effect::Kind::kEvidence:
      evidence_.push_back(make_evidence(effect, recorder_, system_, IncidentBook(options_.book),
                                        options_.state / "evidence"));
      return {};
    default:
      auto written = write_in_book(effect);
      if (written || !is_hopeless(written.error())) return written;
      round.log.push_back("not written in the book: " + written.error().message());
      return {};
  }
}

// Messages first: the rest may take a while. What fails stays, and is tried again in the next round.
Result<void> Watcher::act(Round& round) {
  if (state_.effects.empty()) return {};
  std::vector<Effect> left;
  std::vector<const Effect*> order;
  for (const auto& effect : state_.effects) order.push_back(&effect);
  std::stable_partition(order.begin(), order.end(),
                        [](const Effect* e) { return e->kind == Effect::Kind::kNotify; });
  for (const auto* effect : order) {
    if (auto done = do_one(*effect, round); !done) {
      round.log.push_back(
          fmt::format("not done yet ({}): {}", to_string(effect->kind), done.error().message()));
      left.push_back(*effect);
    }
  }
  round.pending = !left.empty();
  state_.effects = std::move(left);
  // What the evidence shows is decided upon before the effect that made it is forgotten.
  return {};
}

Result<Watcher::Round> Watcher::round(const Moment& machine_now) {
  Round round;
  Observation seen;
  seen.now = machine_now;
  seen.now.wall += account_.clock_offset();
  if (auto done = act(round); !done) return tl::unexpected(done.error());
  if (auto done = observe(seen, round); !done) return tl::unexpected(done.error());
  seen.book = read_book(round);
  round.trouble = seen.trouble;
  for (bool first = true; first || !evidence_.empty(); first = false) {
    if (!evidence_.empty()) {
      seen.evidence = std::move(evidence_.front());
      evidence_.erase(evidence_.begin());
    }
    if (auto done = decide(seen, round); !done) return tl::unexpected(done.error());
    if (auto done = act(round); !done) return tl::unexpected(done.error());
    seen.evidence.reset();
    seen.minutes.clear();
    seen.trouble.clear();
  }
  if (auto saved = save(); !saved) return tl::unexpected(saved.error());
  return round;
}

}  // namespace culprit
