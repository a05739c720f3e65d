#include "sql_report/line_scanner.h"

#include <algorithm>
#include <cstring>

#include "logs/postgres_line.h"

namespace culprit {

namespace {

constexpr std::size_t kPrefixBytesMax = 1024;
constexpr std::size_t kMinuteBytes = 17;  // "2025-08-21 23:03:"
constexpr std::size_t kOpenMax = 1u << 16;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_letter(char c) { return is_upper(c) || (c >= 'a' && c <= 'z'); }
int digit(char c) { return c - '0'; }

std::string_view view(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

std::string_view first_line(std::string_view text) {
  auto line = text.substr(0, text.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

bool is_known_level(std::string_view word) {
  for (const std::string_view level : {"LOG", "ERROR", "FATAL", "PANIC", "WARNING", "NOTICE", "INFO", "DEBUG",
                                       "DEBUG1", "DEBUG2", "DEBUG3", "DEBUG4", "DEBUG5"})
    if (level == word) return true;
  return false;
}

bool is_section(std::string_view word) {
  for (const std::string_view level : {"DETAIL", "HINT", "CONTEXT", "LOCATION", "BACKTRACE"})
    if (level == word) return true;
  return false;
}

// The statement behind "statement: ", "execute name: ", "parse name: ", "bind name: ".
std::string_view statement_of(std::string_view text) {
  constexpr std::string_view kStatement = "statement: ";
  if (text.starts_with(kStatement)) return text.substr(kStatement.size());
  const auto space = text.find(' ');
  const auto colon = text.find(": ", space == std::string_view::npos ? text.size() : space + 1);
  return colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 2);
}

}  // namespace

void SqlEdgeJoiner::join(const SqlEdges& edges, SqlTally& tally) {
  for (const auto& orphan : edges.orphans) {
    const auto entry = open_.find(orphan.pid);
    if (entry == open_.end()) continue;
    SqlFeeder::complete(tally, entry->second, tally.statement(orphan.shape), orphan.list);
    open_.erase(entry);
  }
  for (const auto& last : edges.last) {
    open_.erase(last.pid);
    if (last.pending.kind != SqlPending::Kind::kNothing && open_.size() < kOpenMax)
      open_.emplace(last.pid, last.pending);
  }
}

// Most lines begin within the minute of the line before.
bool SqlLineScanner::read_stamp(const char* line, const char* end, Time& time, const char*& after) {
  const auto size = static_cast<std::size_t>(end - line);
  if (size < kMinuteBytes + 4 || line[4] != '-' || line[16] != ':') return false;
  const char* const seconds = line + kMinuteBytes;
  if (!is_digit(seconds[0]) || !is_digit(seconds[1])) return false;
  const std::size_t known = kMinuteBytes + (memo_.with_ms ? 6 : 2) + memo_.zone.size();
  if (memo_.minute.size() == kMinuteBytes && size > known &&
      std::memcmp(line, memo_.minute.data(), kMinuteBytes) == 0) {
    int ms = 0;
    const char* p = seconds + 2;
    bool same = !memo_.with_ms || (*p == '.' && is_digit(p[1]) && is_digit(p[2]) && is_digit(p[3]));
    if (same && memo_.with_ms) {
      ms = digit(p[1]) * 100 + digit(p[2]) * 10 + digit(p[3]);
      p += 4;
    }
    same = same && std::memcmp(p, memo_.zone.data(), memo_.zone.size()) == 0;
    const char behind = line[known];
    const bool ends =
        !memo_.zone.empty() && is_letter(memo_.zone.back()) ? !is_letter(behind) : behind == ' ';
    const int s = digit(seconds[0]) * 10 + digit(seconds[1]);
    if (same && ends && s < 60) {
      time = memo_.start + std::chrono::seconds{s} + Duration{ms};
      after = line + known;
      return true;
    }
  }
  const auto stamp = parse_stamp(view(line, end), year_hint_);
  if (!stamp || stamp->size < kMinuteBytes + 2 || stamp->size >= size) return false;
  time = stamp->time;
  after = line + stamp->size;
  const char* zone = seconds + 2;
  memo_.with_ms =
      zone[0] == '.' && after - zone >= 4 && is_digit(zone[1]) && is_digit(zone[2]) && is_digit(zone[3]);
  if (memo_.with_ms) zone += 4;
  memo_.minute.assign(line, kMinuteBytes);
  memo_.zone.assign(zone, after);
  memo_.start = std::chrono::floor<std::chrono::minutes>(time);
  // A zone may be off by seconds, or a fraction have more digits: then nothing is remembered.
  const auto expected = memo_.start + std::chrono::seconds{digit(seconds[0]) * 10 + digit(seconds[1])};
  if (std::chrono::floor<std::chrono::seconds>(time) != expected ||
      (!memo_.zone.empty() && is_digit(memo_.zone[0])))
    memo_.minute.clear();
  return true;
}

bool SqlLineScanner::read_head_slowly(const char* line, const char* end, Head& head) {
  const auto parsed = parse_postgres_line(view(line, end), year_hint_);
  if (!parsed) return false;
  if (parsed->stamp) head.time = parsed->stamp->stamp.time;
  head.pid = parsed->pid;
  head.line = line;
  head.body = parsed->body.data();
  head.level = parsed->level == "LOG"         ? Level::kLog
               : parsed->level == "STATEMENT" ? Level::kStatement
               : parsed->level == "QUERY"     ? Level::kQuery
               : parsed->continues            ? Level::kOtherSection
                                              : Level::kOther;
  return true;
}

// A prefix that begins with its time and has its process in brackets, as "[123]", before any other number in
// brackets; every other one goes the slow way. Whatever this accepts, parse_postgres_line() reads alike.
bool SqlLineScanner::read_head(const char* line, const char* end, Head& head) {
  const char* p = nullptr;
  if (!read_stamp(line, end, head.time, p)) return read_head_slowly(line, end, head);
  const char* const limit = line + std::min<std::ptrdiff_t>(end - line, kPrefixBytesMax) - 3;
  head.pid = 0;
  for (; p < limit; ++p) {
    const char c = *p;
    if (c == ':') {
      if (p[1] == ' ' && p[2] == ' ') break;
      if (p[1] == ':' && is_upper(p[2])) return read_head_slowly(line, end, head);
    } else if (c == '[' && is_digit(p[1]) && head.pid == 0) {
      const char* q = p + 1;
      std::int64_t pid = 0;
      while (q < limit && is_digit(*q) && q - p < 12) pid = pid * 10 + digit(*q++);
      if (*q != ']') return read_head_slowly(line, end, head);
      head.pid = pid;
      p = q;
    } else if (c == '"' || c == '{' || c == '\t' || (c == ' ' && p[1] == '-' && p[2] == '-')) {
      return read_head_slowly(line, end, head);
    }
  }
  if (p >= limit || head.pid == 0) return read_head_slowly(line, end, head);
  const char* word = p;
  while (word > line && (is_letter(word[-1]) || is_digit(word[-1]) || word[-1] == '_')) --word;
  const auto level = view(word, p);
  head.line = line;
  head.body = p + 3;
  if (level == "LOG")
    head.level = Level::kLog;
  else if (level == "STATEMENT")
    head.level = Level::kStatement;
  else if (level == "QUERY")
    head.level = Level::kQuery;
  else if (is_section(level))
    head.level = Level::kOtherSection;
  else if (is_known_level(level))
    head.level = Level::kOther;
  else
    return read_head_slowly(line, end, head);
  return true;
}

SqlLineScanner::Process& SqlLineScanner::process(std::int64_t pid) {
  const std::size_t mask = processes_.size() - 1;
  std::size_t at = (static_cast<std::uint64_t>(pid) * 0x9e3779b97f4a7c15U >> 32) & mask;
  while (processes_[at].part == part_ && processes_[at].pid != pid) at = (at + 1) & mask;
  return processes_[at];
}

// The youngest entry of its process: whatever the one before waited for does not come any more.
void SqlLineScanner::start(std::int64_t pid, const SqlPending& pending) {
  Process* p = &process(pid);
  if (p->part != part_) {
    if (++processes_used_ * 2 > processes_.size()) {
      std::vector<Process> old(processes_.size() * 2);
      old.swap(processes_);
      for (const auto& known : old)
        if (known.part == part_) process(known.pid) = known;
      p = &process(pid);
    }
    p->pid = pid;
    p->part = part_;
  }
  p->pending = pending;
}

void SqlLineScanner::section(const Head& head, std::string_view text) {
  if (head.level == Level::kOtherSection) return;
  const std::int64_t pid = head.pid != 0 ? head.pid : last_pid_;
  Process& p = process(pid);
  if (p.part != part_) {
    if (head.level == Level::kStatement && edges_.orphans.size() < kOpenMax)
      edges_.orphans.push_back({pid, statement_shape(text), in_list_size(text).largest});
    return;
  }
  // An entry of PL/pgSQL has a QUERY and, behind it, the STATEMENT that counts.
  if (head.level == Level::kQuery) return;
  feeder_.complete(p.pending, text);
  p.pending = {};
}

bool SqlLineScanner::duration(const Head& head, std::string_view text) {
  constexpr std::string_view kDuration = "duration: ";
  if (!text.starts_with(kDuration)) return false;
  const char* p = text.data() + kDuration.size();
  const char* const end = text.data() + text.size();
  Microseconds us = 0;
  const char* const begin = p;
  while (p < end && is_digit(*p) && p - begin < 10) us = us * 10 + digit(*p++);
  us *= 1000;
  if (p == begin) return false;
  if (p < end && *p == '.') {
    ++p;
    for (Microseconds unit = 100; unit > 0; unit /= 10) {
      if (p >= end || !is_digit(*p)) break;
      us += digit(*p++) * unit;
    }
  }
  if (end - p < 4 || std::memcmp(p, " ms", 3) != 0) return false;
  auto rest = view(p + 3, end);
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  const auto step = sql_step(rest);
  if (step == SqlStep::kPlan || step == SqlStep::kUnknown) return false;
  feeder_.duration(head.time, step, us, statement_of(rest), {});
  return true;
}

void SqlLineScanner::generic(const Head& head, const char* end) {
  const auto entry = parse_postgres(view(head.line, end));
  if (!entry) return;
  start(head.pid, feeder_.begin(head.time, *entry));
}

void SqlLineScanner::entry(const Head& head, const char* end) {
  auto text = view(head.body, end);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  if (head.level == Level::kStatement || head.level == Level::kQuery || head.level == Level::kOtherSection) {
    section(head, text);
    last_pid_ = head.pid != 0 ? head.pid : last_pid_;
    return;
  }
  feeder_.tally().add_read(1, 0);
  last_pid_ = head.pid;
  if (head.level == Level::kLog && (duration(head, text) || feeder_.connection(head.time, first_line(text))))
    start(head.pid, {});
  else
    generic(head, head.body + text.size());
}

SqlEdges SqlLineScanner::scan(std::string_view part) {
  ++part_;
  processes_used_ = 0;
  edges_ = {};
  feeder_.tally().add_read(0, part.size());
  Head open, head;
  const char* const end = part.data() + part.size();
  for (const char* p = part.data(); p < end;) {
    const void* newline = std::memchr(p, '\n', static_cast<std::size_t>(end - p));
    const char* const line_end = newline == nullptr ? end : static_cast<const char*>(newline);
    head.time = open.line == nullptr ? Time{} : open.time;
    if (*p != '\t' && p < line_end && read_head(p, line_end, head)) {
      if (open.line != nullptr) entry(open, p);
      open = head;
    }
    p = line_end + 1;
  }
  if (open.line != nullptr) entry(open, end);
  close_part();
  return std::move(edges_);
}

// The table of processes is reused by the next part: entries of an older part count as free.
void SqlLineScanner::close_part() {
  for (const auto& p : processes_)
    if (p.part == part_) edges_.last.push_back({p.pid, p.pending});
}

}  // namespace culprit
