// `culprit incident`: the book of incidents, and what is told to people.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <cstdlib>

#include "base/printable.h"
#include "cli/alarms_recording.h"
#include "cli/analyse.h"
#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/incident_after.h"
#include "cli/incident_learn.h"
#include "conduct/status_message.h"
#include "report/redact.h"

namespace culprit {

namespace {

using Kind = IncidentEvent::Kind;

struct Arguments {
  std::string book = "culprit-incidents";
  std::string id;
  std::string text;
  std::string severity;
  std::string by;
  std::string capsule;
  std::string at;
  std::string format = "text";
  SystemOptions system;
  bool all = false, sent = false, no_redact = false;

  bool json() const { return format == "json"; }
};

std::string who(const Arguments& a) {
  if (!a.by.empty()) return a.by;
  const char* user = std::getenv("USER");
  return user == nullptr ? std::string() : std::string(user);
}

Result<Time> when(const Arguments& a, const Zone& zone) {
  const Time now = std::chrono::floor<Duration>(std::chrono::system_clock::now());
  if (a.at.empty()) return now;
  const auto parsed = parse_time(a.at, zone, now);
  if (!parsed) return tl::unexpected(parsed.error());
  return parsed->time;
}

boost::json::object json_of(const Incident& i) {
  const auto time = [](const std::optional<Time>& t) {
    return t ? boost::json::value(format_utc(*t)) : boost::json::value(nullptr);
  };
  boost::json::array events;
  for (const auto& e : i.events)
    events.push_back(boost::json::object{
        {"time", format_utc(e.time)}, {"event", to_string(e.kind)}, {"by", e.by}, {"text", e.text}});
  return {{"id", i.id},
          {"system", i.system},
          {"title", i.title},
          {"severity", i.severity},
          {"capsule", i.capsule},
          {"opened", format_utc(i.opened)},
          {"acknowledged", time(i.acknowledged)},
          {"acknowledged_by", i.acknowledged_by},
          {"resolved", time(i.resolved)},
          {"resolved_by", i.resolved_by},
          {"resolution", i.resolution},
          {"events", std::move(events)}};
}

void print_incident(const Arguments& a, const Incident& i, std::string_view done) {
  if (a.json())
    fmt::print("{}\n", boost::json::serialize(json_of(i)));
  else
    fmt::print("{}: {}\n", i.id, done);
}

// Findings of the capsule that the incident was opened with, or that is named now.
struct Looked {
  System system;
  Zone zone = Zone::utc();
  std::optional<Findings> findings;
};
Result<Looked> look_at(const std::string& capsule, const SystemOptions& options) {
  Looked out;
  if (capsule.empty()) {
    SystemOptions named = options;
    if (named.system.empty()) named.system = "chatwoot";
    auto system = load_system(named);
    if (!system) return tl::unexpected(system.error());
    out.system = std::move(*system);
    const auto zone = Zone::find(out.system.zone);
    if (!zone) return tl::unexpected(zone.error());
    out.zone = *zone;
    return out;
  }
  const auto progress = make_silent_progress();
  const auto evidence = open_evidence(capsule, options);
  if (!evidence) return tl::unexpected(evidence.error());
  const auto how = options_for(*evidence, *progress);
  if (!how) return tl::unexpected(how.error());
  auto findings = investigate(evidence->store(), evidence->system, *how);
  if (!findings) return tl::unexpected(findings.error());
  out.system = evidence->system;
  out.zone = evidence->zone;
  out.findings = std::move(*findings);
  return out;
}

Result<void> run_open(const Arguments& a) {
  const auto seen = look_at(a.capsule, a.system);
  if (!seen) return tl::unexpected(seen.error());
  const auto time = when(a, seen->zone);
  if (!time) return tl::unexpected(time.error());
  NewIncident fresh{seen->system.name, a.text, a.severity, a.capsule, who(a), *time};
  if (seen->findings) {
    if (fresh.title.empty()) fresh.title = seen->findings->headline;
    if (fresh.severity.empty()) fresh.severity = seen->findings->severity;
  }
  if (fresh.title.empty())
    return fail(ErrorCode::kUsage, "an incident needs a title", "",
                "Say in a few words what users see, or give --capsule.");
  if (fresh.severity.empty()) fresh.severity = "P2";
  const auto opened = IncidentBook(a.book).open(fresh);
  if (!opened) return tl::unexpected(opened.error());
  print_incident(a, *opened, fmt::format("opened as {}", opened->severity));
  if (a.json()) return {};
  for (const auto& c : seen->system.contacts)
    if (std::ranges::find(c.severities, opened->severity) != c.severities.end())
      fmt::print("  call {}: {}{}\n", printable_text(c.role, 80),
                 c.name.empty() ? "" : printable_text(c.name, 80) + ", ", printable_text(c.reach, 120));
  return {};
}

Result<void> add_event(const Arguments& a, Kind kind, std::string_view done) {
  const auto time = when(a, Zone::local());
  if (!time) return tl::unexpected(time.error());
  const auto incident = IncidentBook(a.book).add(a.id, {*time, kind, who(a), a.text});
  if (!incident) return tl::unexpected(incident.error());
  print_incident(a, *incident, done);
  return {};
}

Result<void> run_list(const Arguments& a) {
  const auto all = IncidentBook(a.book).all();
  if (!all) return tl::unexpected(all.error());
  if (a.json()) {
    boost::json::array out;
    for (const auto& i : *all)
      if (a.all || i.open()) out.push_back(json_of(i));
    fmt::print("{}\n", boost::json::serialize(boost::json::object{{"incidents", std::move(out)}}));
    return {};
  }
  std::vector<std::vector<std::string>> rows{{"INCIDENT", "SEVERITY", "STATE", "BY", "TITLE"}};
  for (const auto& i : *all)
    if (a.all || i.open())
      rows.push_back({i.id, i.severity,
                      i.resolved       ? "resolved"
                      : i.acknowledged ? "acknowledged"
                                       : "open",
                      printable_text(i.resolved ? i.resolved_by : i.acknowledged_by, 40),
                      printable_text(i.title, 80)});
  fmt::print("{}", rows.size() > 1 ? table_text(rows) : "No incident is open.\n");
  return {};
}

Result<void> tell(const Arguments& a, std::string (*teller)(const StatusInput&)) {
  const IncidentBook book(a.book);
  const auto incident = book.find(a.id);
  if (!incident) return tl::unexpected(incident.error());
  auto seen = look_at(a.capsule.empty() ? incident->capsule : a.capsule, a.system);
  if (!seen) return tl::unexpected(seen.error());
  if (seen->findings && !a.no_redact) redact(*seen->findings);
  const auto now = when(a, seen->zone);
  if (!now) return tl::unexpected(now.error());
  const std::string text =
      teller({*incident, seen->system, seen->findings ? &*seen->findings : nullptr, *now, seen->zone});
  if (a.json())
    fmt::print("{}\n", boost::json::serialize(boost::json::object{{"id", incident->id}, {"message", text}}));
  else
    fmt::print("{}", text);
  if (!a.sent) return {};
  const auto noted = IncidentBook(a.book).add(incident->id, {*now, Kind::kStatusSent, who(a), ""});
  if (!noted) return tl::unexpected(noted.error());
  return {};
}

using Run = std::function<Result<void>(const Arguments&)>;

CLI::App& verb(CLI::App& parent, const std::shared_ptr<Arguments>& a, std::string name, std::string what,
               int& exit, Run run) {
  auto* command = parent.add_subcommand(std::move(name), std::move(what));
  command->add_option("--book", a->book, "Folder of the incidents")
      ->envname("CULPRIT_INCIDENTS")
      ->capture_default_str();
  command->add_option("--format", a->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command->add_option("--at", a->at, "When it was (default: now)");
  command->callback([a, &exit, run = std::move(run)] {
    const auto done = run(*a);
    exit = done ? 0 : print_failure(done.error());
  });
  return *command;
}

void add_id(CLI::App& command, Arguments& a) {
  command.add_option("--incident", a.id, "Its id, or a part of it (default: the only one that is open)");
}
void add_by(CLI::App& command, Arguments& a) { command.add_option("--by", a.by, "Who (default: $USER)"); }
void add_evidence(CLI::App& command, Arguments& a, std::string_view capsule_is) {
  a.system.system.clear();
  add_system_options(command, a.system);
  command.add_option("--capsule", a.capsule, std::string(capsule_is));
}

void add_tellers(CLI::App& parent, int& exit) {
  for (const bool short_one : {false, true}) {
    auto a = std::make_shared<Arguments>();
    CLI::App& command = short_one ? verb(parent, a, "handover", "Since you slept: ten lines, phone width",
                                         exit, [](const Arguments& in) { return tell(in, handover); })
                                  : verb(parent, a, "status",
                                         "The message for stakeholders: known, unknown, next, next update",
                                         exit, [](const Arguments& in) { return tell(in, status_message); });
    add_id(command, *a);
    add_evidence(command, *a, "Evidence to speak of (default: the one it was opened with)");
    command.add_flag("--no-redact", a->no_redact, "Keep names, addresses and values of queries");
    if (!short_one) {
      add_by(command, *a);
      command.add_flag("--sent", a->sent, "Note that this was sent");
    }
    command.footer(
        short_one ? "Example:\n  culprit incident handover"
                  : "Examples:\n  culprit incident status\n  culprit incident status --sent | mail -s status "
                    "support@example.com");
  }
}

}  // namespace

void add_incident(CLI::App& app, int& exit) {
  auto* command =
      app.add_subcommand("incident", "Open, acknowledge, note and resolve incidents; tell people");
  command->require_subcommand(1);

  auto opening = std::make_shared<Arguments>();
  CLI::App& open = verb(*command, opening, "open", "Open an incident; says whom to call", exit, run_open);
  open.add_option("title", opening->text, "What users see, in a few words (default: the capsule's headline)");
  open.add_option("--severity", opening->severity, "P0 to P3 (default: the capsule's, else P2)")
      ->check(CLI::IsMember({"P0", "P1", "P2", "P3"}));
  add_evidence(open, *opening, "Evidence to open it with: a capsule or store");
  add_by(open, *opening);
  open.footer(R"(Examples:
  culprit incident open "Conversation list times out" --severity P1
  culprit incident open --capsule incident.culprit)");

  add_tellers(*command, exit);

  struct Entry {
    const char *name, *what, *said, *example;
    Kind kind;
  };
  static constexpr Entry kEntries[] = {
      {"note", "Write down what was seen or done", "noted",
       "culprit incident note \"restarted the web service\"", Kind::kNote},
      {"ack", "Take it: who works on it", "acknowledged", "culprit incident ack --by Ana",
       Kind::kAcknowledged},
      {"severity", "Change the severity", "severity changed", "culprit incident severity P0",
       Kind::kSeverity},
      {"resolve", "It is over: what ended it", "resolved",
       "culprit incident resolve \"index was created again\"", Kind::kResolved}};
  for (const auto& entry : kEntries) {
    auto a = std::make_shared<Arguments>();
    CLI::App& one = verb(*command, a, entry.name, entry.what, exit,
                         [entry](const Arguments& in) { return add_event(in, entry.kind, entry.said); });
    auto* text = one.add_option("text", a->text, "What is written down");
    if (entry.kind == Kind::kNote || entry.kind == Kind::kSeverity) text->required();
    if (entry.kind == Kind::kSeverity) text->check(CLI::IsMember({"P0", "P1", "P2", "P3"}));
    add_id(one, *a);
    add_by(one, *a);
    one.footer(std::string("Example:\n  ") + entry.example);
  }

  add_incident_after(*command, exit);
  add_incident_learn(*command, exit);

  auto listing = std::make_shared<Arguments>();
  CLI::App& list = verb(*command, listing, "list", "Incidents that are open", exit, run_list);
  list.add_flag("--all", listing->all, "Resolved ones too");
  list.footer("Examples:\n  culprit incident list\n  culprit incident list --all --format json");
}

}  // namespace culprit
