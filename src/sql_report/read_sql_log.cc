#include "sql_report/read_sql_log.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "base/file.h"
#include "base/printable.h"
#include "logs/postgres_line.h"
#include "sql_report/line_scanner.h"

namespace culprit {

namespace {

constexpr std::size_t kSampleBytes = 64 * 1024;
constexpr std::size_t kPartBytes = 1024 * 1024;
constexpr std::size_t kPartBytesMax = 32 * 1024 * 1024;  // of one entry; a longer one is cut
constexpr unsigned kThreadsMax = 16;

// Where the last entry begins: parts are cut there, so that an entry and its sections stay together. 0 when
// only one begins.
std::size_t last_entry(std::string_view text, Time year_hint) {
  for (auto newline = text.rfind('\n'); newline != std::string_view::npos && newline > 0;
       newline = text.rfind('\n', newline - 1)) {
    const auto line = text.substr(newline + 1, text.find('\n', newline + 1) - newline - 1);
    if (line.empty() || line[0] == '\t') continue;
    const auto parsed = parse_postgres_line(line, year_hint);
    if (parsed && !parsed->continues) return newline + 1;
  }
  return 0;
}

// Memory for a part; kept from one to the next, so that it is not cleared each time.
class PartBuffer {
 public:
  std::string_view part() const { return {bytes_.data(), used_}; }

 private:
  friend class Parts;
  std::string bytes_;
  std::size_t used_ = 0;
};

// The file in parts. Thread-safe; parts are numbered in the order of the file.
class Parts {
 public:
  Parts(BlockReader& reader, Time year_hint, const std::function<void(std::uint64_t)>& progress)
      : reader_(reader), year_hint_(year_hint), progress_(progress) {}

  // The beginning of the file; the first part begins with it again.
  std::string_view sample() {
    PartBuffer buffer;
    fill(buffer, kSampleBytes);
    rest_ = buffer.part();
    return rest_;
  }

  // False at the end.
  bool next(PartBuffer& buffer, std::size_t& number) {
    const std::lock_guard lock(mutex_);
    buffer.bytes_.resize(std::max({buffer.bytes_.size(), kPartBytes, rest_.size()}));
    rest_.copy(buffer.bytes_.data(), rest_.size());
    buffer.used_ = rest_.size();
    rest_.clear();
    for (std::size_t wanted = kPartBytes; !ended_; wanted *= 2) {
      fill(buffer, wanted);
      if (ended_) break;
      std::size_t cut = last_entry(buffer.part(), year_hint_);
      if (cut == 0 && buffer.used_ >= kPartBytesMax) cut = buffer.used_;
      if (cut == 0) continue;
      rest_ = buffer.part().substr(cut);
      buffer.used_ = cut;
      break;
    }
    if (buffer.used_ == 0) return false;
    if (progress_) progress_(buffer.used_);
    number = number_++;
    return true;
  }

  const std::optional<Error>& damage() const { return damage_; }

 private:
  // Reads until the buffer holds that much, or to the end.
  void fill(PartBuffer& buffer, std::size_t wanted) {
    if (buffer.bytes_.size() < wanted) buffer.bytes_.resize(wanted);
    while (buffer.used_ < wanted && !ended_) {
      const auto n = reader_.read(buffer.bytes_.data() + buffer.used_, wanted - buffer.used_);
      if (!n) damage_ = n.error();
      ended_ = !n || *n == 0;
      if (n) buffer.used_ += *n;
    }
  }

  BlockReader& reader_;
  const Time year_hint_;
  const std::function<void(std::uint64_t)>& progress_;
  std::mutex mutex_;
  std::string rest_;
  std::size_t number_ = 0;
  bool ended_ = false;
  std::optional<Error> damage_;
};

SqlTally read_quickly(Parts& parts, Time year_hint, const ReadSqlLogOptions& options) {
  const unsigned processors = std::max(1u, std::thread::hardware_concurrency());
  const unsigned threads = std::clamp(options.threads == 0 ? processors : options.threads, 1u, kThreadsMax);
  struct Worker {
    explicit Worker(const SqlTallyOptions& options) : feeder(options) {}
    SqlFeeder feeder;
    std::vector<std::pair<std::size_t, SqlEdges>> edges;
  };
  std::vector<std::unique_ptr<Worker>> workers;
  for (unsigned i = 0; i < threads; ++i) workers.push_back(std::make_unique<Worker>(options.tally));
  const auto work = [&](Worker& worker) {
    SqlLineScanner scanner(worker.feeder, year_hint);
    PartBuffer buffer;
    for (std::size_t number = 0; parts.next(buffer, number);)
      worker.edges.emplace_back(number, scanner.scan(buffer.part()));
  };
  {
    std::vector<std::jthread> running;
    for (unsigned i = 1; i < threads; ++i) running.emplace_back(work, std::ref(*workers[i]));
    work(*workers[0]);
  }
  SqlTally whole(options.tally);
  std::map<std::size_t, const SqlEdges*> edges;
  for (const auto& worker : workers) {
    whole.merge(worker->feeder.tally());
    for (const auto& [number, e] : worker->edges) edges[number] = &e;
  }
  SqlEdgeJoiner joiner;
  for (const auto& [number, e] : edges) joiner.join(*e, whole);
  return whole;
}

SqlTally read_by_events(Parts& parts, LogFormat format, Time year_hint, const ReadSqlLogOptions& options) {
  SqlEventReader reader(options.tally);
  const auto splitter = make_splitter(format, year_hint);
  std::uint64_t number = 0;
  const auto emit = [&](const SplitEvent& e) { reader.event(++number, e.time, e.text); };
  PartBuffer buffer;
  for (std::size_t ignored = 0; parts.next(buffer, ignored);) splitter->feed(buffer.part(), emit);
  splitter->finish(emit);
  return reader.finish();
}

Time time_of(const std::filesystem::path& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return Time{};
  return from_epoch_ms(std::int64_t{info.st_mtime} * 1000);
}

}  // namespace

void SqlEventReader::event(std::uint64_t number, Time time, std::string_view text) {
  feeder_.tally().add_read(0, text.size() + 1);
  assembler_.feed(number, time, text, [this](const auto& c) {
    feeder_.tally().add_read(1, 0);
    feeder_.entry(c.time, c.entry);
  });
}

SqlTally SqlEventReader::finish() {
  assembler_.finish([this](const auto& c) {
    feeder_.tally().add_read(1, 0);
    feeder_.entry(c.time, c.entry);
  });
  return std::move(feeder_.tally());
}

Result<SqlLogRead> read_sql_log(const std::filesystem::path& path, const ReadSqlLogOptions& options) {
  const auto reader = open_blocks(path);
  if (!reader) return tl::unexpected(reader.error());
  const Time year_hint = time_of(path);
  Parts parts(**reader, year_hint, options.progress);
  const auto sample = parts.sample();
  if (sample.empty() && parts.damage()) return tl::unexpected(*parts.damage());
  const auto guess = detect_format(sample);
  if (!is_postgres(guess.format))
    return fail(ErrorCode::kInput,
                sample.empty()
                    ? "the file is empty"
                    : fmt::format("is no PostgreSQL log: it looks like '{}'", to_string(guess.format)),
                path.string(),
                "Give a server log of PostgreSQL's: stderr with any log_line_prefix, csvlog or jsonlog.");
  SqlLogRead out;
  out.format = std::string(to_string(guess.format));
  if (!guess.detail.empty()) out.format += fmt::format(" ({})", printable_text(guess.detail, 120));
  const bool quick = guess.format == LogFormat::kPostgres && !guess.behind_cloudwatch;
  out.tally = quick ? read_quickly(parts, year_hint, options)
                    : read_by_events(parts, guess.format, year_hint, options);
  if (parts.damage())
    out.note = fmt::format("what stands before the damage was read: {}", parts.damage()->what);
  return out;
}

}  // namespace culprit
