// The catalogue: the SQLite file of an embedded store. Everything small lives here, and the directory of
// the segments. Tables: see catalogue_schema.h.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "engine/segment.h"
#include "store/sqlite.h"
#include "store/store.h"

namespace culprit {

// A segment file segments/NNNNNN.seg, and what is known of it without opening it.
struct SegmentEntry {
  std::uint32_t id = 0;  // never used again after the segment is gone
  std::uint32_t group_id = 0;
  SegmentSummary summary;
};

struct NamedGroup {
  std::uint32_t id = 0;
  std::string name;
  EventNumber last_number = 0;  // the highest that ever was in a segment of it; kept when segments go
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

  // From now on; for what may be lost with the machine.
  Result<void> do_not_sync();
  Result<void> begin();
  Result<void> begin_reading();  // what is read until commit() is of one moment
  Result<void> commit();
  void roll_back();
  // Changes whenever another connection has committed.
  Result<std::int64_t> data_version() const;
  // SQLite's own look at its pages; empty when all is well, else the first complaint.
  Result<std::string> integrity_problem() const;
  // Makes the catalogue one plain file again, unless others still read it.
  void fold_log();

  Result<std::uint32_t> add_group(std::string_view name);
  Result<std::uint32_t> add_stream(std::uint32_t group_id, std::string_view name);
  // Under its id, or with id 0 under the next one, which is returned. An id is never given twice.
  Result<std::uint32_t> add_segment(const SegmentEntry& entry);
  Result<void> remove_segment(std::uint32_t id);
  Result<void> remove_segments();
  Result<void> put_series(const Series& series);  // finite values only
  Result<void> put_state(const ResourceState& state);
  Result<void> put_gap(const Gap& gap);
  Result<void> put_journal(const JournalEntry& entry);
  Result<void> put_note(std::string_view key, std::string_view value);

  Result<std::vector<NamedGroup>> groups() const;      // by id
  Result<std::vector<NamedStream>> streams() const;    // by id
  Result<std::vector<SegmentEntry>> segments() const;  // by (group_id, first_number)
  Result<std::vector<Series>> series(const MetricId& id, const Window& window) const;
  Result<std::vector<MetricId>> metrics() const;
  Result<std::vector<ResourceState>> states(std::string_view kind) const;
  Result<std::vector<std::string>> state_kinds() const;
  Result<std::vector<Gap>> gaps() const;
  Result<std::vector<JournalEntry>> journal() const;
  Result<std::optional<std::string>> note(std::string_view key) const;
  Result<std::map<std::string, std::string>> notes() const;

  const std::filesystem::path& path() const { return database_->path(); }

 private:
  explicit Catalogue(std::unique_ptr<Database> database) : database_(std::move(database)) {}
  Result<Statement*> prepared(std::optional<Statement>& slot, std::string_view sql);
  Result<std::int64_t> series_id(const Series& series);

  std::unique_ptr<Database> database_;  // declared first: outlives the statements
  std::optional<Statement> insert_segment_;
  std::optional<Statement> insert_point_;
  std::optional<Statement> insert_series_;
  std::optional<Statement> insert_state_;
  std::optional<Statement> insert_journal_;
};

}  // namespace culprit
