// `culprit serve`: a CloudWatch that one can run.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdio>

#include "base/printable.h"
#include "base/shell_word.h"
#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/gather.h"
#include "server/access_keys.h"
#include "server/account.h"
#include "server/api.h"
#include "server/http_server.h"
#include "server/live.h"

namespace culprit {

namespace {

using server::Account;
using server::AccountClock;
using server::AccountName;

struct Arguments {
  std::string store;
  std::string capsule;
  std::string at;
  std::string tz;
  double speed = 0;
  std::string listen = "127.0.0.1:4580";
  std::string keys;
  std::vector<std::string> webhooks;
  bool no_auth = false;
  bool print_env = false;
  bool quiet = false;
  std::size_t connections = server::HttpLimits{}.connections;
};

struct Endpoint {
  std::string address;
  std::uint16_t port = 0;
  bool loopback = false;
};

// "127.0.0.1:4580", "[::1]:4580", "4580"
Result<Endpoint> parse_listen(std::string_view text) {
  const auto refused = [&] {
    return fail(ErrorCode::kUsage, fmt::format("'{}' is no address to listen at", printable_text(text, 80)),
                {}, "Write --listen 127.0.0.1:4580; port 0 takes a free one.");
  };
  const auto colon = text.rfind(':');
  Endpoint out;
  out.address = colon == std::string_view::npos ? "127.0.0.1" : std::string(text.substr(0, colon));
  if (out.address.starts_with('[') && out.address.ends_with(']'))
    out.address = out.address.substr(1, out.address.size() - 2);
  if (out.address == "localhost") out.address = "127.0.0.1";
  const auto port = colon == std::string_view::npos ? text : text.substr(colon + 1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), out.port);
  if (error != std::errc{} || end != port.data() + port.size() || out.address.empty()) return refused();
  out.loopback = out.address.starts_with("127.") || out.address == "::1";
  return out;
}

std::string url_of(const Endpoint& endpoint, std::uint16_t port) {
  const bool v6 = endpoint.address.find(':') != std::string::npos;
  return fmt::format("http://{}:{}", v6 ? "[" + endpoint.address + "]" : endpoint.address, port);
}

// Nobody gets in unasked: a port that others can reach needs keys, and keys that somebody has seen.
Result<std::optional<server::AccessKeys>> open_keys(const Arguments& arguments, const Endpoint& endpoint) {
  if (arguments.no_auth) {
    if (!endpoint.loopback)
      return fail(ErrorCode::kUsage, "--no-auth is for this machine alone", arguments.listen,
                  "Listen at 127.0.0.1, or leave --no-auth away.");
    return std::optional<server::AccessKeys>();
  }
  const auto standard = server::default_keys_file();
  if (arguments.keys.empty() && !standard)
    return fail(ErrorCode::kUsage, "there is no home folder to keep access keys in", {},
                "Name a file with --keys FILE.");
  const std::filesystem::path file =
      arguments.keys.empty() ? *standard : std::filesystem::path(arguments.keys);
  std::error_code ignored;
  if (!endpoint.loopback && !arguments.print_env && !std::filesystem::exists(file, ignored))
    return fail(
        ErrorCode::kUsage, "others can reach this address, and there are no access keys yet",
        arguments.listen,
        fmt::format("Make them first: culprit serve --print-env --keys {}", shell_word(file.string())));
  auto keys = server::AccessKeys::open_or_create(file);
  if (!keys) return tl::unexpected(keys.error());
  return std::optional(std::move(*keys));
}

std::string environment_lines(const std::string& url, const std::string& region,
                              const std::optional<server::AccessKeys>& keys) {
  std::string out = fmt::format("export AWS_ENDPOINT_URL={}\n", url);
  const bool any = !keys;
  out += fmt::format("export AWS_ACCESS_KEY_ID={}\n", any ? "anybody" : keys->all().front().id);
  out += fmt::format("export AWS_SECRET_ACCESS_KEY={}\n",
                     any ? "anything" : shell_word(keys->all().front().secret));
  out += fmt::format("export AWS_DEFAULT_REGION={}\nexport AWS_REGION={}\n", shell_word(region),
                     shell_word(region));
  return out;
}

struct Evidence {
  std::shared_ptr<OpenEvidence> opened;
  std::unique_ptr<server::Live> live;  // with --store
  std::unique_ptr<server::EvidenceSource> source;
  AccountClock clock;
  AccountName name;
  std::string told;  // what is served, for people
};

// The end of what was seen: the account's clock when nothing else is said.
Result<Time> end_of(const OpenEvidence& evidence) {
  const auto extent = extent_of(evidence.store());
  if (!extent && !evidence.noted_window) return tl::unexpected(extent.error());
  Time end = extent ? extent->end : evidence.noted_window->end;
  if (evidence.noted_window) end = std::max(end, evidence.noted_window->end);
  return end;
}

Result<Evidence> open_replay(const Arguments& arguments) {
  SystemOptions own_system;
  own_system.system.clear();
  auto opened = open_evidence(arguments.capsule, own_system);
  if (!opened) return tl::unexpected(opened.error());
  Evidence out;
  out.opened = std::make_shared<OpenEvidence>(std::move(*opened));
  const OpenEvidence& evidence = *out.opened;
  auto zone = arguments.tz.empty() ? Result<Zone>(evidence.zone) : Zone::find(arguments.tz);
  if (!zone) return tl::unexpected(zone.error());
  const auto end = end_of(evidence);
  if (!end) return tl::unexpected(end.error());
  Time at = *end;
  if (!arguments.at.empty()) {
    const Time now = std::chrono::floor<Duration>(std::chrono::system_clock::now());
    const auto date_of = evidence.noted_window ? evidence.noted_window->start : *end;
    const auto parsed = parse_time(arguments.at, *zone, now, date_of);
    if (!parsed) return tl::unexpected(parsed.error());
    at = parsed->time;
  }
  out.clock = AccountClock(at, arguments.speed);
  out.name = server::name_of(evidence.store());
  out.source = server::fixed_evidence(std::shared_ptr<const Store>(out.opened, &evidence.store()));
  out.told =
      fmt::format("{} as of {} ({}){}", arguments.capsule, zone->format(at), format_utc(at),
                  arguments.speed > 0 ? fmt::format(", {} times as fast as time", arguments.speed) : "");
  return out;
}

Result<Evidence> open_store_evidence(const Arguments& arguments) {
  auto live = server::Live::open(arguments.store);
  if (!live) return tl::unexpected(live.error());
  Evidence out;
  out.live = std::move(*live);
  const auto current = out.live->store->current();
  if (!current) return tl::unexpected(current.error());
  out.name = server::name_of(**current);
  out.source = server::live_evidence(*out.live);
  out.told = arguments.store;
  return out;
}

void tell_start(const Arguments& arguments, const Evidence& evidence, const std::string& url,
                const std::optional<server::AccessKeys>& keys) {
  fmt::print("Serving {}\nat {}, account {}, region {}. Paste this where the commands run:\n\n{}\n",
             evidence.told, url, evidence.name.id, evidence.name.region,
             environment_lines(url, evidence.name.region, keys));
  if (keys)
    for (const auto& key : keys->all())
      if (key.read_only) fmt::print("For reading only: {} {}\n", key.id, key.secret);
  if (!keys) fmt::print("Nobody has to sign (--no-auth).\n");
  fmt::print("Then for example: aws logs describe-log-groups. Stop with Ctrl-C.\n");
  if (!arguments.quiet) fmt::print(stderr, "time peer key operation status bytes duration fault\n");
  std::fflush(stdout);
}

Result<void> serve(const Arguments& arguments) {
  const auto endpoint = parse_listen(arguments.listen);
  if (!endpoint) return tl::unexpected(endpoint.error());
  auto keys = open_keys(arguments, *endpoint);
  if (!keys) return tl::unexpected(keys.error());
  if (arguments.store.empty() == arguments.capsule.empty() && !arguments.print_env)
    return fail(ErrorCode::kUsage, "what is to be served?", {}, "Give --capsule FILE or --store DIR.");
  if (arguments.print_env && arguments.store.empty() && arguments.capsule.empty()) {
    fmt::print("{}", environment_lines(url_of(*endpoint, endpoint->port), AccountName{}.region, *keys));
    return {};
  }
  const auto webhooks = server::parse_webhooks(arguments.webhooks);
  if (!webhooks) return tl::unexpected(webhooks.error());
  auto evidence = arguments.capsule.empty() ? open_store_evidence(arguments) : open_replay(arguments);
  if (!evidence) return tl::unexpected(evidence.error());
  if (arguments.print_env) {
    fmt::print("{}", environment_lines(url_of(*endpoint, endpoint->port), evidence->name.region, *keys));
    return {};
  }
  Account account(std::move(evidence->source), evidence->clock, evidence->name);
  if (evidence->live) {
    account.make_live(*evidence->live);
    evidence->live->webhooks.start(*webhooks);
    evidence->live->alarms.start();
  }
  server::ApiOptions options;
  options.keys = *keys;
  if (!arguments.quiet) options.access_log = [](std::string_view line) { fmt::print(stderr, "{}\n", line); };
  server::Api api(account, std::move(options));
  server::HttpOptions http;
  http.address = endpoint->address;
  http.port = endpoint->port;
  http.limits.connections = arguments.connections;
  auto listening =
      server::HttpServer::listen(http, [&api](const server::HttpCall& call) { return api.answer(call); });
  if (!listening) return tl::unexpected(listening.error());
  api.show_counts_of((*listening)->counts());
  (*listening)->stop_on_signals();
  tell_start(arguments, *evidence, url_of(*endpoint, (*listening)->port()), *keys);
  (*listening)->run();
  if (evidence->live) evidence->live->stop();
  for (const auto& [operation, calls] : api.unknown_operations())
    fmt::print(stderr, "Asked for and not had: {} ({} times)\n", operation, calls);
  return {};
}

}  // namespace

void add_serve(CLI::App& app, int& exit) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand("serve", "A CloudWatch on this machine: a capsule replayed, or a store");
  command->add_option("--capsule", arguments->capsule, "Replay this capsule (or store), read-only")
      ->type_name("FILE");
  command
      ->add_option("--store", arguments->store,
                   "Serve this store, for reading and writing; made where there is none")
      ->type_name("DIR");
  command
      ->add_option("--at", arguments->at,
                   "Replay: the moment at which the account stands; later is not seen yet")
      ->type_name("TIME");
  command->add_option("--tz", arguments->tz, "Zone of --at (default: that of the capsule's system)")
      ->type_name("ZONE");
  command
      ->add_option("--speed", arguments->speed,
                   "Replay: how fast the account's clock runs from --at on; 0 stands still")
      ->check(CLI::Range(0.0, 10'000.0))
      ->capture_default_str();
  command->add_option("--listen", arguments->listen, "Address and port; port 0 takes a free one")
      ->type_name("ADDRESS:PORT")
      ->capture_default_str();
  command
      ->add_option("--keys", arguments->keys,
                   "File of access keys, made when it is missing (default: in the user's data folder)")
      ->type_name("FILE");
  command
      ->add_option("--webhook", arguments->webhooks,
                   "Where actions of alarms and subscription filters to this ARN go; '*=URL' for every ARN")
      ->type_name("ARN=URL")
      ->allow_extra_args(false);
  command->add_flag("--no-auth", arguments->no_auth, "Take unsigned requests; on a loopback address only");
  command->add_option("--max-connections", arguments->connections, "Connections open at once")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  command->add_flag("--print-env", arguments->print_env, "Print the lines to paste, for scripts, and end");
  command->add_flag("-q,--quiet", arguments->quiet, "No access log on standard error");
  command->footer(R"~(Examples:
  culprit serve --capsule incident.culprit --at "17:08"
  culprit serve --capsule incident.culprit --at "2025-08-21 17:00" --speed 10
  culprit serve --store ./store --listen 127.0.0.1:4580
  eval "$(culprit serve --print-env)" && aws logs describe-log-groups)~");
  command->callback([arguments, &exit] {
    const auto done = serve(*arguments);
    exit = done ? 0 : print_failure(done.error());
  });
}

}  // namespace culprit
