// Writes a folder of logs as a Chatwoot-like system leaves them, of a wanted size: a web log (Rails), a
// worker log (Sidekiq JSON) and a PostgreSQL log with RDS's prefix, at about 330 arrivals a second, with an
// incident of ten minutes in the middle. Same seed, same bytes.
//   --mixed           all lines in one file, mixed.log, as a collector's output has them
//   --statements N    of 100 arrivals, so many are statements (30)
//   --short-lists     IN lists of 3 to 200 elements with short ones more frequent (log-uniform), not uniform.
//                     Lists of random numbers decide how far a log can be compressed at all.
// Ends with how much information the random draws put into the logs: no code can be shorter than that on
// average, however much it knows of the generator (but its seed).
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace {

struct Closer {
  void operator()(std::FILE* f) const { std::fclose(f); }
};
using File = std::shared_ptr<std::FILE>;

struct Options {
  std::uint64_t seed = 1;
  bool mixed = false;
  bool short_lists = false;
  std::uint64_t statements_percent = 30;
};

struct Endpoint {
  const char* method;
  const char* path;
  const char* action;
};
constexpr Endpoint kEndpoints[] = {
    {"GET", "/api/v1/accounts/1/conversations", "Api::V1::Accounts::ConversationsController#index"},
    {"GET", "/api/v1/accounts/1/conversations/{}/messages",
     "Api::V1::Accounts::Conversations::MessagesController#index"},
    {"POST", "/api/v1/accounts/1/conversations/{}/messages",
     "Api::V1::Accounts::Conversations::MessagesController#create"},
    {"GET", "/api/v1/accounts/1/contacts/search", "Api::V1::Accounts::ContactsController#search"},
    {"GET", "/api/v2/accounts/1/reports/summary", "Api::V2::Accounts::ReportsController#summary"},
};
constexpr const char* kStatements[] = {
    R"(SELECT "conversations".* FROM "conversations" WHERE "conversations"."account_id" = 1 AND "conversations"."id" IN ({}))",
    R"(SELECT "messages".* FROM "messages" WHERE "messages"."conversation_id" IN ({}) ORDER BY "messages"."created_at" ASC)",
    R"(SELECT COUNT(*) FROM "messages" WHERE "messages"."account_id" = 1 AND "messages"."inbox_id" IN ({}))",
    R"(UPDATE "conversations" SET "last_activity_at" = now() WHERE "conversations"."id" IN ({}))",
};
constexpr const char* kJobs[] = {"EventDispatcherJob", "SendReplyJob", "WebhookJob",
                                 "ConversationReplyEmailJob", "ActionCableBroadcastJob"};

constexpr double kDurationSpread = 0.8;
constexpr double kFailingShare = 0.15;
constexpr double kDatabaseShare = 0.8;  // of a request's time
constexpr double kArrivalsPerSecond = 330;
constexpr double kBytesPerArrival = 560;
constexpr double kIncidentHalfSeconds = 300;
constexpr std::time_t kStart = 1755813600;  // 2025-08-21T22:00:00Z

class Generator {
 public:
  Generator(const std::filesystem::path& folder, std::uint64_t bytes, const Options& options)
      : random_(options.seed), bytes_(bytes), options_(options) {
    const auto open = [&](const char* group, const char* stream) {
      const auto directory = folder / "logs" / "aws" / group;
      std::filesystem::create_directories(directory);
      return File(std::fopen((directory / stream).c_str(), "wb"), Closer{});
    };
    if (options.mixed) {
      std::filesystem::create_directories(folder);
      web_ = worker_ = db_ = File(std::fopen((folder / "mixed.log").c_str(), "wb"), Closer{});
      return;
    }
    web_ = open("ecs/chatscomm-chatwoot-prod-web", "web.log");
    worker_ = open("ecs/chatscomm-chatwoot-prod-worker", "worker.log");
    db_ = open("rds/instance/chatscomm-db-prod/postgresql", "postgresql.log");
  }

  void run() {
    const double middle = static_cast<double>(bytes_) / kArrivalsPerSecond / kBytesPerArrival / 2;
    std::exponential_distribution<double> wait(kArrivalsPerSecond);
    for (double t = 0; written_ < bytes_; t += wait(random_)) {
      incident_ = t > middle - kIncidentHalfSeconds && t < middle + kIncidentHalfSeconds;
      stamp(t);
      // What are no statements: requests, jobs and authorisations as 4 to 2 to 1.
      const auto kind = pick(100);
      const auto others = 100 - options_.statements_percent;
      if (kind >= others)
        statement();
      else if (kind * 7 < others * 4)
        request();
      else if (kind * 7 < others * 6)
        job();
      else
        authorisation();
      tell_kind(kind);
    }
  }

  // In bytes, of everything that can be read in the logs.
  double information() const { return bits_ / 8; }

 private:
  std::uint64_t pick(std::uint64_t n) { return random_() % n; }
  // The same where every outcome shows in the log.
  std::uint64_t show(std::uint64_t n) {
    bits_ += std::log2(static_cast<double>(n));
    return pick(n);
  }
  bool fails() {
    if (!incident_) return false;
    const bool failed = static_cast<double>(pick(100)) < 100 * kFailingShare;
    bits_ -= std::log2(failed ? kFailingShare : 1 - kFailingShare);
    return failed;
  }

  // Which kind of arrival it was, and when; of those whose stamps are whole seconds, the time is in the
  // others'.
  void tell_kind(std::uint64_t kind) {
    const auto others = 100 - options_.statements_percent;
    const auto below = [&](std::uint64_t sevenths) { return (others * sevenths + 6) / 7; };
    const std::uint64_t ends[] = {0, below(4), below(6), others, 100};
    std::size_t i = 0;
    while (kind >= ends[i + 1]) ++i;
    bits_ -= std::log2(static_cast<double>(ends[i + 1] - ends[i]) / 100);
    if (i > 1) return;
    // The milliseconds between arrivals of the kinds that tell them are geometric.
    const double none = std::exp(-kArrivalsPerSecond * static_cast<double>(ends[2]) / 100 / 1000);
    bits_ -= (none * std::log2(none) + (1 - none) * std::log2(1 - none)) / (1 - none);
  }

  // The log shows it to `step_ms`.
  double duration_ms(double usual, double step_ms) {
    std::lognormal_distribution<double> spread(0, kDurationSpread);
    const double scale = usual * (incident_ ? 20 : 1);
    const double factor = spread(random_);
    const double ms = scale * factor;
    const double in_spreads = std::log(factor) / kDurationSpread;
    const double density =
        std::exp(-in_spreads * in_spreads / 2) / (ms * kDurationSpread * std::sqrt(2 * M_PI));
    bits_ -= std::min(0.0, std::log2(density * step_ms));
    return ms;
  }

  void put(const File& file, const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), file.get());
    written_ += text.size();
  }

  void stamp(double t) {
    const auto ms = static_cast<std::int64_t>(t * 1000);
    const std::time_t whole = kStart + ms / 1000;
    std::tm tm{};
    gmtime_r(&whole, &tm);
    day_ = fmt::format("{:04}-{:02}-{:02}", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
    clock_ = fmt::format("{:02}:{:02}:{:02}", tm.tm_hour, tm.tm_min, tm.tm_sec);
    millis_ = ms % 1000;
  }

  std::string uuid() {
    const auto a = random_();
    const auto b = random_();
    bits_ += 120;
    return fmt::format("{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}", a >> 32, (a >> 16) & 0xffff, a & 0xfff,
                       b >> 52, b & 0xffffffffffff);
  }

  std::string path_of(const Endpoint& e) {
    const bool with_id = std::string_view(e.path).find("{}") != std::string_view::npos;
    return fmt::format(fmt::runtime(e.path), with_id ? show(90'000) : pick(90'000));
  }

  void request() {
    const auto& e = kEndpoints[show(std::size(kEndpoints))];
    const std::string id = uuid();
    const bool failed = fails();
    const double ms = failed ? 14'999 : duration_ms(60, 0.1 / kDatabaseShare);
    const std::string at = fmt::format("{}T{}.{:03}{:03}", day_, clock_, millis_, show(1000));
    const std::string head = fmt::format("I, [{} #1]  INFO -- : [{}] ", at, id);
    std::string out = head + fmt::format("Started {} \"{}\" for 10.0.{}.{} at {} {} +0000\n", e.method,
                                         path_of(e), show(4), show(255), day_, clock_);
    out += head + fmt::format("Processing by {} as JSON\n", e.action);
    out += head + fmt::format("Parameters: {{\"account_id\"=>\"1\", \"page\"=>\"{}\"}}\n", show(9));
    out += head + fmt::format("Completed {} in {:.0f}ms (ActiveRecord: {:.1f}ms | Allocations: {})\n",
                              failed ? "500 Internal Server Error" : "200 OK", ms, ms * kDatabaseShare,
                              show(500'000));
    if (failed)
      out += fmt::format(
          "F, [{} #1] FATAL -- : [{}] ActiveRecord::QueryCanceled (PG::QueryCanceled: ERROR:  "
          "canceling statement due to statement timeout\n)\n",
          at, id);
    put(web_, out);
  }

  std::string prefix() {
    return fmt::format("{} {} UTC:10.0.1.{}({}):chatwoot@chatwoot_production:[{}]:", day_, clock_, show(8),
                       40'000 + show(9'999), 10'000 + show(40));
  }

  std::uint64_t list_elements() {
    if (!options_.short_lists) return 3 + show(198);
    const double ratio = std::log(201.0 / 3);
    const auto elements =
        static_cast<std::uint64_t>(3 * std::exp(static_cast<double>(pick(1'000'000)) / 1e6 * ratio));
    bits_ -= std::log2(std::log1p(1 / static_cast<double>(elements)) / ratio);
    return elements;
  }

  void statement() {
    const auto elements = list_elements();
    std::string list;
    for (std::uint64_t i = 0; i < elements; ++i) list += fmt::format("{}{}", i ? ", " : "", show(1'000'000));
    const std::string sql = fmt::format(fmt::runtime(kStatements[show(std::size(kStatements))]), list);
    const std::string head = prefix();
    if (fails())
      put(db_, fmt::format("{0}ERROR:  canceling statement due to statement timeout\n{0}STATEMENT:  {1}\n",
                           head, sql));
    else
      put(db_,
          fmt::format("{}LOG:  duration: {:.3f} ms  statement: {}\n", head, duration_ms(120, 0.001), sql));
  }

  void job() {
    put(worker_, fmt::format(R"({{"ts":"{}T{}.{:03}Z","pid":7,"tid":"{:x}","lvl":"INFO","msg":"done",)"
                             R"("ctx":{{"class":"{}","jid":"{:024x}","elapsed":{:.3f}}}}})"
                             "\n",
                             day_, clock_, millis_, show(1 << 20), kJobs[show(std::size(kJobs))], random_(),
                             duration_ms(40, 1) / 1000));
    bits_ += 64;
  }

  void authorisation() {
    put(db_, prefix() + "LOG:  connection authorized: user=chatwoot database=chatwoot_production\n");
  }

  std::mt19937_64 random_;
  std::uint64_t bytes_;
  Options options_;
  std::uint64_t written_ = 0;
  double bits_ = 0;  // of information written
  bool incident_ = false;
  std::string day_, clock_;
  std::int64_t millis_ = 0;
  File web_, worker_, db_;
};

}  // namespace

int main(int argc, char** argv) {
  Options options;
  std::vector<std::string> plain;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--mixed")
      options.mixed = true;
    else if (argument == "--short-lists")
      options.short_lists = true;
    else if (argument == "--statements" && i + 1 < argc)
      options.statements_percent = std::min<std::uint64_t>(100, std::strtoull(argv[++i], nullptr, 10));
    else
      plain.push_back(argument);
  }
  if (plain.size() < 2) {
    fmt::print(stderr,
               "usage: generate_logs FOLDER MEGABYTES [SEED] [--mixed] [--statements N] [--short-lists]\n");
    return 2;
  }
  if (plain.size() > 2) options.seed = std::strtoull(plain[2].c_str(), nullptr, 10);
  Generator generator(plain[0], std::strtoull(plain[1].c_str(), nullptr, 10) * 1'000'000, options);
  generator.run();
  fmt::print("information in these logs: {:.3f} MB\n", generator.information() / 1e6);
  return 0;
}
