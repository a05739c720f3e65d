// `culprit watch`: alarms evaluated, incidents opened, evidence kept, people told; as a daemon or by cron.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>

#include "base/printable.h"
#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/gather.h"
#include "cli/stop_signal.h"
#include "notify/channel_sender.h"
#include "notify/recipients.h"
#include "watch/moment_clock.h"
#include "watch/watcher.h"

namespace culprit {

namespace {

constexpr Duration kNap{200};  // how soon a signal to stop is seen

struct Arguments {
  SystemOptions system;
  AwsOptions aws;
  std::string state = "culprit-watch";
  std::string book = "culprit-incidents";
  std::string interval = "60s", close_after = "10m", blind_after = "10m";
  int recorder_hours = 6;
  std::string recorder_size = "1GB", max_log_bytes = "256MB";
  std::string input, from;
  double speed = 1;
  bool once = false, silent = false, quiet = false;
};

// Lines of the log, from several threads.
class Log {
 public:
  explicit Log(bool quiet) : quiet_(quiet) {}
  void say(Time time, std::string_view line) {
    if (quiet_) return;
    const std::lock_guard lock(mutex_);
    fmt::print("{} {}\n", format_utc(time), printable(line));
    std::fflush(stdout);
  }

 private:
  std::mutex mutex_;
  bool quiet_;
};

std::string one_problem(const OutboxEntry& e) {
  return fmt::format("not delivered by {} ({}), attempt {}: {}", e.channel, e.who, e.attempts, e.problem);
}

// Delivers what the outbox holds, beside the watching.
class Postman {
 public:
  Postman(Outbox& outbox, const System& system, const MomentClock& clock, Log& log)
      : outbox_(outbox),
        clock_(clock),
        log_(log),
        send_(channel_sender(system, [&clock] { return clock.now().wall; })) {}

  void deliver() {
    const auto report = outbox_.deliver([this] { return clock_.now().wall; }, send_);
    const Time now = clock_.now().wall;
    next_ = report && report->next ? std::clamp(clock_.really(*report->next - now), kNap, Duration(60'000))
                                   : Duration(60'000);
    if (!report) {
      log_.say(now, "the outbox: " + report.error().message());
      return;
    }
    if (report->busy) next_ = Duration(1'000);
    for (const auto& e : report->problems) log_.say(now, one_problem(e));
    for (const auto& file : report->damaged) log_.say(now, "moved away, it was no message: " + file);
    if (report->given_up > 0)
      log_.say(now, fmt::format("{} messages given up: see `culprit notify list`", report->given_up));
  }

  void start() {
    thread_ = std::jthread([this](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        deliver();
        std::unique_lock lock(mutex_);
        wake_.wait_for(lock, stop, next_, [this] { return called_; });
        called_ = false;
      }
    });
  }
  void call() {
    const std::lock_guard lock(mutex_);
    called_ = true;
    wake_.notify_one();
  }

 private:
  Outbox& outbox_;
  const MomentClock& clock_;
  Log& log_;
  Outbox::Send send_;
  Duration next_{0};
  std::mutex mutex_;
  std::condition_variable_any wake_;
  bool called_ = false;
  std::jthread thread_;
};

struct Setup {
  System system;
  std::optional<OpenEvidence> recording;
  std::unique_ptr<MomentClock> clock;
  std::unique_ptr<Account> account;
  WatchOptions options;
  Duration interval{60'000};
};

Result<Duration> duration_of(const std::string& text, std::string_view option, Duration least) {
  auto out = parse_duration(text);
  if (!out) return fail(ErrorCode::kUsage, out.error().what, std::string(option), out.error().hint);
  if (*out < least)
    return fail(ErrorCode::kUsage, fmt::format("is less than {}", format_duration(least)),
                std::string(option));
  return out;
}

Result<void> read_options(const Arguments& a, Setup& out) {
  const auto interval = duration_of(a.interval, "--interval", Duration(1'000));
  if (!interval) return tl::unexpected(interval.error());
  const auto close_after = duration_of(a.close_after, "--close-after", Duration(60'000));
  if (!close_after) return tl::unexpected(close_after.error());
  const auto blind_after = duration_of(a.blind_after, "--blind-after", Duration(60'000));
  if (!blind_after) return tl::unexpected(blind_after.error());
  const auto size = parse_size(a.recorder_size);
  if (!size) return fail(ErrorCode::kUsage, size.error().what, "--recorder-size", size.error().hint);
  out.interval = *interval;
  out.options = {a.state, a.book, {*close_after, *blind_after}, {}, {a.recorder_hours, *size}};
  return {};
}

Result<void> set_up_drill(const Arguments& a, Setup& out) {
  auto recording = open_evidence(a.input, a.system);
  if (!recording) return tl::unexpected(recording.error());
  out.system = recording->system;
  out.recording = std::move(*recording);
  const auto extent = extent_of(out.recording->store());
  if (!extent) return tl::unexpected(extent.error());
  Time start = floor_minute(extent->start);
  if (!a.from.empty()) {
    const auto parsed = parse_time(a.from, out.recording->zone, extent->start);
    if (!parsed) return fail(ErrorCode::kUsage, parsed.error().what, "--from", parsed.error().hint);
    start = parsed->time;
  }
  std::error_code ec;
  std::filesystem::create_directories(a.state, ec);
  auto clock = drill_clock(std::filesystem::path(a.state) / "drill.json", start, a.speed);
  if (!clock) return tl::unexpected(clock.error());
  out.clock = std::move(*clock);
  out.account = recorded_account(out.recording->store());
  return {};
}

Result<void> set_up(const Arguments& a, Setup& out) {
  if (auto done = read_options(a, out); !done) return done;
  if (!a.input.empty()) return set_up_drill(a, out);
  if (a.speed != 1 || !a.from.empty())
    return fail(ErrorCode::kUsage, "--from and --speed belong to a drill", "",
                "Name a recording with --input.");
  SystemOptions named = a.system;
  if (named.system.empty()) named.system = "chatwoot";
  auto system = load_system(named);
  if (!system) return tl::unexpected(system.error());
  out.system = std::move(*system);
  const auto bytes = parse_size(a.max_log_bytes);
  if (!bytes) return fail(ErrorCode::kUsage, bytes.error().what, "--max-log-bytes", bytes.error().hint);
  out.clock = machine_clock();
  out.account = live_account(out.system, a.aws, *bytes);
  return {};
}

void greet(const Arguments& a, const Setup& setup, const Watcher& watcher, Log& log) {
  const Time now = setup.clock->now().wall;
  log.say(now, fmt::format("watches {} alarms of {}{}", watcher.watched().set.alarms.size(),
                           setup.system.name, a.input.empty() ? "" : ", as a drill on " + a.input));
  for (const auto& line : watcher.watched().cannot) log.say(now, "cannot watch " + line);
}

// Rounds until all that can be seen is decided.
Result<void> look(const Arguments& a, Watcher& watcher, const Setup& setup, Log& log, Postman* postman) {
  for (bool more = true; more && !stop_asked();) {
    const auto round = watcher.round(setup.clock->now());
    if (!round) return tl::unexpected(round.error());
    for (const auto& line : round->log) log.say(setup.clock->now().wall, line);
    if (postman != nullptr) postman->call();
    more = round->more;
    if (a.once && !round->trouble.empty())
      return fail(ErrorCode::kUnreachable, "the account cannot be seen: " + round->trouble, "",
                  "What is missed now is made up for later; --blind-after tells people.");
  }
  return {};
}

void sleep_until_next(const Setup& setup) {
  for (Duration left = setup.clock->really(setup.interval); left.count() > 0 && !stop_asked(); left -= kNap)
    std::this_thread::sleep_for(std::min(left, kNap));
}

Result<void> run(const Arguments& a) {
  Setup setup;
  if (auto done = set_up(a, setup); !done) return done;
  if (!a.silent)
    if (auto ok = check_recipients(setup.system); !ok) {
      ok.error().hint += "\n  --no-notify watches without telling anybody.";
      return ok;
    }
  auto watcher = Watcher::open(setup.system, *setup.account, setup.options);
  if (!watcher) return tl::unexpected(watcher.error());
  Log log(a.quiet);
  greet(a, setup, **watcher, log);
  Postman postman((*watcher)->outbox(), setup.system, *setup.clock, log);
  if (a.once) {
    auto done = look(a, **watcher, setup, log, nullptr);
    if (!a.silent) postman.deliver();
    return done;
  }
  catch_stop_signals();
  if (!a.silent) postman.start();
  while (!stop_asked()) {
    if (auto done = look(a, **watcher, setup, log, &postman); !done)
      log.say(setup.clock->now().wall, "this round failed, the next tries again: " + done.error().message());
    sleep_until_next(setup);
  }
  log.say(setup.clock->now().wall, "stopped; what waits in the outbox is sent when the watch runs again");
  return {};
}

void add_options(CLI::App& command, Arguments& a) {
  a.system.system.clear();
  add_system_options(command, a.system);
  command.add_option("--interval", a.interval, "How often to look")->capture_default_str();
  command.add_flag("--once", a.once, "Look once, deliver, and end: for cron");
  command
      .add_option("--state", a.state,
                  "Folder of what the watch remembers: state, outbox, flight recorder, capsules")
      ->envname("CULPRIT_WATCH")
      ->capture_default_str();
  command.add_option("--book", a.book, "Folder of the incidents")
      ->envname("CULPRIT_INCIDENTS")
      ->capture_default_str();
  command.add_option("--close-after", a.close_after, "Close when every alarm has been OK for so long")
      ->capture_default_str();
  command.add_option("--blind-after", a.blind_after, "Tell when the account could not be seen for so long")
      ->capture_default_str();
  command.add_flag("--no-notify", a.silent, "Tell nobody; messages wait in the outbox");
  command.add_option("--recorder-hours", a.recorder_hours, "Hours that the flight recorder holds")
      ->check(CLI::Range(1, 48))
      ->capture_default_str();
  command.add_option("--recorder-size", a.recorder_size, "Disk that the flight recorder may take")
      ->capture_default_str();
  command.add_option("--max-log-bytes", a.max_log_bytes, "Log to ask for at once, at most")
      ->capture_default_str();
  command.add_option("--profile", a.aws.profile, "AWS profile (as the AWS CLI)");
  command.add_option("--region", a.aws.region, "AWS region (as the AWS CLI)");
  command.add_option("--endpoint-url", a.aws.endpoint_url, "Ask this endpoint instead of AWS");
  command.add_flag("!--no-verify-ssl", a.aws.verify_tls, "Do not check TLS certificates");
  command.add_option("--input", a.input, "A drill: watch this capsule or store as if it happened now");
  command.add_option("--from", a.from, "A drill begins here (default: where the recording does)");
  command.add_option("--speed", a.speed, "A drill runs so many times as fast")
      ->check(CLI::Range(0.1, 3600.0))
      ->capture_default_str();
  command.add_flag("-q,--quiet", a.quiet, "No log on standard output");
}

}  // namespace

void add_watch(CLI::App& app, int& exit) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand("watch", "Evaluate alarms, open incidents, keep evidence, tell people");
  add_options(*command, *arguments);
  command->footer(R"(Examples:
  culprit watch --system shop.yaml --state /var/lib/culprit
  culprit watch --system shop.yaml --once
  culprit watch --input incident.culprit --system drill.yaml --state /tmp/drill --speed 60
Ends with Ctrl-C or SIGTERM: exit code 0.)");
  command->callback([arguments, &exit] {
    const auto done = run(*arguments);
    exit = done ? 0 : print_failure(done.error());
  });
}

}  // namespace culprit
