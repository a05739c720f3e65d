#include "store/plain_export.h"

#include <fmt/format.h>

#include <set>

#include "base/file.h"
#include "store/embedded_store.h"
#include "store/file_handle.h"
#include "store/store_format.h"
#include "store/valid_utf8.h"

namespace culprit {

namespace {

constexpr std::size_t kBufferBytesMax = std::size_t{8} << 20;
constexpr std::size_t kNameBytesMax = 150;

// File names from names that strangers chose; never two the same, never outside the folder.
class FileNames {
 public:
  std::string give(std::string_view wanted) {
    constexpr std::string_view kPlain =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-@+=,";
    while (wanted.starts_with('/')) wanted.remove_prefix(1);
    std::string name(wanted.substr(0, kNameBytesMax));
    for (auto& c : name)
      if (kPlain.find(c) == kPlain.npos) c = '_';
    if (name.empty() || name.front() == '.') name.insert(0, "_");
    std::string unique = name;
    for (int n = 2; !taken_.insert(unique).second; ++n) unique = fmt::format("{}~{}", name, n);
    return unique;
  }

 private:
  std::set<std::string> taken_;
};

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == text.npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

Result<void> make_directory(const std::filesystem::path& path) {
  std::error_code ec;
  std::filesystem::create_directories(path, ec);
  if (ec) return tl::unexpected(storage_error("cannot create the directory", path, ec.value()));
  return {};
}

// Lines of many streams, buffered together and appended to their files now and then.
class StreamFiles {
 public:
  explicit StreamFiles(std::filesystem::path root) : root_(std::move(root)) { names_.give("index.csv"); }

  Result<void> add(const LogEventView& event) {
    auto file = file_of(event.group, event.stream);
    if (!file) return tl::unexpected(file.error());
    auto& buffer = (*file)->buffer;
    const std::size_t before = buffer.size();
    buffer += format_utc(event.time);
    buffer += ' ';
    buffer += event.message;
    if (!event.message.ends_with('\n')) buffer += '\n';
    ++(*file)->events;
    buffered_bytes_ += buffer.size() - before;
    return buffered_bytes_ > kBufferBytesMax ? flush() : Result<void>{};
  }

  Result<void> finish() {
    if (auto flushed = flush(); !flushed) return flushed;
    std::string index = "file,group,stream,events\n";
    for (const auto& [group, folder] : groups_)
      for (const auto& [stream, file] : folder.files)
        index += fmt::format("{},{},{},{}\n", csv_field(file.name), csv_field(group), csv_field(stream),
                             file.events);
    return write_file_atomically(root_ / "index.csv", index);
  }

 private:
  struct StreamFile {
    std::string name;  // relative to the root
    std::string buffer;
    std::uint64_t written_bytes = 0;
    std::uint64_t events = 0;
  };
  struct Folder {
    std::string name;
    FileNames names;
    std::map<std::string, StreamFile, std::less<>> files;
  };

  Result<StreamFile*> file_of(std::string_view group, std::string_view stream) {
    auto folder = groups_.find(group);
    if (folder == groups_.end()) {
      folder = groups_.emplace(std::string(group), Folder{names_.give(group), {}, {}}).first;
      if (auto made = make_directory(root_ / folder->second.name); !made) return tl::unexpected(made.error());
    }
    auto& files = folder->second.files;
    auto file = files.find(stream);
    if (file == files.end()) {
      const auto name = fmt::format("{}/{}.log", folder->second.name, folder->second.names.give(stream));
      file = files.emplace(std::string(stream), StreamFile{name, {}, 0, 0}).first;
    }
    return &file->second;
  }

  Result<void> flush() {
    for (auto& [group, folder] : groups_)
      for (auto& [stream, file] : folder.files) {
        if (file.buffer.empty()) continue;
        const auto path = root_ / file.name;
        auto out = file.written_bytes == 0 ? FileHandle::create(path) : FileHandle::open_to_write(path);
        if (!out) return tl::unexpected(out.error());
        if (auto written = out->write_at(file.written_bytes, file.buffer); !written) return written;
        file.written_bytes += file.buffer.size();
        file.buffer = {};
      }
    buffered_bytes_ = 0;
    return {};
  }

  std::filesystem::path root_;
  FileNames names_;
  std::map<std::string, Folder, std::less<>> groups_;
  std::size_t buffered_bytes_ = 0;
};

Result<void> export_logs(const Store& store, const std::filesystem::path& root) {
  if (auto made = make_directory(root); !made) return made;
  StreamFiles files(root);
  Result<void> written;
  auto scanned = store.scan_logs({}, [&](const LogEventView& event) {
    written = files.add(event);
    return written.has_value();
  });
  if (!scanned) return scanned;
  return written.and_then([&] { return files.finish(); });
}

std::string dimensions_field(const MetricId& id) {
  std::string out;
  for (const auto& d : id.dimensions) out += fmt::format("{}{}={}", out.empty() ? "" : ";", d.name, d.value);
  return out;
}

Result<void> export_metrics(const Store& store, const std::filesystem::path& root) {
  if (auto made = make_directory(root); !made) return made;
  const auto ids = store.metrics();
  if (!ids) return tl::unexpected(ids.error());
  FileNames names;
  for (const auto& id : *ids) {
    const auto series = store.series(id, Window{Time::min(), Time::max()});
    if (!series) return tl::unexpected(series.error());
    std::string csv = "timestamp,namespace,metric,dimensions,statistic,unit,period_s,value\n";
    for (const auto& s : *series)
      for (const auto& p : s.points)
        csv += fmt::format("{},{},{},{},{},{},{},{}\n", format_utc(p.time), csv_field(id.name_space),
                           csv_field(id.name), csv_field(dimensions_field(id)), csv_field(s.statistic),
                           csv_field(s.unit), s.period.count(), p.value);
    std::string wanted = id.name_space + "_" + id.name;
    for (const auto& d : id.dimensions) wanted += "_" + d.value;
    const auto path = root / (names.give(wanted) + ".csv");
    if (auto written = write_file_atomically(path, csv); !written) return written;
  }
  return {};
}

// The key under which the `aws` command line answers with resources of a kind.
std::string_view answer_key(std::string_view kind) {
  constexpr std::pair<std::string_view, std::string_view> kKeys[] = {
      {"ecs:service", "services"},         {"ecs:task", "tasks"},   {"ecs:cluster", "clusters"},
      {"rds:db-instance", "DBInstances"},  {"rds:event", "Events"}, {"logs:log-group", "logGroups"},
      {"cloudwatch:alarm", "MetricAlarms"}};
  for (const auto& [known, key] : kKeys)
    if (known == kind) return key;
  return "states";
}

std::string compact_time(Time t) {
  std::string out = format_utc(t);
  std::erase_if(out, [](char c) { return c == '-' || c == ':'; });
  return out;
}

Result<void> export_states(const Store& store, const std::filesystem::path& root) {
  if (auto made = make_directory(root); !made) return made;
  const auto kinds = store.state_kinds();
  if (!kinds) return tl::unexpected(kinds.error());
  FileNames names;
  for (const auto& kind : *kinds) {
    auto states = store.states(kind);
    if (!states) return tl::unexpected(states.error());
    std::map<Time, boost::json::array> by_time;
    for (auto& state : *states) by_time[state.observed_at].push_back(std::move(state.document));
    for (auto& [time, documents] : by_time) {
      const auto path = root / (names.give(fmt::format("{}-{}", kind, compact_time(time))) + ".json");
      boost::json::object answer;
      answer[answer_key(kind)] = std::move(documents);
      auto written = write_file_atomically(path, boost::json::serialize(answer) + "\n");
      if (!written) return written;
    }
  }
  return {};
}

Result<void> export_journal(const Store& store, const std::filesystem::path& path) {
  const auto journal = store.journal();
  if (!journal) return tl::unexpected(journal.error());
  std::string lines;
  for (const auto& e : *journal) {
    const boost::json::object line{{"time", format_utc(e.time)},
                                   {"action", valid_utf8(e.action)},
                                   {"request", valid_utf8(e.request)},
                                   {"outcome", valid_utf8(e.outcome)},
                                   {"answer_bytes", e.answer_bytes},
                                   {"duration_ms", e.duration.count()},
                                   {"attempts", e.attempts}};
    lines += boost::json::serialize(line) + "\n";
  }
  return write_file_atomically(path, lines);
}

Result<void> export_gaps(const Store& store, const std::filesystem::path& path) {
  const auto gaps = store.gaps();
  if (!gaps) return tl::unexpected(gaps.error());
  boost::json::array out;
  for (const auto& g : *gaps) {
    boost::json::object gap{{"reason", to_string(g.reason)},
                            {"subject", valid_utf8(g.subject)},
                            {"component", valid_utf8(g.component)},
                            {"detail", valid_utf8(g.detail)},
                            {"action", valid_utf8(g.action)}};
    if (g.window)
      gap["window"] =
          boost::json::object{{"start", format_utc(g.window->start)}, {"end", format_utc(g.window->end)}};
    out.push_back(std::move(gap));
  }
  return write_file_atomically(path, boost::json::serialize(out) + "\n");
}

}  // namespace

Result<void> export_plain(const std::filesystem::path& store_directory, const std::filesystem::path& to) {
  const auto store = open_store(store_directory);
  if (!store) return tl::unexpected(store.error());
  if (auto done = export_logs(**store, to / "logs"); !done) return done;
  if (auto done = export_metrics(**store, to / "metrics"); !done) return done;
  if (auto done = export_states(**store, to / "aws"); !done) return done;
  if (auto done = export_journal(**store, to / "journal.jsonl"); !done) return done;
  return export_gaps(**store, to / "gaps.json");
}

}  // namespace culprit
