// The catalogue: the SQLite file of an embedded store. Everything small lives here, and the directory of
// the blocks in the segments. Tables: see catalogue_schema.h.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "store/block.h"
#include "store/sqlite.h"
#include "store/store.h"

namespace culprit {

// Where a block lies, and what its header says.
struct BlockEntry {
  std::uint32_t segment = 0;  // file segments/NNNNNN.seg
  std::uint64_t offset = 0;
  std::uint64_t size_bytes = 0;
  std::uint32_t group_id = 0;
  std::uint32_t count = 0;
  EventNumber first_number = 0;
  EventNumber last_number = 0;
  std::int64_t min_time_ms = 0;
  std::int64_t max_time_ms = 0;
  std::uint64_t message_bytes = 0;
};

struct NamedGroup {
  std::uint32_t id = 0;
  std::string name;
};

struct NamedStream {
  std::uint32_t id = 0;
  std::uint32_t group_id = 0;
  std::string name;
};

// One thread at a time. Writes are seen by others after commit().
class Catalogue {
 public:
  static Result<Catalogue> create(const std::filesystem::path& path);
  static Result<Catalogue> open_to_write(const std::filesystem::path& path);
  static Result<Catalogue> open_to_read(const std::filesystem::path& path);

  Result<void> begin();
  Result<void> begin_reading();  // what is read until commit() is of one moment
  Result<void> commit();
  void roll_back();
  // Makes the catalogue one plain file again, unless others still read it.
  void fold_log();

  Result<std::uint32_t> add_group(std::string_view name);
  Result<std::uint32_t> add_stream(std::uint32_t group_id, std::string_view name);
  Result<void> add_block(const BlockEntry& entry);
  Result<void> put_series(const Series& series);  // finite values only
  Result<void> put_state(const ResourceState& state);
  Result<void> put_gap(const Gap& gap);
  Result<void> put_journal(const JournalEntry& entry);
  Result<void> put_note(std::string_view key, std::string_view value);

  Result<std::vector<NamedGroup>> groups() const;    // by id
  Result<std::vector<NamedStream>> streams() const;  // by id
  Result<std::vector<BlockEntry>> blocks() const;    // by (group_id, first_number)
  Result<std::vector<Series>> series(const MetricId& id, const Window& window) const;
  Result<std::vector<MetricId>> metrics() const;
  Result<std::vector<ResourceState>> states(std::string_view kind) const;
  Result<std::vector<std::string>> state_kinds() const;
  Result<std::vector<Gap>> gaps() const;
  Result<std::vector<JournalEntry>> journal() const;
  Result<std::optional<std::string>> note(std::string_view key) const;

  const std::filesystem::path& path() const { return database_->path(); }

 private:
  explicit Catalogue(std::unique_ptr<Database> database) : database_(std::move(database)) {}
  Result<Statement*> prepared(std::optional<Statement>& slot, std::string_view sql);
  Result<std::int64_t> series_id(const Series& series);

  std::unique_ptr<Database> database_;  // declared first: outlives the statements
  std::optional<Statement> insert_block_;
  std::optional<Statement> insert_point_;
  std::optional<Statement> insert_series_;
  std::optional<Statement> insert_state_;
  std::optional<Statement> insert_journal_;
};

}  // namespace culprit
