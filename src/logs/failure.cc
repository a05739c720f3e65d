#include "logs/failure.h"

#include <array>
#include <cstdlib>

#include "logs/error_level.h"
#include "logs/literal_set.h"

namespace culprit {

namespace {

constexpr std::size_t kFailures = static_cast<std::size_t>(Failure::kError) + 1;
constexpr std::array<std::string_view, kFailures> kNames = {
    "rack_timeouts",
    "active_storage_failures",
    "image_processing_failures",
    "s3_failures",
    "memory_kills",
    "memory_allocation_failures",
    "query_cancellations",
    "database_connection_failures",
    "redis_failures",
    "upstream_timeouts",
    "errors",
};

// Where a literal was found.
struct Place {
  std::string_view event;
  std::size_t begin, end;
  char before() const { return begin > 0 ? event[begin - 1] : '\0'; }
  char after(std::size_t ahead = 0) const { return end + ahead < event.size() ? event[end + ahead] : '\0'; }
  std::string_view lead(std::size_t size) const {
    return event.substr(begin > size ? begin - size : 0, std::min(begin, size));
  }
  std::string_view rest() const { return event.substr(end); }
};
using Check = bool (*)(const Place&);

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Not a part of a path or of a longer name.
bool is_name(const Place& p) {
  return !is_letter(p.before()) && p.before() != '/' && p.before() != '_' && p.before() != '-' &&
         p.after() != '/' && p.after() != '-';
}

// "…Error", "Errors::…": a class or the word itself, but no path ("/StandardError") and no count of none.
bool is_error_class(const Place& p) {
  if (p.before() == '/' || p.before() == '_' || p.before() == '-') return false;
  const char next = p.after();
  return !(next >= 'a' && next <= 'z') || p.rest().starts_with("s::");
}

// "failed", but neither "failed=0", "0 failed" nor a path.
bool is_real_failure(const Place& p) {
  if (is_letter(p.before()) || p.before() == '/' || p.before() == '_' || p.before() == '-' ||
      p.before() == '.')
    return false;
  if (p.lead(3).ends_with(" 0 ") || p.lead(2) == "0 " || is_letter(p.after()) || p.after() == '/' ||
      p.after() == '_')
    return false;
  std::string_view rest = p.rest();
  while (!rest.empty() && (rest[0] == '"' || rest[0] == ':' || rest[0] == '=' || rest[0] == ' '))
    rest.remove_prefix(1);
  return !(rest.starts_with('0') && (rest.size() == 1 || !is_digit(rest[1])));
}

// "status":5xx, status=5xx, Completed 5xx: two more digits and no more.
bool is_server_error(const Place& p) {
  return is_digit(p.after()) && is_digit(p.after(1)) && !is_digit(p.after(2));
}

// 137 behind "exit code", "exitCode": …; nothing but quotes, marks and spaces between.
bool is_exit_137(const Place& p) {
  if (is_digit(p.before()) || is_digit(p.after()) || p.before() == '.' ||
      (p.after() == '.' && is_digit(p.after(1))))
    return false;
  auto lead = p.lead(32);
  while (!lead.empty() && std::string_view(" :=\"'\\(").find(lead.back()) != std::string_view::npos)
    lead.remove_suffix(1);
  const auto ends = [&lead](std::string_view word) {
    if (lead.size() < word.size()) return false;
    for (std::size_t i = 0; i < word.size(); ++i) {
      const char c = lead[lead.size() - word.size() + i];
      if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) != word[i]) return false;
    }
    return true;
  };
  return ends("exit code") || ends("exit_code") || ends("exitcode") || ends("exit status") ||
         ends("exit_status") || ends("exited with code") || ends("exited with status") || ends("exited with");
}

// The kernel's counters ("oom_kill 0") tell nothing.
bool is_oom_kill(const Place& p) {
  auto rest = p.rest();
  while (!rest.empty() && (rest[0] == ' ' || rest[0] == '=' || rest[0] == ':' || rest[0] == '"'))
    rest.remove_prefix(1);
  return !is_letter(p.before()) && p.before() != '/' && p.after() != '_' && !(rest.starts_with('0'));
}

bool is_allocation(const Place& p) {
  const auto lead = p.lead(8);
  return !p.rest().starts_with(": Killed") && !lead.ends_with("cgroup ") && !lead.ends_with("Perhaps ") &&
         !is_letter(p.before()) && p.before() != '/';
}

// Redis::TimeoutError, RedisClient::ReadTimeoutError …: the name goes on to "Error".
bool is_redis_error(const Place& p) {
  if (is_letter(p.before()) || p.before() == ':' || p.before() == '/') return false;
  std::size_t size = 0;
  const auto rest = p.rest();
  while (size < rest.size() && size < 80 && (is_letter(rest[size]) || rest[size] == ':')) ++size;
  auto name = rest.substr(0, size);
  while (!name.empty() && name.back() == ':') name.remove_suffix(1);
  return name.ends_with("Error");
}

bool is_rack_request(const Place& p) {
  return p.rest().starts_with("TimeoutE") || p.rest().starts_with("Expiry");
}
bool is_not_racks(const Place& p) {
  return !p.lead(6).ends_with("Rack::") && !p.lead(13).ends_with("RedisClient::") && !is_letter(p.before());
}
bool is_rack_timeout_line(const Place& p) {
  const auto state = p.rest().find(" state=");
  if (state == std::string_view::npos || state > 400) return false;
  const auto value = p.rest().substr(state + 7);
  return value.starts_with("timed_out") || value.starts_with("expired");
}

enum Need : std::uint8_t {
  kSure = 0,
  kIfFailed = 1,       // only in an event that tells of a failure
  kIfUnreachable = 2,  // only in an event that tells of a time-out or broken connection
  kTellsFailure = 4,   // no failure by itself: makes the event one that tells of a failure
  kTellsUnreachable = 8,
  kTellsLevel = 16,  // the event may be of an error level: worth a look
};

struct Mark {
  std::string_view text;
  std::uint8_t need;
  Failure failure = Failure::kError;
  Check check = nullptr;
  bool ignore_case = false;
};

constexpr std::uint8_t kTellsBoth = kTellsFailure | kTellsUnreachable;

constexpr Mark kMarks[] = {
    {"Rack::Timeout::Request", kSure, Failure::kRackTimeout, is_rack_request},
    {"source=rack-timeout", kSure, Failure::kRackTimeout, is_rack_timeout_line},

    {"ActiveStorage", kIfFailed, Failure::kActiveStorage},
    {"lib/active_storage/", kIfFailed, Failure::kActiveStorage},

    {"resize_to_", kIfFailed, Failure::kImageProcessing},
    {"ImageProcessing::", kIfFailed, Failure::kImageProcessing},
    {"MiniMagick::", kIfFailed, Failure::kImageProcessing},
    {"Vips::Error", kSure, Failure::kImageProcessing, is_name},
    {"lib/image_processing/", kIfFailed, Failure::kImageProcessing},

    {"Aws::S3::Errors::", kSure, Failure::kS3},
    {"Aws::Errors::", kSure, Failure::kS3},
    {"Seahorse::Client::NetworkingError", kSure, Failure::kS3},
    {"botocore.exceptions.", kSure, Failure::kS3},
    {"s3.amazonaws.com", kIfUnreachable, Failure::kS3},
    {".s3.", kIfUnreachable, Failure::kS3},
    {"S3 Storage", kIfFailed, Failure::kS3},

    {"OutOfMemory", kSure, Failure::kMemoryKill, is_name},
    {"killed due to memory usage", kSure, Failure::kMemoryKill},
    {"oom-kill", kSure, Failure::kMemoryKill, is_oom_kill},
    {"oom_kill", kSure, Failure::kMemoryKill, is_oom_kill},
    {"oom_reaper", kSure, Failure::kMemoryKill},
    {"Killed process ", kSure, Failure::kMemoryKill},
    {"cgroup out of memory", kSure, Failure::kMemoryKill, nullptr, true},
    {"Perhaps out of memory", kSure, Failure::kMemoryKill},
    {"was terminated by signal 9", kSure, Failure::kMemoryKill},
    {"137", kSure, Failure::kMemoryKill, is_exit_137},

    {"NoMemoryError", kSure, Failure::kMemoryAllocation, is_name},
    {"MemoryError", kSure, Failure::kMemoryAllocation, is_name},
    {"Cannot allocate memory", kSure, Failure::kMemoryAllocation, nullptr, true},
    {"failed to allocate memory", kSure, Failure::kMemoryAllocation, nullptr, true},
    {"ENOMEM", kSure, Failure::kMemoryAllocation, is_name},
    {"std::bad_alloc", kSure, Failure::kMemoryAllocation},
    {"out of memory", kSure, Failure::kMemoryAllocation, is_allocation, true},

    {"QueryCanceled", kSure, Failure::kQueryCanceled, is_name},

    {"ActiveRecord::ConnectionNotEstablished", kSure, Failure::kDatabaseConnection},
    {"ActiveRecord::ConnectionTimeoutError", kSure, Failure::kDatabaseConnection},
    {"ActiveRecord::ConnectionFailed", kSure, Failure::kDatabaseConnection},
    {"ActiveRecord::DatabaseConnectionError", kSure, Failure::kDatabaseConnection},
    {"PG::ConnectionBad", kSure, Failure::kDatabaseConnection},
    {"PG::UnableToSend", kSure, Failure::kDatabaseConnection},
    {"psycopg2.OperationalError", kSure, Failure::kDatabaseConnection},
    {"psycopg.OperationalError", kSure, Failure::kDatabaseConnection},
    {"could not connect to server", kSure, Failure::kDatabaseConnection},
    {"could not obtain a connection from the pool", kSure, Failure::kDatabaseConnection},
    {"server closed the connection unexpectedly", kSure, Failure::kDatabaseConnection},
    {"too many clients already", kSure, Failure::kDatabaseConnection},
    {"remaining connection slots are reserved", kSure, Failure::kDatabaseConnection},
    {"the database system is in recovery mode", kSure, Failure::kDatabaseConnection},
    {"the database system is starting up", kSure, Failure::kDatabaseConnection},
    {"the database system is shutting down", kSure, Failure::kDatabaseConnection},

    {"Redis::", kSure, Failure::kRedis, is_redis_error},
    {"RedisClient::", kSure, Failure::kRedis, is_redis_error},
    {"redis.exceptions.", kSure, Failure::kRedis},
    {"READONLY You can't write against", kSure, Failure::kRedis},
    {"MISCONF Redis is configured", kSure, Failure::kRedis},
    {"Error connecting to Redis", kSure, Failure::kRedis},

    {"Net::ReadTimeout", kTellsBoth, Failure::kUpstreamTimeout},
    {"Net::OpenTimeout", kTellsBoth, Failure::kUpstreamTimeout},
    {"Net::WriteTimeout", kTellsBoth, Failure::kUpstreamTimeout},
    {"Faraday::TimeoutError", kTellsBoth, Failure::kUpstreamTimeout},
    {"HTTP::TimeoutError", kTellsBoth, Failure::kUpstreamTimeout},
    {"HTTP::ConnectTimeoutError", kTellsBoth, Failure::kUpstreamTimeout},
    {"HTTPX::TimeoutError", kTellsBoth, Failure::kUpstreamTimeout},
    {"HTTPClient::ReceiveTimeoutError", kTellsBoth, Failure::kUpstreamTimeout},
    {"HTTPClient::ConnectTimeoutError", kTellsBoth, Failure::kUpstreamTimeout},
    {"Excon::Error::Timeout", kTellsBoth, Failure::kUpstreamTimeout},
    {"Excon::Errors::Timeout", kTellsBoth, Failure::kUpstreamTimeout},
    {"RestClient::Exceptions::ReadTimeout", kTellsBoth, Failure::kUpstreamTimeout},
    {"RestClient::Exceptions::OpenTimeout", kTellsBoth, Failure::kUpstreamTimeout},
    {"RestClient::RequestTimeout", kTellsBoth, Failure::kUpstreamTimeout},
    {"Down::TimeoutError", kTellsBoth, Failure::kUpstreamTimeout},
    {"Timeout::Error", kTellsBoth, Failure::kUpstreamTimeout, is_not_racks},
    {"httpx.ReadTimeout", kTellsBoth, Failure::kUpstreamTimeout},
    {"httpx.ConnectTimeout", kTellsBoth, Failure::kUpstreamTimeout},
    {"httpx.PoolTimeout", kTellsBoth, Failure::kUpstreamTimeout},
    {"requests.exceptions.ReadTimeout", kTellsBoth, Failure::kUpstreamTimeout},
    {"requests.exceptions.ConnectTimeout", kTellsBoth, Failure::kUpstreamTimeout},
    {"APITimeoutError", kTellsBoth, Failure::kUpstreamTimeout},
    {"ServerTimeoutError", kTellsBoth, Failure::kUpstreamTimeout},
    {"asyncio.TimeoutError", kTellsBoth, Failure::kUpstreamTimeout},
    {"asyncio.exceptions.TimeoutError", kTellsBoth, Failure::kUpstreamTimeout},
    {"ReadTimeoutError", kTellsBoth, Failure::kUpstreamTimeout, is_not_racks},
    {"ConnectTimeoutError", kTellsBoth, Failure::kUpstreamTimeout, is_not_racks},
    {"upstream timed out", kTellsBoth, Failure::kUpstreamTimeout},
    {"execution expired", kTellsBoth, Failure::kUpstreamTimeout},
    {"ETIMEDOUT", kTellsBoth, Failure::kUpstreamTimeout, is_name},
    {"context deadline exceeded", kTellsBoth, Failure::kUpstreamTimeout},

    {"Error", kTellsFailure, Failure::kError, is_error_class},
    {"Exception", kTellsFailure, Failure::kError, is_error_class},
    {"failed", kTellsFailure, Failure::kError, is_real_failure, true},
    {"\"msg\":\"fail", kTellsFailure},
    {"raised exception", kTellsFailure},
    {"undefined method", kTellsFailure},
    {"timed out", kTellsBoth},
    {"ECONNREFUSED", kTellsBoth},
    {"ECONNRESET", kTellsBoth},
    {"Connection refused", kTellsBoth},
    {"Failed to open TCP connection", kTellsBoth},
    {"Rack::Timeout", kTellsFailure},
    {"\"status\":5", kTellsFailure, Failure::kError, is_server_error},
    {" status=5", kTellsFailure, Failure::kError, is_server_error},

    {"error", kTellsLevel, Failure::kError, nullptr, true},
    {"fatal", kTellsLevel, Failure::kError, nullptr, true},
    {"panic", kTellsLevel, Failure::kError, nullptr, true},
    {"crit", kTellsLevel, Failure::kError, nullptr, true},
    {"severe", kTellsLevel, Failure::kError, nullptr, true},
    {"alert", kTellsLevel, Failure::kError, nullptr, true},
    {"emerg", kTellsLevel, Failure::kError, nullptr, true},
    {"\"level\":50", kTellsLevel},
    {"\"level\":60", kTellsLevel},
};

// What one scan has found.
struct Found {
  std::string_view event;
  std::uint32_t sure = 0, if_failed = 0, if_unreachable = 0;  // bits of Failure
  bool failed = false, unreachable = false, level = false;
};

void note(void* state, std::uint32_t literal, std::size_t end) {
  auto& found = *static_cast<Found*>(state);
  const Mark& mark = kMarks[literal];
  if (mark.check != nullptr && !mark.check(Place{found.event, end - mark.text.size(), end})) return;
  const auto bit = 1U << static_cast<unsigned>(mark.failure);
  if (mark.need == kSure) found.sure |= bit;
  if ((mark.need & kIfFailed) != 0) found.if_failed |= bit;
  if ((mark.need & kIfUnreachable) != 0) found.if_unreachable |= bit;
  if ((mark.need & kTellsFailure) != 0) found.failed = true;
  if ((mark.need & kTellsUnreachable) != 0) found.unreachable = true;
  if ((mark.need & kTellsLevel) != 0) found.level = true;
  if ((mark.need & kTellsFailure) != 0 && mark.failure == Failure::kUpstreamTimeout) found.sure |= bit;
}

LiteralSet make_marks() {
  std::vector<Literal> literals;
  for (const auto& mark : kMarks)
    literals.push_back({std::string(mark.text), mark.ignore_case, mark.check == nullptr});
  auto set = LiteralSet::make(literals);
  if (!set) {
    // The marks are constants, none of them empty.
    std::fputs(set.error().message().c_str(), stderr);
    std::abort();
  }
  return std::move(*set);
}

const LiteralSet& marks() {
  static const LiteralSet kSet = make_marks();
  return kSet;
}

}  // namespace

std::string_view to_string(Failure failure) { return kNames[static_cast<std::size_t>(failure)]; }

std::vector<Literal> failure_literals() {
  std::vector<Literal> out{{"E, [", false, true}, {"F, [", false, true}};
  for (const auto& mark : kMarks) {
    const bool tells_only = mark.need == kTellsFailure || mark.need == kTellsBoth;
    if (tells_only && mark.failure != Failure::kUpstreamTimeout) continue;  // what makes others count
    // A number may be anywhere; without the words in front of it, it says nothing.
    if (mark.check == is_exit_137)
      out.push_back({"exit", true, true});
    else
      out.push_back({std::string(mark.text), mark.ignore_case, true});
  }
  return out;
}

std::vector<Failure> classify_failure(std::string_view event) {
  Found found;
  found.event = event;
  marks().find(event, note, &found);
  // Ruby's header needs no word: "E, [".
  const bool ruby = event.size() > 4 && (event[0] == 'E' || event[0] == 'F') && event.substr(1, 3) == ", [";
  const bool error = (found.level || ruby) && has_error_level(event);
  std::uint32_t all = found.sure;
  if (found.failed || error) all |= found.if_failed;
  if (found.unreachable) all |= found.if_unreachable;
  if (error) all |= 1U << static_cast<unsigned>(Failure::kError);
  std::vector<Failure> out;
  for (std::size_t i = 0; i < kFailures; ++i)
    if ((all & (1U << i)) != 0) out.push_back(static_cast<Failure>(i));
  return out;
}

}  // namespace culprit
