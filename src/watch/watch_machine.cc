#include "watch/watch_machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/printable.h"
#include "conduct/incident_book.h"
#include "notify/recipients.h"

namespace culprit {

namespace {

using Kind = Notice::Kind;

constexpr std::string_view kBlindSeverity = "P2";
constexpr std::size_t kAlarmsNamed = 20;
constexpr std::size_t kReasonBytesMax = 300;

// "P0" is more than "P1".
bool more_severe(std::string_view a, std::string_view b) { return !a.empty() && (b.empty() || a < b); }

}  // namespace

// One step under way.
struct WatchMachine::Step {
  const WatchMachine& machine;
  WatchState& state;
  const Observation& seen;
  std::vector<std::string> log;
  std::set<std::string> ids;  // of incidents that this step began or ended: the book does not show it yet

  void act(Effect effect) { state.effects.push_back(std::move(effect)); }

  void note(const std::string& incident, Time time, std::string text) {
    log.push_back(fmt::format("{}: {}", incident, text));
    Effect effect;
    effect.kind = Effect::Kind::kNote;
    effect.incident = incident;
    effect.time = time;
    effect.text = std::move(text);
    act(std::move(effect));
  }

  // `once` tells messages of one kind apart.
  void send(const Recipient& to, Kind kind, const std::string& once, const Notice& like) {
    Effect effect;
    effect.kind = Effect::Kind::kNotify;
    effect.incident = like.incident;
    effect.time = like.time;
    OutboxEntry entry;
    entry.notice = like;
    entry.notice.kind = kind;
    entry.channel = to.channel;
    entry.who = to.who;
    entry.key = fmt::format("{}/{}/{}", like.incident, once, to.channel);
    entry.number = ++state.messages;
    entry.created = seen.now.wall;
    log.push_back(fmt::format("tells {} by {}: {}", to.who, to.channel, headline(entry.notice)));
    effect.entry = std::move(entry);
    act(std::move(effect));
  }

  Notice notice(Time time, std::string text) const {
    const auto& incident = *state.incident;
    Notice out{Kind::kOpened,
               incident.id,
               machine.system_.name,
               incident.title,
               incident.severity,
               std::move(text),
               {},
               time};
    for (const auto& [alarm, since] : incident.alarms)
      if (out.alarms.size() < kAlarmsNamed)
        out.alarms.push_back(fmt::format("{} since {}", alarm, format_utc(since)));
    return out;
  }

  // Distinguishes the times that one incident of the book is watched.
  std::string once(std::string_view kind) const {
    return fmt::format("{}/{}", format_utc(state.incident->opened), kind);
  }

  std::string what_fired() const {
    std::string out;
    std::size_t named = 0;
    for (const auto& [name, since] : state.incident->alarms) {
      if (named++ == kAlarmsNamed) break;
      const auto known = state.alarms.find(name);
      const auto* origin = machine.set_.origin(name);
      out += fmt::format(
          "{}{}: {}", out.empty() ? "" : "\n", origin == nullptr ? name : origin->title,
          known == state.alarms.end() ? "" : printable_text(known->second.reason, kReasonBytesMax));
    }
    return out;
  }

  // Those whose turn it is and who have not been told.
  void tell_due(Time time) {
    auto& incident = *state.incident;
    for (const auto& to : recipients(machine.system_, incident.severity)) {
      if (incident.told.contains(to.channel)) continue;
      const bool turn =
          incident.acknowledged ? to.after.count() == 0 : Duration(to.after) <= incident.unacknowledged;
      if (!turn) continue;
      incident.told.insert(to.channel);
      const bool late = to.after.count() > 0;
      auto message = notice(
          time, late ? fmt::format("Nobody has acknowledged for {}. Take it: culprit incident ack.\n{}",
                                   format_duration(incident.unacknowledged), what_fired())
                     : what_fired());
      send(to, late ? Kind::kEscalated : Kind::kOpened, once("told"), message);
    }
  }

  void tell_told(Kind kind, std::string_view which, const Notice& message) {
    for (const auto& channel : state.incident->told)
      send({"", channel, {}, true}, kind, once(which), message);
  }

  std::string who_has(const std::string& channel) const {
    const auto has = [&](const auto& person) {
      return std::ranges::find(person.notify, channel) != person.notify.end();
    };
    for (const auto& contact : machine.system_.contacts)
      if (has(contact)) return contact.role;
    for (const auto& holder : machine.system_.stakeholders)
      if (has(holder)) return holder.name;
    return channel;
  }

  void evidence(std::string phase, Time until) {
    Effect effect;
    effect.kind = Effect::Kind::kEvidence;
    effect.incident = state.incident->id;
    effect.time = until;
    effect.text = std::move(phase);
    effect.window =
        Window{state.incident->opened, std::max(until, state.incident->opened + std::chrono::minutes(1))};
    act(std::move(effect));
  }

  std::string title_of(const std::string& alarm) const {
    const auto* origin = machine.set_.origin(alarm);
    return origin == nullptr ? alarm : origin->title;
  }

  std::string free_id(Time minute) const {
    const auto first = IncidentBook::id_of(machine.system_.name, minute);
    std::string id = first;
    const auto taken = [&] {
      return ids.contains(id) || std::ranges::find(seen.book, id, &BookEntry::id) != seen.book.end();
    };
    for (int n = 2; taken(); ++n) id = fmt::format("{}-{}", first, n);
    return id;
  }

  void open(Time minute, const std::string& alarm) {
    WatchedIncident incident;
    incident.opened = minute;
    incident.title = title_of(alarm);
    incident.severity = machine.severity_of(alarm);
    incident.alarms[alarm] = minute;
    const auto known =
        std::ranges::find_if(seen.book, [&](const BookEntry& e) { return e.open && !ids.contains(e.id); });
    if (known != seen.book.end()) {
      incident.ours = known->by_watch;  // one of a watch whose state was lost is taken up again
      incident.id = known->id;
      incident.acknowledged = known->acknowledged;
      if (more_severe(known->severity, incident.severity)) incident.severity = known->severity;
    } else {
      incident.id = free_id(minute);
    }
    state.incident = incident;
    ids.insert(incident.id);
    if (known == seen.book.end()) {
      Effect effect;
      effect.kind = Effect::Kind::kOpen;
      effect.incident = incident.id;
      effect.time = minute;
      effect.text = incident.title;
      effect.severity = incident.severity;
      act(std::move(effect));
    }
    log.push_back(fmt::format("{}: {} as {}: {}", incident.id, known == seen.book.end() ? "opened" : "joined",
                              incident.severity, incident.title));
  }

  void join(Time minute, const std::string& alarm) {
    auto& incident = *state.incident;
    incident.alarms[alarm] = minute;
    note(incident.id, minute, fmt::format("alarm {} fires too", alarm));
    const auto why = fmt::format("alarm {}", alarm);
    if (raise(minute, machine.severity_of(alarm), why)) tell_raised(minute, why);
  }

  bool raise(Time time, const std::string& severity, const std::string& why) {
    auto& incident = *state.incident;
    if (!more_severe(severity, incident.severity)) return false;
    incident.severity = severity;
    Effect effect;
    effect.kind = Effect::Kind::kSeverity;
    effect.incident = incident.id;
    effect.time = time;
    effect.text = severity;
    act(std::move(effect));
    log.push_back(fmt::format("{}: now {} ({})", incident.id, severity, why));
    return true;
  }

  void tell_raised(Time time, const std::string& why) {
    const auto& severity = state.incident->severity;
    tell_told(Kind::kRaised, "raised-" + severity, notice(time, fmt::format("Now {}: {}", severity, why)));
  }

  bool fires(const std::string& alarm) const {
    const auto known = state.alarms.find(alarm);
    return known != state.alarms.end() && known->second.state == AlarmState::kAlarm && !known->second.spent &&
           opens_incident(machine.set_, alarm);
  }

  void take_minute(const MinuteChanges& minute) {
    for (const auto& change : minute.changes) {
      const bool is_new = !state.alarms.contains(change.alarm);
      auto& memory = state.alarms[change.alarm];
      if (!is_new || change.to == AlarmState::kAlarm)
        log.push_back(
            fmt::format("{} {} at {}", change.alarm, to_string(change.to), format_utc(minute.minute)));
      memory.state = change.to;
      memory.since = minute.minute;
      memory.reason = change.reason;
      if (change.to == AlarmState::kOk) memory.spent = false;
    }
    const bool was_open = state.incident.has_value();
    for (const auto& [name, memory] : state.alarms) {
      if (!fires(name)) continue;
      if (!state.incident)
        open(minute.minute, name);
      else if (!state.incident->alarms.contains(name))
        join(minute.minute, name);
    }
    if (!state.incident) return;
    if (!was_open) {
      tell_due(minute.minute);
      evidence("open", minute.minute);
    }
    close_when_quiet(minute.minute);
  }

  void close_when_quiet(Time minute) {
    auto& incident = *state.incident;
    const bool only_tickets = std::ranges::all_of(
        incident.alarms, [&](const auto& alarm) { return machine.is_ticket(alarm.first); });
    const bool quiet = std::ranges::all_of(incident.alarms, [&](const auto& alarm) {
      if (!only_tickets && machine.is_ticket(alarm.first)) return true;
      const auto known = state.alarms.find(alarm.first);
      return known == state.alarms.end() || known->second.state == AlarmState::kOk;
    });
    if (!quiet) {
      incident.quiet_since.reset();
      return;
    }
    if (!incident.quiet_since) incident.quiet_since = minute;
    if (minute - *incident.quiet_since < machine.rules_.close_after) return;
    const std::string why =
        fmt::format("every alarm has been OK since {}", format_utc(*incident.quiet_since));
    if (incident.ours) {
      Effect effect;
      effect.kind = Effect::Kind::kResolve;
      effect.incident = incident.id;
      effect.time = minute;
      effect.text = why;
      act(std::move(effect));
    } else {
      note(incident.id, minute, why + "; whoever opened it resolves it");
    }
    end(minute, why);
  }

  void end(Time time, const std::string& why) {
    for (const auto& [name, since] : state.incident->alarms)
      if (auto known = state.alarms.find(name);
          known != state.alarms.end() && known->second.state != AlarmState::kOk)
        known->second.spent = true;
    log.push_back(fmt::format("{}: closed, {}", state.incident->id, why));
    tell_told(Kind::kResolved, "resolved", notice(time, why));
    evidence("end", time);
    ids.insert(state.incident->id);
    state.incident.reset();
  }

  void read_book() {
    if (!state.incident) return;
    auto& incident = *state.incident;
    const auto entry = std::ranges::find(seen.book, incident.id, &BookEntry::id);
    if (entry == seen.book.end()) return;
    if (entry->acknowledged && !incident.acknowledged && entry->open) {
      incident.acknowledged = true;
      const auto who = entry->acknowledged_by.empty() ? "somebody" : entry->acknowledged_by;
      log.push_back(fmt::format("{}: acknowledged by {}", incident.id, who));
      tell_told(Kind::kAcknowledged, "acknowledged",
                notice(seen.now.wall, fmt::format("{} works on it.", who)));
    }
    if (entry->open) return;
    end(seen.now.wall,
        fmt::format("resolved by {}{}{}", entry->resolved_by.empty() ? "hand" : entry->resolved_by,
                    entry->resolution.empty() ? "" : ": ", entry->resolution));
  }

  void take_evidence() {
    if (!seen.evidence) return;
    const auto& found = *seen.evidence;
    const Time now = seen.now.wall;
    if (!found.problem.empty()) {
      note(found.incident, now, "the evidence could not be kept: " + found.problem);
      return;
    }
    note(
        found.incident, now,
        fmt::format("evidence in {}{}{}", found.capsule, found.headline.empty() ? "" : ": ", found.headline));
    if (!state.incident || state.incident->id != found.incident || found.phase != "open") return;
    auto& incident = *state.incident;
    const bool raised = raise(now, found.severity, "by the evidence");
    if (raised && found.text.empty()) tell_raised(now, "by the evidence");  // else the update says it
    if (!found.headline.empty()) incident.title = found.headline;
    if (!found.text.empty())
      tell_told(Kind::kUpdate, fmt::format("update-{}", ++incident.updates), notice(now, found.text));
  }

  void take_outage(Duration passed) {
    if (!seen.trouble.empty()) {
      if (!state.outage) {
        state.outage = Outage{seen.now.wall, seen.trouble, Duration{0}, {}};
        log.push_back("the account cannot be seen: " + seen.trouble);
      } else {
        state.outage->unseen += passed;
      }
      state.outage->why = seen.trouble;
      if (state.outage->unseen >= machine.rules_.blind_after) tell_blind();
    } else if (seen.seen && state.outage) {
      log.push_back(
          fmt::format("the account is seen again, since {} it was not", format_utc(state.outage->since)));
      for (const auto& channel : state.outage->told)
        send({who_has(channel), channel, {}, true}, Kind::kSighted, "sighted",
             blind_notice("The watch sees the account again."));
      state.outage.reset();
    }
  }

  Notice blind_notice(std::string text) const {
    const auto& outage = *state.outage;
    return {Kind::kBlind,
            fmt::format("blind-{}-{}", format_utc(outage.since), machine.system_.name),
            machine.system_.name,
            "the watch cannot see the account",
            std::string(kBlindSeverity),
            std::move(text),
            {},
            seen.now.wall};
  }

  void tell_blind() {
    for (const auto& to : recipients(machine.system_, kBlindSeverity)) {
      if (!to.called || to.after.count() > 0 || !state.outage->told.insert(to.channel).second) continue;
      send(to, Kind::kBlind, "blind",
           blind_notice(fmt::format("Since {} nothing of it could be seen: {}",
                                    format_utc(state.outage->since), state.outage->why)));
    }
  }
};

bool WatchMachine::is_ticket(const std::string& alarm) const {
  const auto* origin = set_.origin(alarm);
  return origin != nullptr && alarm.find("-ticket-") != std::string::npos &&
         std::ranges::find(system_.objectives, origin->id, &Objective::id) != system_.objectives.end();
}

std::string WatchMachine::severity_of(const std::string& alarm) const {
  const auto* origin = set_.origin(alarm);
  if (origin == nullptr) return "P2";
  for (const auto& rule : system_.alarms)
    if (rule.id == origin->id && rule.name == alarm) return rule.severity;
  for (const auto& alert : system_.log_alerts)
    if (alert.id == origin->id && alert.alarm == alarm) return alert.severity;
  return is_ticket(alarm) ? "P3" : "P1";  // of an objective
}

std::vector<std::string> WatchMachine::step(WatchState& state, const Observation& seen) const {
  Step step{*this, state, seen, {}, {}};
  const Duration passed = state.last ? elapsed(*state.last, seen.now) : Duration{0};
  if (state.incident && !state.incident->acknowledged) state.incident->unacknowledged += passed;
  std::erase_if(state.alarms, [&](const auto& known) {  // of a system file that has changed
    return set_.alarm(known.first) == nullptr &&
           std::ranges::find(set_.composites, known.first, &CompositeAlarm::name) == set_.composites.end();
  });
  step.read_book();
  step.take_evidence();
  for (const auto& minute : seen.minutes) {
    step.take_minute(minute);
    state.evaluated = minute.minute;
  }
  step.take_outage(passed);
  if (state.incident) step.tell_due(seen.now.wall);
  state.last = seen.now;
  return std::move(step.log);
}

}  // namespace culprit
