#include "cli/incident_after.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <cstdlib>
#include <functional>

#include "base/printable.h"
#include "cli/alarms_recording.h"
#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/incident_evidence.h"
#include "cli/memory_options.h"
#include "conduct/case_memory.h"
#include "conduct/follow_ups.h"
#include "conduct/recurrence.h"
#include "report/redact.h"

namespace culprit {

namespace {

namespace json = boost::json;
using Kind = IncidentEvent::Kind;

struct Arguments {
  std::string book = "culprit-incidents";
  std::string id, text, owner, due, by, capsule, at;
  std::string format = "text";
  SystemOptions system;
  MemoryOptions memory;
  bool all = false, propose = false, keep = false, check = false;

  bool json() const { return format == "json"; }
};

Result<Time> when(const Arguments& a, const Zone& zone) {
  const Time now = std::chrono::floor<Duration>(std::chrono::system_clock::now());
  if (a.at.empty()) return now;
  const auto parsed = parse_time(a.at, zone, now);
  if (!parsed) return tl::unexpected(parsed.error());
  return parsed->time;
}

std::string who(const Arguments& a) {
  if (!a.by.empty()) return a.by;
  const char* user = std::getenv("USER");
  return user == nullptr ? std::string() : std::string(user);
}

std::string day_of(Time t, const Zone& zone) { return zone.format_minute(t).substr(0, 10); }

// --- follow-ups ---

struct Row {
  std::string incident;
  FollowUp follow_up;
  bool overdue = false;
};

json::object json_of(const Row& row) {
  const auto& f = row.follow_up;
  return {{"incident", row.incident},
          {"number", f.number},
          {"text", printable(f.text)},
          {"owner", printable(f.owner)},
          {"due", f.due},
          {"overdue", row.overdue},
          {"done", f.done ? json::value(format_utc(*f.done)) : json::value(nullptr)},
          {"done_by", printable(f.done_by)}};
}

void print_rows(const Arguments& a, const std::vector<Row>& rows) {
  if (a.json()) {
    json::array out;
    for (const auto& row : rows) out.push_back(json_of(row));
    fmt::print("{}\n", json::serialize(json::object{{"follow_ups", std::move(out)}}));
    return;
  }
  if (rows.empty()) {
    fmt::print("Nothing is left to do.\n");
    return;
  }
  std::vector<std::vector<std::string>> table{{"INCIDENT", "NO", "DUE", "OWNER", "STATE", "WHAT"}};
  for (const auto& row : rows) {
    const auto& f = row.follow_up;
    table.push_back({row.incident, std::to_string(f.number), f.due, printable_text(f.owner, 60),
                     f.done ? "done" + (f.done_by.empty() ? "" : " by " + printable_text(f.done_by, 40))
                     : row.overdue ? "overdue"
                                   : "open",
                     printable_text(f.text, 400)});
  }
  fmt::print("{}", table_text(table));
}

Result<int> list_follow_ups(const Arguments& a) {
  const IncidentBook book(a.book);
  const auto now = when(a, Zone::local());
  if (!now) return tl::unexpected(now.error());
  auto incidents = book.all();
  if (!incidents) return tl::unexpected(incidents.error());
  if (!a.id.empty()) {
    const auto one = book.find(a.id);
    if (!one) return tl::unexpected(one.error());
    *incidents = {*one};
  }
  std::vector<Row> rows;
  bool late = false;
  const std::string today = day_of(*now, Zone::local());
  for (const auto& i : *incidents)
    for (const auto& f : i.follow_ups) {
      const bool overdue = !f.done && !f.due.empty() && f.due < today;
      late = late || overdue;
      if (a.all || !f.done) rows.push_back({i.id, f, overdue});
    }
  // What is due first, first; what has no day comes last.
  std::ranges::stable_sort(
      rows, {}, [](const Row& r) { return r.follow_up.due.empty() ? std::string("9999") : r.follow_up.due; });
  print_rows(a, rows);
  return a.check && late ? exit_code(ErrorCode::kExpectation) : 0;
}

Result<int> propose(const Arguments& a) {
  IncidentBook book(a.book);
  const auto incident = incident_to_look_back_at(book, a.id);
  if (!incident) return tl::unexpected(incident.error());
  auto seen = analyse_incident(*incident, a.capsule, a.system, {});
  if (!seen) return tl::unexpected(seen.error());
  redact(seen->findings);
  const auto now = when(a, seen->evidence.zone);
  if (!now) return tl::unexpected(now.error());
  const Time from = incident->resolved.value_or(*now);
  std::vector<Row> rows;
  int number = static_cast<int>(incident->follow_ups.size());
  for (const auto& p : propose_follow_ups(seen->findings, seen->evidence.system, from, seen->evidence.zone)) {
    const bool known =
        std::ranges::any_of(incident->follow_ups, [&](const auto& f) { return f.text == p.text; });
    if (known) continue;
    rows.push_back({incident->id, {++number, p.text, p.owner, p.due, std::nullopt, ""}, false});
    if (!a.keep) continue;
    const auto kept = book.add(incident->id, {*now, Kind::kFollowUp, who(a), p.text, p.owner, p.due});
    if (!kept) return tl::unexpected(kept.error());
  }
  print_rows(a, rows);
  if (!a.keep && !rows.empty() && !a.json())
    fmt::print(stderr,
               "Proposed only. `--keep` notes them; `culprit incident followup` notes one of your own.\n");
  return 0;
}

Result<int> add_one(const Arguments& a) {
  IncidentBook book(a.book);
  const auto incident = incident_to_look_back_at(book, a.id);
  if (!incident) return tl::unexpected(incident.error());
  const Zone zone = Zone::local();
  const auto now = when(a, zone);
  if (!now) return tl::unexpected(now.error());
  std::string due;
  if (!a.due.empty()) {
    const auto parsed = parse_time(a.due, zone, *now);
    const auto ahead = parsed ? Result<Duration>(Duration{}) : parse_duration(a.due);
    if (!parsed && !ahead)
      return fail(ErrorCode::kUsage, fmt::format("'{}' is no day", printable_text(a.due, 40)), "--due",
                  "Write 2025-09-01, or how long from now: 7d.");
    due = day_of(parsed ? parsed->time : *now + *ahead, zone);
  }
  const auto added = book.add(incident->id, {*now, Kind::kFollowUp, who(a), one_line(a.text), a.owner, due});
  if (!added) return tl::unexpected(added.error());
  const Row row{added->id, added->follow_ups.back(), false};
  if (a.json())
    fmt::print("{}\n", json::serialize(json_of(row)));
  else
    fmt::print("{}: follow-up {} noted{}\n", row.incident, row.follow_up.number,
               due.empty() ? "" : ", due " + due);
  return 0;
}

Result<int> mark_done(const Arguments& a) {
  IncidentBook book(a.book);
  const auto incident = incident_to_look_back_at(book, a.id);
  if (!incident) return tl::unexpected(incident.error());
  const auto now = when(a, Zone::local());
  if (!now) return tl::unexpected(now.error());
  const auto done = book.add(incident->id, {*now, Kind::kFollowUpDone, who(a), a.text});
  if (!done) return tl::unexpected(done.error());
  for (const auto& f : done->follow_ups)
    if (std::to_string(f.number) == a.text) {
      if (a.json())
        fmt::print("{}\n", json::serialize(json_of(Row{done->id, f, false})));
      else
        fmt::print("{}: follow-up {} is done\n", done->id, f.number);
    }
  return 0;
}

// --- has it come again? ---

// Later incidents of the same system: those of the book that have evidence, and remembered cases.
Result<std::vector<LaterIncident>> later_than(const Incident& incident, Time since, const IncidentBook& book,
                                              const SystemOptions& system, const Memory& memory,
                                              std::vector<std::string>& not_seen) {
  std::vector<LaterIncident> out;
  const auto all = book.all();
  if (!all) return tl::unexpected(all.error());
  for (const auto& other : *all) {
    if (other.id == incident.id || other.system != incident.system || other.opened <= since) continue;
    if (other.capsule.empty()) {
      not_seen.push_back(other.id + ": opened without evidence");
      continue;
    }
    const auto seen = analyse_evidence(other.capsule, system, memory);
    if (!seen) {
      not_seen.push_back(fmt::format("{}: {}", other.id, seen.error().message()));
      continue;
    }
    LaterIncident later{other.id, other.title, seen->findings.onset.value_or(other.opened),
                        "",       "",          seen->findings.signature,
                        false};
    for (const auto& h : seen->findings.hypotheses)
      if (h.role == CauseRole::kPrimary) later.cause = h.cause;
    if (seen->findings.seen_before)
      for (const auto& like : seen->findings.seen_before->alike)
        if (like.same_incident) later.confirmed = like.cause;
    out.push_back(std::move(later));
  }
  for (const auto& c : memory.cases) {
    const bool own = c.system != incident.system || std::ranges::any_of(out, [&](const LaterIncident& l) {
                       return c.window.contains(l.time);
                     });
    if (!own)
      out.push_back(
          {c.id, c.cause, c.onset.value_or(c.window.start), c.hypothesis, c.cause, c.signature, true});
  }
  return out;
}

json::object json_of(const RecurrenceCheck& check, Time since, const std::vector<std::string>& not_seen) {
  json::array again, unseen;
  for (const auto& one : check.again) {
    json::object o{{"id", one.incident.id},
                   {"time", format_utc(one.incident.time)},
                   {"title", printable(one.incident.title)},
                   {"cause", one.incident.cause},
                   {"confirmed", printable(one.incident.confirmed)},
                   {"remembered", one.incident.remembered},
                   {"same_cause", one.same_cause},
                   {"same_shape", one.same_shape}};
    o["likeness"] = one.likeness ? json::value(*one.likeness) : json::value(nullptr);
    again.push_back(std::move(o));
  }
  for (const auto& text : not_seen) unseen.emplace_back(printable(text));
  return {{"cause", check.cause},       {"confirmed", printable(check.confirmed)},
          {"since", format_utc(since)}, {"looked_at", check.looked_at},
          {"again", std::move(again)},  {"not_seen", std::move(unseen)}};
}

void print_check(const RecurrenceCheck& check, Time since, const Zone& zone,
                 const std::vector<std::string>& not_seen) {
  const std::string& cause = check.cause.empty() ? check.confirmed : check.cause;
  fmt::print("{} since {}: ", cause.empty() ? "Cause not named; its shape" : printable_text(cause, 200),
             zone.format_minute(since));
  if (check.again.empty())
    fmt::print("not again, in {} later {} looked at.\n", check.looked_at,
               check.looked_at == 1 ? "incident" : "incidents");
  else
    fmt::print("{} of {} later {}.\n", check.again.size(), check.looked_at,
               check.looked_at == 1 ? "incident" : "incidents");
  for (const auto& one : check.again) {
    std::string why = one.same_cause ? "same cause" : "same shape";
    if (one.same_cause && one.same_shape) why = "same cause and shape";
    if (one.likeness) why += fmt::format(" ({:.2f})", *one.likeness);
    fmt::print("  {}  {}  {}: {}{}\n", zone.format_minute(one.incident.time), one.incident.id, why,
               printable_text(one.incident.title, 200), one.incident.remembered ? " (remembered)" : "");
  }
  for (const auto& text : not_seen) fmt::print("  not seen: {}\n", printable_text(text, 300));
}

Result<int> recurrence(const Arguments& a) {
  const IncidentBook book(a.book);
  const auto incident = incident_to_look_back_at(book, a.id);
  if (!incident) return tl::unexpected(incident.error());
  const auto progress = make_silent_progress();
  const auto folder = a.memory.path();
  // Without a home there is no memory to read; one that was named must be there.
  Memory memory;
  if (folder || !a.memory.folder.empty()) {
    auto read = a.memory.read(*progress);
    if (!read) return tl::unexpected(read.error());
    memory = std::move(*read);
  }
  const auto seen = analyse_incident(*incident, a.capsule, a.system, memory);
  if (!seen) return tl::unexpected(seen.error());
  std::string confirmed;
  if (seen->findings.seen_before)
    for (const auto& like : seen->findings.seen_before->alike)
      if (like.same_incident) confirmed = like.cause;
  const Time since = incident->resolved.value_or(std::max(incident->opened, seen->findings.window.end));
  std::vector<std::string> not_seen;
  const auto later = later_than(*incident, since, book, a.system, memory, not_seen);
  if (!later) return tl::unexpected(later.error());
  const auto check = check_recurrence(seen->findings, confirmed, since, *later);
  if (a.json())
    fmt::print("{}\n", json::serialize(json_of(check, since, not_seen)));
  else
    print_check(check, since, seen->evidence.zone, not_seen);
  return a.check && !check.again.empty() ? exit_code(ErrorCode::kExpectation) : 0;
}

using Run = std::function<Result<int>(const Arguments&)>;

CLI::App& verb(CLI::App& parent, const std::shared_ptr<Arguments>& a, std::string name, std::string what,
               int& exit, Run run) {
  auto* command = parent.add_subcommand(std::move(name), std::move(what));
  command->add_option("--book", a->book, "Folder of the incidents")
      ->envname("CULPRIT_INCIDENTS")
      ->capture_default_str();
  command->add_option("--incident", a->id,
                      "Its id, or a part of it (default: the one that is open, else the last)");
  command->add_option("--format", a->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command->add_option("--at", a->at, "When it was (default: now)");
  command->callback([a, &exit, run = std::move(run)] {
    const auto done = run(*a);
    exit = done ? *done : print_failure(done.error());
  });
  return *command;
}

void add_evidence(CLI::App& command, Arguments& a) {
  a.system.system.clear();
  add_system_options(command, a.system);
  command.add_option("--capsule", a.capsule, "Evidence to speak of (default: the one it was opened with)");
}

void add_list(CLI::App& incident, int& exit) {
  auto a = std::make_shared<Arguments>();
  CLI::App& list =
      verb(incident, a, "followups", "What is left to do after incidents; proposed from the report", exit,
           [](const Arguments& in) { return in.propose || in.keep ? propose(in) : list_follow_ups(in); });
  list.add_flag("--all", a->all, "Those that are done, too");
  list.add_flag("--check", a->check, "Exit 1 when one is overdue");
  list.add_flag("--propose", a->propose, "Those that follow from the incident's report, with owner and day");
  list.add_flag("--keep", a->keep, "Propose, and note them in the book");
  list.add_option("--by", a->by, "Who (default: $USER)");
  add_evidence(list, *a);
  list.footer(R"(Examples:
  culprit incident followups --propose
  culprit incident followups --keep --incident 2025-08-21
  culprit incident followups --check            # of all incidents; exit 1 when one is overdue)");
}

}  // namespace

void add_incident_after(CLI::App& incident, int& exit) {
  add_list(incident, exit);

  auto one = std::make_shared<Arguments>();
  CLI::App& add = verb(incident, one, "followup", "Note something to do after it", exit, add_one);
  add.add_option("text", one->text, "What is to be done")->required();
  add.add_option("--owner", one->owner, "Who does it");
  add.add_option("--due", one->due, "The day, or how long from now: 2025-09-01, 7d");
  add.add_option("--by", one->by, "Who notes it (default: $USER)");
  add.footer("Example:\n  culprit incident followup \"bound the IN list\" --owner Ana --due 7d");

  auto finished = std::make_shared<Arguments>();
  CLI::App& done = verb(incident, finished, "done", "A follow-up is done", exit, mark_done);
  done.add_option("number", finished->text, "Its number, as `followups` shows it")->required();
  done.add_option("--by", finished->by, "Who (default: $USER)");
  done.footer("Example:\n  culprit incident done 2 --by Ana");

  auto again = std::make_shared<Arguments>();
  CLI::App& check =
      verb(incident, again, "recurrence", "Has the same cause come again since?", exit, recurrence);
  add_evidence(check, *again);
  again->memory.add_folder_to(check);
  check.add_flag("--check", again->check, "Exit 1 when it has");
  check.footer(R"(Examples:
  culprit incident recurrence --incident 2025-08-21
  culprit incident recurrence --check --format json

Looks at later incidents of the book that were opened with evidence, and at remembered cases
(docs/memory.md): the same cause by name or as people confirmed it, or the same signals moved the same way.)");
}

}  // namespace culprit
