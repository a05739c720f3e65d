// Observing by log type gives what looking at every message gives: on the bundled recordings, and on random
// logs whose lines are near to what the types are understood from.
#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "base/file.h"
#include "diagnosis/observation.h"
#include "logs/format.h"
#include "store/embedded_store.h"

namespace culprit {
namespace {

namespace fs = std::filesystem;

const Time kStart = *parse_iso8601("2025-08-21T22:00:00Z");

Component component(std::string id, std::string format) {
  Component out;
  out.id = std::move(id);
  out.log_group = "/" + out.id;
  out.log_format = std::move(format);
  return out;
}

LogPattern pattern(std::string id, std::vector<std::string> any_of, std::vector<std::string> all_regex = {},
                   bool ignore_case = false) {
  LogPattern out;
  out.component = id.substr(0, id.find('.'));
  out.id = std::move(id);
  out.any_of = std::move(any_of);
  out.all_regex = std::move(all_regex);
  out.ignore_case = ignore_case;
  return out;
}

System test_system() {
  System out;
  for (const auto* format : {"rails", "sidekiq", "postgres", "json"}) {
    out.components.push_back(component(format, format));
    const std::string id = format;
    out.patterns.push_back(pattern(id + ".error", {"ERROR", "FATAL"}));
    out.patterns.push_back(pattern(id + ".timeout", {"timeout"}, {}, true));
    out.patterns.push_back(pattern(id + ".long", {"duration"}, {"duration.*ms"}));
    out.patterns.push_back(pattern(id + ".slow", {}, {"[0-9]{4,}(ms| ms)"}));
    out.patterns.push_back(pattern(id + ".seven", {"77", "IN ("}, {"[0-9]7+", "7"}));
  }
  return out;
}

void put(std::ostream& out, const EventCounter::Mark& mark) {
  out << to_epoch_ms(mark.time) << '#' << mark.number << ' ';
}
void put(std::ostream& out, const QuantileSketch& s) {
  out << s.count() << '/' << s.sum() << '/' << s.max() << '/' << s.quantile(0.5) << '/' << s.quantile(0.95)
      << ' ';
}

void put_signal(std::ostream& out, const Signal& s) {
  out << "signal " << s.name << ' ' << s.unit << ' ' << s.filter << ':';
  for (const double m : s.minutes) out << ' ' << m;
  out << '\n';
  if (!s.events) return;
  out << s.events->window_count() << ' ';
  put(out, s.events->first());
  put(out, s.events->last());
  for (std::size_t i = 0; i < s.events->per_minute().size(); ++i) {
    out << s.events->per_minute()[i] << '@';
    put(out, s.events->first_of_minute(i));
    out << to_epoch_ms(s.events->last_of_minute(i)) << ' ';
  }
  out << '\n';
}

// Everything that was seen, exactly.
std::string text_of(const Observations& seen) {
  std::ostringstream out;
  out.precision(17);
  for (const auto& [name, s] : seen.signals) put_signal(out, s);
  for (const auto& [name, s] : seen.statements) {
    out << "statement " << name << ' ' << s.sql << ' ' << s.calls << ' ' << s.timeouts << ' ' << s.lock_waits
        << ' ' << s.baseline_calls << ' ' << s.baseline_timeouts << ' ' << s.in_list_max << ' '
        << s.baseline_in_list_max << ' ' << s.slowest_ms << ' ';
    put(out, s.durations_ms);
    for (const auto& mark : {s.first, s.last, s.slowest, s.first_timeout}) put(out, mark);
    out << '\n';
  }
  for (const auto& [name, e] : seen.endpoints) {
    out << "endpoint " << name << ' ' << e.requests << ' ' << e.errors << ' ' << e.timeouts << ' '
        << e.query_cancellations << ' ' << e.baseline_requests << ' ' << e.baseline_errors << ' '
        << e.total_ms << ' ' << e.database_ms << ' ' << e.slowest_ms << ' ';
    put(out, e.durations_ms);
    put(out, e.baseline_durations_ms);
    put(out, e.slowest);
    put(out, e.first_error);
    out << '\n';
  }
  for (const auto& [name, j] : seen.jobs) {
    out << "job " << name << ' ' << j.runs << ' ' << j.failures << ' ' << j.slowest_ms << ' ';
    put(out, j.durations_ms);
    put(out, j.baseline_durations_ms);
    put(out, j.slowest);
    put(out, j.first_failure);
    out << '\n';
  }
  for (const auto& c : seen.changes)
    out << "change " << to_epoch_ms(c.time) << ' ' << c.kind << ' ' << c.text << ' ' << c.event << '\n';
  return out.str();
}

class BySegments : public ::testing::Test {
 protected:
  BySegments() : directory_(std::move(*TemporaryDirectory::create())) {}

  void append(const std::string& group, Time time, std::string_view message) {
    if (!writer_) writer_ = std::move(*create_store(directory_.path() / "store"));
    ASSERT_TRUE(writer_->append({0, group, "s", time, time, message}));
  }

  // As text, what was seen in one way or the other.
  std::string seen(bool by_segments) {
    const auto store = open_store(directory_.path() / "store");
    EXPECT_TRUE(store.has_value());
    const auto groups = (*store)->log_groups();
    Time first = Time::max();
    Time last = Time::min();
    for (const auto& group : *groups) {
      first = std::min(first, group.first);
      last = std::max(last, group.last);
    }
    const auto part = [&](int of_ten) { return first + (last - first) * of_ten / 10; };
    const Window window{part(4), part(7)};
    const Window span{part(1), part(9)};
    Observations out(window, {span.start, window.start}, span);
    ObserveOptions options;
    options.by_segments = by_segments;
    EXPECT_TRUE(observe_logs(**store, system_, out, options));
    return text_of(out);
  }

  void expect_same() {
    ASSERT_TRUE(writer_->commit());
    writer_.reset();
    const auto by_events = seen(false);
    EXPECT_GT(by_events.size(), 1000U);
    EXPECT_EQ(seen(true), by_events);
  }

  TemporaryDirectory directory_;
  std::unique_ptr<StoreWriter> writer_;
  System system_ = test_system();
};

// Lines of three formats: the usual ones, and ones that differ in a small but telling way.
class Lines {
 public:
  explicit Lines(std::uint64_t seed) : random_(seed) {}
  std::uint64_t pick(std::uint64_t n) { return random_() % n; }

  template <std::size_t N>
  std::string one_of(const char* const (&texts)[N]) {
    return texts[pick(N)];
  }
  std::string number(std::uint64_t n) { return std::to_string(pick(n)); }

  std::string uuid() {
    if (!open_.empty() && pick(4) > 0) return open_[pick(open_.size())];
    std::string out;
    for (const int size : {8, 4, 4, 4, 12}) {
      if (!out.empty()) out += '-';
      for (int i = 0; i < size; ++i) out += "0123456789abcdef"[pick(16)];
    }
    if (open_.size() < 6)
      open_.push_back(out);
    else
      open_[pick(open_.size())] = out;
    return out;
  }

  std::string rails(Time time) {
    const auto stamp = format_utc(time).substr(0, 19) + "." + std::to_string(100 + pick(900)) + "123";
    const char* const level = pick(12) == 0 ? "ERROR" : pick(12) == 0 ? "FATAL" : "INFO";
    std::string head(1, level[0]);
    head += ", [" + stamp + " #" + (pick(3) ? "1" : number(40)) + "]  " + level + " -- : ";
    if (pick(20) > 0) head += "[" + uuid() + "] ";
    if (pick(40) == 0) head += "[ActiveJob] ";
    return head + rails_body();
  }

  std::string statement() {
    std::string list = number(1000);
    for (auto n = pick(pick(4) ? 5 : 60); n > 0; --n) list += ", " + number(100'000);
    static const char* const kHeads[] = {"SELECT * FROM a WHERE x IN (",
                                         "select 1 from b where y = 5 and z in (", "INSERT INTO t VALUES (",
                                         "UPDATE c SET v = now() WHERE id IN ("};
    static const char* const kTails[] = {")", ") ORDER BY 1", ") AND n = 'x 7'", ") -- 12"};
    std::string out = one_of(kHeads) + list + one_of(kTails);
    if (pick(5) == 0) out += " LIMIT " + number(90) + (pick(2) ? "" : " OFFSET $" + number(3));
    if (pick(9) == 0) out += " AND name = 'node" + number(99) + "'";
    if (pick(15) == 0) out += " AND t" + number(9) + ".x = 1";
    return out;
  }

  std::string postgres(Time time) {
    auto stamp = format_utc(time).substr(0, 19);
    stamp[10] = ' ';
    const auto pid = std::to_string(10'000 + pick(6));
    const auto prefix = stamp + " UTC:10.0.1." + number(9) + "(" + number(60'000) + "):chatwoot@" +
                        (pick(9) ? "production" : "[unknown]") + ":[" + pid + "]:";
    static const char* const kSteps[] = {
        "  statement: ", "  execute <unnamed>: ", "  execute a7: ", "  parse s: "};
    switch (pick(12)) {
      case 0:
        return prefix + "ERROR:  canceling statement due to statement timeout\n" +
               (pick(5) ? prefix : stamp + " UTC:[local]:a@b:[77]:") + "STATEMENT:  " + statement();
      case 1:
        return prefix + "LOG:  connection authorized: user=chatwoot database=chatwoot_production";
      case 2:
        return prefix + "STATEMENT:  " + statement();
      case 3:
        return prefix + "LOG:  process " + pid + " still waiting for ShareLock on transaction " +
               number(999) + " after " + number(3000) + ".12 ms";
      case 4:
        return pick(3) ? "\tcontinued " + number(50)
                       : prefix + "DETAIL:  Process holding the lock: " + number(90) + ".";
      case 5:
        return prefix + "LOG:  temporary file: path \"base/pgsql_tmp/pgsql_tmp" + pid + ".0\", size " +
               number(99'999);
      case 6:
        return prefix + "LOG:  duration: " + number(90) + "." + number(1000) + " ms";
      case 7:
        return prefix +
               "LOG:  statement: " + (pick(2) ? "ALTER TABLE t" + number(9) + " ADD c int" : statement());
      default:
        return prefix + "LOG:  duration: " + number(20'000) + "." + std::to_string(100 + pick(900)) + " ms" +
               one_of(kSteps) + statement();
    }
  }

  std::string sidekiq(Time time) {
    static const char* const kClasses[] = {"SendReplyJob", "EventDispatcherJob", "Hook2Job",
                                           "Conversations::X1Job"};
    static const char* const kMessages[] = {"done",
                                            "done",
                                            "done",
                                            "start",
                                            "fail",
                                            "fail: Net::ReadTimeout",
                                            "Performed A::B1 (Job ID: 17) from Sidekiq(low) in 3.5ms",
                                            "done: 1.2 sec"};
    std::string out = R"({"ts":")" + format_utc(time).substr(0, 19) + "." + std::to_string(100 + pick(900)) +
                      R"(Z","pid":7,"tid":")" + number(99'999) + R"(","lvl":")" +
                      (pick(9) ? "INFO" : "ERROR") + R"(","msg":")" + one_of(kMessages) +
                      R"(","ctx":{"class":")" + one_of(kClasses);
    out += pick(8) ? "\"" : std::to_string(pick(40)) + "\"";
    if (pick(9) == 0) out += R"(,"wrapped":")" + one_of(kClasses) + "\"";
    out += R"(,"jid":")" + uuid().substr(24) + R"(")";
    if (pick(6))
      out += std::string(R"(,"elapsed":)") + (pick(30) ? number(90) + "." + number(1000) : "\"1.5\"");
    if (pick(7) == 0) out += R"(,"latency":)" + number(70);
    return out + (pick(50) ? "}}" : "}");
  }

 private:
  std::string rails_body() {
    static const char* const kPaths[] = {"/api/v1/accounts/1/conversations/{}/messages", "/reports?page={}",
                                         "/a/{}", "/search"};
    static const char* const kWhat[] = {"A::B1Controller#index", "Api::V1::ContactsController#search", "X#y"};
    static const char* const kEnds[] = {"200 OK", "500 Internal Server Error", "404 Not Found",
                                        "204 No Content"};
    switch (pick(10)) {
      case 0:
      case 1: {
        auto path = one_of(kPaths);
        if (const auto at = path.find("{}"); at != path.npos) path.replace(at, 2, number(90'000));
        return std::string("Started ") + (pick(3) ? "GET" : "POST") + " \"" + path + "\" for 10.0.0." +
               number(250) + " at 2025-08-21 22:00:0" + number(9) + " +0000";
      }
      case 2:
      case 3:
        return "Processing by " + one_of(kWhat) + " as JSON";
      case 4:
        return R"(Parameters: {"account_id"=>"1", "page"=>")" + number(9) + "\"}";
      case 5:
        return "ActiveRecord::QueryCanceled (PG::QueryCanceled: ERROR:  canceling statement due to statement "
               "timeout\n)";
      case 6:
        return "exit code " + (pick(2) ? std::string("137") : number(200)) + " of " + number(137);
      default:
        return "Completed " + (pick(9) ? one_of(kEnds) : number(700) + " Odd") + " in " + number(30'000) +
               "ms (" + (pick(3) ? "Views: 0." + number(9) + "ms | " : "") +
               "ActiveRecord: " + number(9'000) + "." + number(9) + "ms | Allocations: " + number(99'999) +
               ")";
    }
  }

  std::mt19937_64 random_;
  std::vector<std::string> open_;
};

TEST_F(BySegments, RandomLogsGiveTheSame) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    directory_ = std::move(*TemporaryDirectory::create());
    Lines lines(seed);
    for (int i = 0; i < 12'000; ++i) {
      const Time time = kStart + Duration(static_cast<std::int64_t>(i) * 250 + lines.pick(40));
      append("/rails", time, lines.rails(time));
      append("/postgres", time, lines.postgres(time));
      append("/sidekiq", time, lines.sidekiq(time));
      if (i % 4'000 == 3'999) {
        ASSERT_TRUE(writer_->commit());  // what belongs together may be in several segments
      }
    }
    append("/json", kStart + std::chrono::minutes(30), R"({"time":"2025-08-21T22:30:00Z","status":500})");
    expect_same();
  }
}

TEST_F(BySegments, RecordingsGiveTheSame) {
  system_.components.clear();
  for (const auto& [id, format] : {std::pair{"web", "rails"}, {"worker", "sidekiq"}, {"db", "postgres"}})
    system_.components.push_back(component(id, format));
  for (auto& p : system_.patterns)
    p.component = p.component == "rails" ? "web" : p.component == "postgres" ? "db" : "worker";
  for (const auto* incident : {"statement-timeouts", "quiet-hour"}) {
    SCOPED_TRACE(incident);
    directory_ = std::move(*TemporaryDirectory::create());
    for (const auto& file : fs::recursive_directory_iterator(fs::path(CULPRIT_SOURCE_DIR) /
                                                             "examples/incidents" / incident / "logs")) {
      if (!file.is_regular_file()) continue;
      const auto path = file.path().string();
      const auto format = path.find("-web") != path.npos      ? LogFormat::kRails
                          : path.find("-worker") != path.npos ? LogFormat::kSidekiqJson
                          : path.find("/rds/") != path.npos   ? LogFormat::kPostgres
                                                              : LogFormat::kUnknown;
      if (format == LogFormat::kUnknown) continue;
      const char* const group = format == LogFormat::kRails      ? "/web"
                                : format == LogFormat::kPostgres ? "/db"
                                                                 : "/worker";
      const auto blocks = open_blocks(file.path());
      ASSERT_TRUE(blocks.has_value());
      const auto splitter = make_splitter(format, kStart);
      const auto emit = [&](const SplitEvent& e) { append(group, e.time, e.text); };
      for (auto block = (*blocks)->next(); block && !block->empty(); block = (*blocks)->next())
        splitter->feed(*block, emit);
      splitter->finish(emit);
    }
    expect_same();
  }
}

}  // namespace
}  // namespace culprit
