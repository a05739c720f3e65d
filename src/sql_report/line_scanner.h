// The quick road from a stderr log's bytes to a tally. What it does not know by hand goes through
// logs/postgres.h, so that both roads give the same.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "logs/timestamp.h"
#include "sql_report/sql_feeder.h"

namespace culprit {

// What a part of a log leaves open at its ends: statements whose entry stands in an earlier part, and entries
// whose statement may stand in a later one.
struct SqlEdges {
  struct Orphan {
    std::int64_t pid = 0;
    StatementShape shape;
    std::uint64_t list = 0;
  };
  struct Last {
    std::int64_t pid = 0;
    SqlPending pending;  // kNothing when the entry is complete
  };
  std::vector<Orphan> orphans;
  std::vector<Last> last;  // the youngest entry of each process
};

// Joins the edges of parts, taken in the order of the log, into a tally.
class SqlEdgeJoiner {
 public:
  void join(const SqlEdges& edges, SqlTally& tally);

 private:
  std::unordered_map<std::int64_t, SqlPending> open_;  // by process
};

// Knows one log's prefix after its first lines: then each line costs a look at fixed places. Not thread-safe;
// each thread has its own.
class SqlLineScanner {
 public:
  SqlLineScanner(SqlFeeder& feeder, Time year_hint) : feeder_(feeder), year_hint_(year_hint) {}

  // A part of the log: whole lines, from the start of an entry or section on (lines before the first one are
  // left out).
  SqlEdges scan(std::string_view part);

 private:
  enum class Level : std::uint8_t { kLog, kStatement, kQuery, kOtherSection, kOther };
  struct Head {
    Time time;
    std::int64_t pid = 0;
    Level level = Level::kOther;
    const char* line = nullptr;
    const char* body = nullptr;
  };
  // A process's youngest entry within the part.
  struct Process {
    std::int64_t pid = 0;
    std::uint32_t part = 0;  // 0 = free
    SqlPending pending;
  };

  bool read_head(const char* line, const char* end, Head& head);
  bool read_head_slowly(const char* line, const char* end, Head& head);
  bool read_stamp(const char* line, const char* end, Time& time, const char*& after);
  void entry(const Head& head, const char* end);
  bool duration(const Head& head, std::string_view text);
  void generic(const Head& head, const char* end);
  void section(const Head& head, std::string_view text);
  void start(std::int64_t pid, const SqlPending& pending);
  Process& process(std::int64_t pid);
  void close_part();

  SqlFeeder& feeder_;
  const Time year_hint_;
  SqlEdges edges_;

  // The last time stamp: "2025-08-21 23:03:" and what stands behind the seconds.
  struct StampMemo {
    std::string minute, zone;
    bool with_ms = false;
    Time start;
  } memo_;

  std::vector<Process> processes_ = std::vector<Process>(256);  // open addressing, a power of two
  std::size_t processes_used_ = 0;
  std::uint32_t part_ = 0;
  std::int64_t last_pid_ = 0;  // of the entry or section before
};

}  // namespace culprit
