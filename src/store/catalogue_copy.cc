#include "store/catalogue_copy.h"

#include "store/catalogue.h"
#include "store/catalogue_schema.h"
#include "store/sqlite.h"

namespace culprit {

namespace {

constexpr std::string_view kCopies[] = {
    "INSERT INTO gap SELECT row_number() OVER (ORDER BY seq), reason, subject, component, detail, action,"
    " start_ms, end_ms FROM source.gap ORDER BY seq",
    "INSERT INTO journal SELECT row_number() OVER (ORDER BY time_ms, seq), time_ms, action, request, outcome,"
    " answer_bytes, duration_ms, attempts FROM source.journal ORDER BY time_ms, seq",
    "INSERT INTO log_group SELECT id, name, last_number FROM source.log_group ORDER BY id",
    "INSERT INTO note SELECT name, value FROM source.note ORDER BY name",
    "INSERT INTO series SELECT row_number() OVER (ORDER BY namespace, name, dimensions, statistic, period_s),"
    " namespace, name, dimensions, statistic, period_s, unit FROM source.series"
    " ORDER BY namespace, name, dimensions, statistic, period_s",
    "INSERT INTO point SELECT s.id, p.time_ms, p.value FROM main.series s JOIN source.series o"
    " USING(namespace, name, dimensions, statistic, period_s) JOIN source.point p ON p.series_id = o.id"
    " ORDER BY s.id, p.time_ms",
    "INSERT INTO state SELECT row_number() OVER (ORDER BY kind, id, observed_at_ms, seq), kind, id,"
    " observed_at_ms, document FROM source.state ORDER BY kind, id, observed_at_ms, seq",
    "INSERT INTO segment SELECT * FROM source.segment ORDER BY id",
    "INSERT INTO stream SELECT id, group_id, name FROM source.stream ORDER BY id",
};

Result<void> copy_rows(Database& to, const std::filesystem::path& from) {
  // A half copy is thrown away, so it needs neither journal nor sync.
  auto done = to.execute("PRAGMA page_size=4096; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF");
  if (!done) return done;
  {
    auto attach = to.prepare("ATTACH ? AS source");
    if (!attach) return tl::unexpected(attach.error());
    if (done = attach->bind(1, std::string_view(from.native())).run(); !done) return done;
  }
  std::string sql = "BEGIN;";
  for (const auto table : kCatalogueTables) sql += std::string(table) + ";";
  for (const auto copy : kCopies) sql += std::string(copy) + ";";
  return to.execute(sql + "COMMIT; DETACH source");
}

}  // namespace

Result<void> copy_catalogue(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (auto checked = Catalogue::open_to_read(from); !checked) return tl::unexpected(checked.error());
  auto database = Database::open(to, Database::Mode::kCreate);
  if (!database) return tl::unexpected(database.error());
  auto copied = copy_rows(**database, from);
  if (copied || copied.error().code == ErrorCode::kStorage) return copied;
  auto error = copied.error();
  error.where = from.string();  // what cannot be understood is the source
  return tl::unexpected(error);
}

}  // namespace culprit
