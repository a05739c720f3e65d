// The log engine as a whole process, for bench/run_logs: raw log files into a folder of segments, and back.
//   segment_tool ingest FOLDER FILE...      one event a line; both cores
//   segment_tool cat FOLDER                 all events as lines
//   segment_tool info FOLDER
//   segment_tool patterns FOLDER            templates of the messages, by frequency
//   segment_tool count FOLDER [-e REGEX | PATTERN]...   matches of each, by minute with -m; CloudWatch
//   patterns
#include <fcntl.h>
#include <fmt/format.h>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <map>
#include <thread>
#include <vector>

#include "engine/digits.h"
#include "engine/mined_forms.h"
#include "engine/search.h"
#include "engine/segment.h"
#include "engine/segment_state.h"
#include "engine/stamp_form.h"

namespace {

namespace fs = std::filesystem;
using culprit::Segment;
using culprit::SegmentBuilder;

constexpr std::uint64_t kPartBytes = 32 << 20;
constexpr std::size_t kReadBytes = 1 << 20;

[[noreturn]] void die(const std::string& what) {
  fmt::print(stderr, "segment_tool: {}\n", what);
  std::exit(1);
}

// The time that a line tells in its first time stamp, else the one before.
std::int64_t line_time_ms(std::string_view line, std::int64_t before_ms,
                          culprit::engine::StampMemory& memory) {
  const char* const end = line.data() + std::min<std::size_t>(line.size(), 128);
  const char* p = line.data();
  for (int attempt = 0; attempt < 4; ++attempt) {
    p = culprit::engine::next_digit(p, end);
    if (p == end) break;
    const auto at = static_cast<std::size_t>(p - line.data());
    const auto stamp = culprit::engine::read_stamp(line, 0, at, before_ms * 1000, memory);
    if (stamp.size > 0 && culprit::engine::stamp_unit_us(stamp.form) <= 1'000'000)
      return stamp.time_us / 1000 - (stamp.time_us % 1000 < 0);
    const char* const digits = culprit::engine::digits_end(p, end);
    if (digits - p == 10 && *p == '1') {
      const auto seconds = static_cast<std::int64_t>(culprit::engine::digits_value(p, digits));
      return seconds * 1000;
    }
    p = digits;
  }
  return before_ms;
}

// A stretch of a file that ends with a line.
struct Part {
  std::string path;
  std::uint64_t begin;
  std::uint64_t end;  // lines that begin in [begin, end)
};

// Calls `take` with each line that begins in the part.
template <class Take>
void for_each_line(const Part& part, Take take) {
  const int fd = ::open(part.path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) die("cannot open " + part.path);
  std::string buffer;
  std::uint64_t at = part.begin == 0 ? 0 : part.begin - 1;  // of buffer[0]
  bool skip = part.begin > 0;                               // the line that began in the part before
  std::size_t held = 0;                                     // bytes in the buffer
  std::size_t used = 0;
  bool more = true;
  while (more) {
    held -= used;
    std::memmove(buffer.data(), buffer.data() + used, held);
    at += used;
    used = 0;
    if (buffer.size() < held + kReadBytes) buffer.resize(held + kReadBytes);
    const ssize_t got = ::pread(fd, buffer.data() + held, kReadBytes, static_cast<off_t>(at + held));
    if (got < 0) die("cannot read " + part.path);
    held += static_cast<std::size_t>(got);
    const bool last = got == 0;
    while (more) {
      const void* const line_end = std::memchr(buffer.data() + used, '\n', held - used);
      if (!line_end && !(last && used < held)) break;
      const std::size_t end =
          line_end ? static_cast<std::size_t>(static_cast<const char*>(line_end) - buffer.data()) : held;
      if (!skip && at + used >= part.end) more = false;
      if (more && !skip) take(std::string_view(buffer).substr(used, end - used));
      skip = false;
      used = std::min(held, end + 1);
    }
    if (last) more = false;
  }
  ::close(fd);
}

void write_whole(const fs::path& path, std::string_view bytes) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) die("cannot write " + path.string());
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0) die("cannot write " + path.string());
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  ::close(fd);
}

void ingest(const fs::path& folder, const std::vector<std::string>& files) {
  fs::create_directories(folder);
  std::vector<Part> parts;
  for (const std::string& file : files) {
    const std::uint64_t size = fs::file_size(file);
    for (std::uint64_t at = 0; at < size; at += kPartBytes)
      parts.push_back({file, at, std::min(size, at + kPartBytes)});
  }
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    SegmentBuilder builder;
    for (std::size_t i = next++; i < parts.size(); i = next++) {
      std::int64_t time_ms = 0;
      culprit::engine::StampMemory memory;
      std::uint64_t number = std::uint64_t{i} << 22;
      for_each_line(parts[i], [&](std::string_view line) {
        time_ms = line_time_ms(line, time_ms, memory);
        const culprit::Time time = culprit::from_epoch_ms(time_ms);
        builder.add({++number, 1, time, time, line});
      });
      if (builder.empty()) continue;
      culprit::SegmentSummary summary;
      const std::string bytes = builder.finish(summary);
      write_whole(folder / fmt::format("{:06}.seg", i), bytes);
    }
  };
  std::thread other(work);
  work();
  other.join();
}

struct Mapped {
  fs::path path;
  std::string_view bytes;
};
std::vector<Mapped> map_folder(const fs::path& folder) {
  std::vector<Mapped> out;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const int fd = ::open(entry.path().c_str(), O_RDONLY | O_CLOEXEC);
    struct stat info {};
    if (fd < 0 || ::fstat(fd, &info) != 0) die("cannot open " + entry.path().string());
    const auto size = static_cast<std::size_t>(info.st_size);
    void* const at = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd, 0);
    if (at == MAP_FAILED) die("cannot map " + entry.path().string());
    ::close(fd);
    out.push_back({entry.path(), {static_cast<const char*>(at), size}});
  }
  std::sort(out.begin(), out.end(), [](const Mapped& a, const Mapped& b) { return a.path < b.path; });
  return out;
}

Segment open_or_die(const Mapped& file) {
  auto segment = Segment::open(file.bytes, nullptr);
  if (!segment) die(file.path.string() + ": " + segment.error().message());
  return std::move(*segment);
}

void cat(const fs::path& folder) {
  std::string out;
  for (const Mapped& file : map_folder(folder)) {
    const auto done = open_or_die(file).scan(nullptr, [&](const culprit::SegmentRow& row) {
      out += row.message;
      out += '\n';
      if (out.size() > kReadBytes) {
        std::fwrite(out.data(), 1, out.size(), stdout);
        out.clear();
      }
      return true;
    });
    if (!done) die(done.error().message());
  }
  std::fwrite(out.data(), 1, out.size(), stdout);
}

void info(const fs::path& folder) {
  using culprit::engine::NumberColumn;
  std::map<std::string, std::uint64_t> bytes;
  std::uint64_t types = 0;
  std::uint64_t segments = 0;
  std::uint64_t slots = 0;
  for (const Mapped& file : map_folder(folder)) {
    const Segment segment = open_or_die(file);
    const auto& state = segment.state();
    const auto& d = state.directory;
    ++segments;
    types += d.types.size();
    const auto add = [&](const std::string& name, const NumberColumn& c) {
      if (c.own_block) bytes[name] += c.stored_bytes();
      if (c.mode != culprit::engine::NumberMode::kSparse) return;
      const NumberColumn& bits = c.place->sparse_bits;
      const NumberColumn& values = c.place->sparse_values;
      if (bits.own_block) bytes[name + " (bits)"] += bits.stored_bytes();
      if (values.own_block) bytes[name] += values.stored_bytes();
    };
    bytes["directory"] += state.directory_end;
    bytes["index (unpacked)"] += state.index.size();
    bytes["number pool"] += d.number_pool.stored_bytes;
    bytes["number pool (unpacked)"] += d.number_pool.raw_bytes;
    bytes["text pool"] += d.text_pool.stored_bytes;
    bytes["text pool (unpacked)"] += d.text_pool.raw_bytes;
    add("rows: numbers", d.rows.numbers);
    add("rows: times", d.rows.times);
    add("rows: micros", d.rows.micros);
    add("rows: ingestion", d.rows.ingestions);
    add("rows: types", d.rows.types);
    add("uuids", d.uuid_high);
    add("uuids", d.uuid_low);
    for (std::uint32_t t = 0; t < d.types.size(); ++t) {
      const auto body = state.body(t);
      if (!body) die(body.error().message());
      slots += (*body)->slots.size();
      bytes["shapes (unpacked)"] += d.types[t].shape.size();
      bytes["places (unpacked)"] += d.types[t].places_size;
      bytes["minutes (unpacked)"] += d.types[t].minutes.size() * 2;
      for (const auto& s : (*body)->slots) {
        const std::string kind = std::to_string(static_cast<int>(s.kind));
        add("forms " + kind, s.forms);
        add("values " + kind, s.values);
        if (s.elements) add("elements", *s.elements);
        if (!s.word) continue;
        add("word sizes", s.word->sizes);
        add("word indexes", s.word->indexes);
        for (const auto& h : s.word->hex) add("word hex", h);
        bytes["word texts"] += s.word->text.stored_bytes;
      }
    }
  }
  fmt::print("{} segments, {} types, {} slots\n", segments, types, slots);
  for (const auto& [name, n] : bytes) fmt::print("{:12} {}\n", n, name);
}

// As `rg -c` counts lines: one number a pattern, and with -m a line for each minute.
void count(const fs::path& folder, const std::vector<std::string>& arguments) {
  std::vector<culprit::MessagePattern> patterns;
  bool minutes = false;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "-m") {
      minutes = true;
      continue;
    }
    const bool regex = arguments[i] == "-e" && i + 1 < arguments.size();
    if (regex) ++i;
    auto pattern =
        regex ? culprit::MessagePattern::regex(arguments[i]) : culprit::MessagePattern::literal(arguments[i]);
    if (!pattern) die(pattern.error().message());
    patterns.push_back(std::move(*pattern));
  }
  const culprit::LogSearch search(std::move(patterns));
  const auto files = map_folder(folder);
  const auto open = [&](std::size_t i) -> culprit::Result<std::shared_ptr<const Segment>> {
    auto segment = Segment::open(files[i].bytes, nullptr);
    if (!segment) return tl::unexpected(segment.error());
    return std::make_shared<const Segment>(std::move(*segment));
  };
  const auto counts = culprit::count_matches(search, files.size(), open, nullptr, std::chrono::minutes(1));
  if (!counts) die(counts.error().message());
  std::string out;
  for (std::size_t p = 0; p < counts->size(); ++p) {
    out += fmt::format("{}\t{}\n", (*counts)[p].total, search.patterns()[p].text());
    if (!minutes) continue;
    for (const culprit::PeriodCount& c : (*counts)[p].periods)
      out += fmt::format("  {} {}\n", culprit::format_utc(c.start), c.count);
  }
  std::fwrite(out.data(), 1, out.size(), stdout);
}

// The templates of all messages, the most frequent first.
void patterns(const fs::path& folder) {
  const auto files = map_folder(folder);
  const auto open = [&](std::size_t i) -> culprit::Result<std::shared_ptr<const Segment>> {
    auto segment = Segment::open(files[i].bytes, nullptr);
    if (!segment) return tl::unexpected(segment.error());
    return std::make_shared<const Segment>(std::move(*segment));
  };
  const auto mined = culprit::mine_segments(files.size(), open, nullptr);
  if (!mined) die(mined.error().message());
  auto templates = mined->miner.templates().templates;
  std::stable_sort(templates.begin(), templates.end(),
                   [](const auto& a, const auto& b) { return a.count > b.count; });
  std::string out = fmt::format("{} events, {} templates\n", mined->events, templates.size());
  for (const auto& t : templates) out += fmt::format("{}\t{}\n", t.count, t.text);
  std::fwrite(out.data(), 1, out.size(), stdout);
}

}  // namespace

int main(int argc, char** argv) {
  // Segment after segment needs the same memory: keep it instead of giving it back to the system each time.
  ::mallopt(M_MMAP_THRESHOLD, 32 << 20);
  ::mallopt(M_TRIM_THRESHOLD, 256 << 20);
  const std::string verb = argc > 2 ? argv[1] : "";
  if (verb == "ingest") {
    ingest(argv[2], {argv + 3, argv + argc});
  } else if (verb == "cat") {
    cat(argv[2]);
  } else if (verb == "count") {
    count(argv[2], {argv + 3, argv + argc});
  } else if (verb == "patterns") {
    patterns(argv[2]);
  } else if (verb == "info") {
    info(argv[2]);
  } else {
    fmt::print(stderr, "usage: segment_tool ingest|cat|info|count|patterns FOLDER [FILE|PATTERN...]\n");
    return 2;
  }
  return 0;
}
