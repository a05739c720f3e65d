// `culprit notify`: try the system file's contacts, and look after the outbox.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json.hpp>

#include "base/printable.h"
#include "cli/alarms_recording.h"
#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/system_options.h"
#include "notify/channel_sender.h"
#include "notify/outbox.h"
#include "notify/recipients.h"

namespace culprit {

namespace {

struct Arguments {
  SystemOptions system;
  std::string state = "culprit-watch";
  std::string channel, severity;
  std::string format = "text";
  bool all = false;

  bool json() const { return format == "json"; }
};

Time now() { return std::chrono::floor<Duration>(std::chrono::system_clock::now()); }

// Channels to try, each with who is reached by it.
Result<std::vector<std::pair<std::string, std::string>>> chosen(const System& system, const Arguments& a) {
  std::vector<std::pair<std::string, std::string>> out;
  if (!a.channel.empty()) {
    if (system.channel(a.channel) == nullptr) {
      std::string known;
      for (const auto& c : system.channels) known += (known.empty() ? "" : ", ") + c.id;
      return fail(
          ErrorCode::kNotFound, fmt::format("the system '{}' has no channel '{}'", system.name, a.channel),
          "",
          known.empty() ? "It has none at all: see `channels` in docs/system-file.md." : "It has: " + known);
    }
    out.emplace_back(a.channel, "");
    return out;
  }
  if (auto ok = check_recipients(system); !ok) return tl::unexpected(ok.error());
  for (const std::string severity : {"P0", "P1", "P2", "P3"}) {
    if (!a.severity.empty() && a.severity != severity) continue;
    for (const auto& r : recipients(system, severity)) {
      const auto known = std::ranges::find(out, r.channel, &std::pair<std::string, std::string>::first);
      if (known == out.end())
        out.emplace_back(r.channel, r.who);
      else if (known->second.find(r.who) == std::string::npos)
        known->second += ", " + r.who;
    }
  }
  if (out.empty())
    return fail(ErrorCode::kUsage,
                fmt::format("nobody is notified of an incident of severity {}", a.severity), "",
                "Give a contact that severity and a channel in `notify`.");
  return out;
}

OutboxEntry test_entry(const System& system, const std::string& channel, const std::string& who,
                       const std::string& severity) {
  OutboxEntry entry;
  entry.created = now();
  entry.channel = channel;
  entry.who = who;
  const auto id = fmt::format("test-{}-{}", to_epoch_ms(entry.created), ::getpid());
  entry.key = fmt::format("{}/{}", id, channel);
  entry.notice = {Notice::Kind::kTest,
                  id,
                  system.name,
                  "this is a test, nothing is wrong",
                  severity.empty() ? "P3" : severity,
                  fmt::format("`culprit notify test` sent this by the channel '{}'{}.", channel,
                              who.empty() ? "" : fmt::format(" to {}", who)),
                  {},
                  entry.created};
  return entry;
}

void print_outcome(const Arguments& a, const std::string& channel, const std::string& who,
                   const Delivered& done) {
  const bool sent = done.outcome == Delivered::Outcome::kDone;
  if (a.json()) {
    fmt::print(
        "{}\n",
        boost::json::serialize(boost::json::object{
            {"channel", channel}, {"who", who}, {"sent", sent}, {"what", done.what}, {"hint", done.hint}}));
    return;
  }
  fmt::print("{}{}: {}\n", channel, who.empty() ? "" : fmt::format(" ({})", printable_text(who, 200)),
             sent ? "the receiver took it" : printable_text(done.what, 1'000));
  if (!sent && !done.hint.empty()) fmt::print("  {}\n", done.hint);
}

Result<int> run_test(const Arguments& a) {
  const auto system = load_system(a.system);
  if (!system) return tl::unexpected(system.error());
  const auto channels = chosen(*system, a);
  if (!channels) return tl::unexpected(channels.error());
  const auto send = channel_sender(*system, now);
  bool all_sent = true;
  for (const auto& [channel, who] : *channels) {
    auto entry = test_entry(*system, channel, who, a.severity);
    const auto done = send(entry);
    print_outcome(a, channel, who, done);
    all_sent = all_sent && done.outcome == Delivered::Outcome::kDone;
    // A receiver that opens incidents of its own must not keep this one.
    entry.notice.kind = Notice::Kind::kResolved;
    entry.key += "/end";
    if (done.outcome == Delivered::Outcome::kDone &&
        system->channel(channel)->kind == Channel::Kind::kPagerDuty)
      static_cast<void>(send(entry));
  }
  return all_sent ? 0 : exit_code(ErrorCode::kExpectation);
}

std::string_view name_of(Outbox::Box box) {
  return box == Outbox::Box::kPending ? "waits" : box == Outbox::Box::kSent ? "sent" : "given up";
}

Result<int> run_list(const Arguments& a) {
  const Outbox outbox(std::filesystem::path(a.state) / "outbox");
  std::vector<std::vector<std::string>> rows{{"STATE", "CHANNEL", "WHO", "MESSAGE", "ATTEMPTS", "PROBLEM"}};
  boost::json::array items;
  for (const auto box : {Outbox::Box::kPending, Outbox::Box::kGivenUp, Outbox::Box::kSent}) {
    if (box == Outbox::Box::kSent && !a.all) continue;
    const auto entries = outbox.list(box);
    if (!entries) return tl::unexpected(entries.error());
    for (const auto& e : *entries) {
      rows.push_back({std::string(name_of(box)), e.channel, printable_text(e.who, 40), headline(e.notice),
                      std::to_string(e.attempts), printable_text(e.problem, 120)});
      items.push_back(
          boost::json::object{{"state", name_of(box)},
                              {"key", e.key},
                              {"channel", e.channel},
                              {"who", e.who},
                              {"kind", to_string(e.notice.kind)},
                              {"incident", e.notice.incident},
                              {"message", headline(e.notice)},
                              {"created", format_utc(e.created)},
                              {"attempts", e.attempts},
                              {"next", e.next ? boost::json::value(format_utc(*e.next)) : nullptr},
                              {"problem", e.problem}});
    }
  }
  if (a.json())
    fmt::print("{}\n", boost::json::serialize(boost::json::object{{"messages", std::move(items)}}));
  else
    fmt::print("{}", rows.size() > 1 ? table_text(rows) : "No message waits.\n");
  return 0;
}

Result<int> run_flush(const Arguments& a) {
  const auto system = load_system(a.system);
  if (!system) return tl::unexpected(system.error());
  Outbox outbox(std::filesystem::path(a.state) / "outbox");
  const auto report = outbox.deliver(now, channel_sender(*system, now), true);
  if (!report) return tl::unexpected(report.error());
  if (report->busy) {
    fmt::print("Another process delivers just now.\n");
    return 0;
  }
  for (const auto& e : report->problems)
    fmt::print("{} ({}): {}\n", e.channel, printable_text(e.who, 80), printable(e.problem));
  for (const auto& file : report->damaged) fmt::print("moved away, it was no message: {}\n", file);
  fmt::print("{} sent, {} wait, {} given up\n", report->sent, report->put_off, report->given_up);
  return report->problems.empty() ? 0 : exit_code(ErrorCode::kExpectation);
}

CLI::App& verb(CLI::App& parent, const std::shared_ptr<Arguments>& a, std::string name, std::string what,
               int& exit, Result<int> (*run)(const Arguments&)) {
  auto* command = parent.add_subcommand(std::move(name), std::move(what));
  command->callback([a, &exit, run] {
    const auto done = run(*a);
    exit = done ? *done : print_failure(done.error());
  });
  return *command;
}

void add_format(CLI::App& command, Arguments& a) {
  command.add_option("--format", a.format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
}

void add_state(CLI::App& command, Arguments& a) {
  command.add_option("--state", a.state, "Folder of `culprit watch`, which has the outbox")
      ->envname("CULPRIT_WATCH")
      ->capture_default_str();
}

}  // namespace

void add_notify(CLI::App& app, int& exit) {
  auto* command = app.add_subcommand("notify", "Try the contacts of a system file; messages that wait");
  command->require_subcommand(1);

  auto testing = std::make_shared<Arguments>();
  CLI::App& test = verb(*command, testing, "test", "Send a test message, at once", exit, run_test);
  add_system_options(test, testing->system);
  test.add_option("--channel", testing->channel, "By this channel only");
  test.add_option("--severity", testing->severity, "To those who are told at this severity (default: at any)")
      ->check(CLI::IsMember({"P0", "P1", "P2", "P3"}));
  add_format(test, *testing);
  test.footer(R"(Examples:
  culprit notify test --system shop.yaml
  culprit notify test --system shop.yaml --channel pager
Exit codes: 0 every receiver took it, 1 one did not, 2 nobody is to be told, others by class of failure.)");

  auto listing = std::make_shared<Arguments>();
  CLI::App& list = verb(*command, listing, "list", "Messages that wait or were given up", exit, run_list);
  add_state(list, *listing);
  list.add_flag("--all", listing->all, "Those that were sent, too");
  add_format(list, *listing);
  list.footer("Example:\n  culprit notify list --state /var/lib/culprit");

  auto flushing = std::make_shared<Arguments>();
  CLI::App& flush = verb(*command, flushing, "flush", "Try every message that waits, now", exit, run_flush);
  add_system_options(flush, flushing->system);
  add_state(flush, *flushing);
  flush.footer(
      "Example:\n  culprit notify flush --system shop.yaml\nExit codes: 0 none is left, 1 a receiver did not "
      "take "
      "one.");
}

}  // namespace culprit
