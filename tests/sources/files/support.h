// A small world for tests of the files source: a folder made in code, a system of four components, and a
// store that only remembers.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "base/file.h"
#include "sources/files/collect_files.h"

namespace culprit {

class RememberingStore : public StoreWriter {
 public:
  Result<void> append(const LogEventView& e) override {
    if (fail_at > 0 && events.size() + 1 >= fail_at) return fail(ErrorCode::kStorage, "the disk is full");
    events.push_back({events.size() + 1, std::string(e.group), std::string(e.stream), e.time, e.ingestion,
                      std::string(e.message)});
    return {};
  }
  Result<void> put_series(const Series& s) override {
    series.push_back(s);
    return {};
  }
  Result<void> put_state(const ResourceState& s) override {
    states.push_back(s);
    return {};
  }
  Result<void> put_gap(const Gap& g) override {
    gaps.push_back(g);
    return {};
  }
  Result<void> put_journal(const JournalEntry& e) override {
    journal.push_back(e);
    return {};
  }
  Result<void> put_note(std::string_view key, std::string_view value) override {
    notes[std::string(key)] = value;
    return {};
  }
  Result<void> commit() override { return {}; }

  std::vector<std::string> messages(std::string_view group) const {
    std::vector<std::string> out;
    for (const auto& e : events)
      if (e.group == group) out.push_back(e.message);
    return out;
  }
  const Series* series_of(std::string_view name, std::string_view statistic) const {
    for (const auto& s : series)
      if (s.id.name == name && s.statistic == statistic) return &s;
    return nullptr;
  }
  const Gap* gap_about(std::string_view subject) const {
    for (const auto& g : gaps)
      if (g.subject == subject) return &g;
    return nullptr;
  }

  std::size_t fail_at = 0;  // this append and those after it fail; 0 = never
  std::vector<LogEvent> events;
  std::vector<Series> series;
  std::vector<ResourceState> states;
  std::vector<Gap> gaps;
  std::vector<JournalEntry> journal;
  std::map<std::string, std::string> notes;
};

// A folder that goes away with the object.
class Folder {
 public:
  Folder& file(const std::string& name, std::string_view bytes) {
    const auto to = path() / name;
    std::filesystem::create_directories(to.parent_path());
    std::ofstream(to, std::ios::binary) << bytes;
    return *this;
  }
  const std::filesystem::path& path() const { return directory_.path(); }

 private:
  TemporaryDirectory directory_ = *TemporaryDirectory::create("culprit-test");
};

inline System four_components() {
  System s;
  s.name = "shop";
  Component web{"web",
                "Web application",
                ComponentKind::kEcsService,
                "prod",
                "shop-web-service",
                "/aws/ecs/shop-web",
                "rails",
                {"db"},
                true};
  Component worker{"worker",  "Worker",      ComponentKind::kEcsService,
                   "prod",    "shop-worker", "/aws/ecs/shop-worker",
                   "sidekiq", {"db"},        false};
  Component db{"db",       "Database", ComponentKind::kRdsInstance,
               "",         "shop-db",  "/aws/rds/instance/shop-db/postgresql",
               "postgres", {},         true};
  Component ai{"ai", "AI backend", ComponentKind::kEcsService, "prod", "shop-ai", "/aws/ecs/shop-ai", "json",
               {},   false};
  s.components = {web, worker, db, ai};
  const auto metric = [&](std::string id, std::string component, std::string name_space, std::string name,
                          std::vector<Dimension> dimensions) {
    SystemMetric m;
    m.id = std::move(id);
    m.component = std::move(component);
    m.metric = {std::move(name_space), std::move(name), std::move(dimensions)};
    m.statistics = {"Average", "Maximum"};
    s.metrics.push_back(std::move(m));
  };
  const auto ecs = [](std::string service) {
    return std::vector<Dimension>{{"ClusterName", "prod"}, {"ServiceName", std::move(service)}};
  };
  const std::vector<Dimension> rds{{"DBInstanceIdentifier", "shop-db"}};
  metric("web.cpu", "web", "AWS/ECS", "CPUUtilization", ecs("shop-web-service"));
  metric("web.memory", "web", "AWS/ECS", "MemoryUtilization", ecs("shop-web-service"));
  metric("worker.cpu", "worker", "AWS/ECS", "CPUUtilization", ecs("shop-worker"));
  metric("db.cpu", "db", "AWS/RDS", "CPUUtilization", rds);
  metric("db.connections", "db", "AWS/RDS", "DatabaseConnections", rds);
  return s;
}

inline Result<FilesReport> collect(const std::filesystem::path& input, RememberingStore& store,
                                   const CollectFilesOptions& options = {}) {
  const auto progress = make_silent_progress();
  return collect_files(input, four_components(), options, store, *progress);
}

inline const DetectedFile* row_of(const FilesReport& report, std::string_view path) {
  for (const auto& row : report.files)
    if (row.path == path) return &row;
  return nullptr;
}

inline Window window(std::string_view start, std::string_view end) {
  return {*parse_iso8601(start), *parse_iso8601(end)};
}

}  // namespace culprit
