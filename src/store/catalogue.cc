#include "store/catalogue.h"

#include <fmt/format.h>

#include "base/file.h"
#include "store/catalogue_schema.h"

namespace culprit {

namespace {

constexpr int kCompressionLevel = 3;
constexpr std::size_t kDocumentBytesMax = std::size_t{128} << 20;

// Dimensions as [["Name","value"], …], sorted by name: readable with any SQLite tool.
std::string dimensions_text(std::vector<Dimension> dimensions) {
  std::sort(dimensions.begin(), dimensions.end());
  boost::json::array out;
  for (const auto& d : dimensions) out.push_back(boost::json::array{d.name, d.value});
  return boost::json::serialize(out);
}

boost::json::parse_options lenient() {
  boost::json::parse_options options;
  options.allow_invalid_utf8 = true;
  options.max_depth = 512;
  return options;
}

Error damaged(const Catalogue& catalogue, std::string what) {
  return Error{ErrorCode::kDamaged, std::move(what), catalogue.path().string(), {}};
}

std::optional<std::vector<Dimension>> parse_dimensions(const std::string& text) {
  boost::system::error_code ec;
  const auto value = boost::json::parse(text, ec, {}, lenient());
  if (ec || !value.is_array()) return std::nullopt;
  std::vector<Dimension> out;
  for (const auto& pair : value.get_array()) {
    if (!pair.is_array() || pair.get_array().size() != 2) return std::nullopt;
    const auto* name = pair.get_array()[0].if_string();
    const auto* text_value = pair.get_array()[1].if_string();
    if (name == nullptr || text_value == nullptr) return std::nullopt;
    out.push_back({std::string(*name), std::string(*text_value)});
  }
  return out;
}

// Calls `row` for each row of the statement.
template <class Row>
Result<void> each_row(Statement& statement, Row row) {
  for (;;) {
    auto more = statement.step();
    if (!more) return tl::unexpected(more.error());
    if (!*more) return {};
    row(statement);
  }
}

// SQLite keeps a CREATE statement as it was written; line breaks mean nothing.
std::string on_one_line(std::string_view sql) {
  std::string out;
  for (const char c : sql) {
    const bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!blank) out += c;
    if (blank && !out.ends_with(' ')) out += ' ';
  }
  return out;
}

Result<void> check_tables(const Database& database) {
  auto asked = database.prepare(
      "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY "
      "name");
  if (!asked) return tl::unexpected(asked.error());
  std::vector<std::string> found;
  if (auto read = each_row(*asked, [&](Statement& s) { found.push_back(on_one_line(s.text(0))); }); !read)
    return read;
  if (std::equal(found.begin(), found.end(), std::begin(kCatalogueTables), std::end(kCatalogueTables)))
    return {};
  return fail(ErrorCode::kDamaged, "the catalogue does not have the tables of this version",
              database.path().string(), "Take the store from its capsule or collect again.");
}

}  // namespace

Result<Catalogue> Catalogue::create(const std::filesystem::path& path) {
  auto database = Database::open(path, Database::Mode::kCreate);
  if (!database) return tl::unexpected(database.error());
  std::string sql = "PRAGMA page_size=4096; PRAGMA journal_mode=WAL; BEGIN;";
  for (const auto table : kCatalogueTables) sql += std::string(table) + ";";
  sql += "COMMIT;";
  if (auto made = (*database)->execute(sql); !made) return tl::unexpected(made.error());
  return Catalogue(std::move(*database));
}

Result<Catalogue> Catalogue::open_to_write(const std::filesystem::path& path) {
  auto database = Database::open(path, Database::Mode::kWrite);
  if (!database) return tl::unexpected(database.error());
  if (auto set = (*database)->execute("PRAGMA journal_mode=WAL"); !set) return tl::unexpected(set.error());
  if (auto checked = check_tables(**database); !checked) return tl::unexpected(checked.error());
  return Catalogue(std::move(*database));
}

Result<Catalogue> Catalogue::open_to_read(const std::filesystem::path& path) {
  auto database = Database::open(path, Database::Mode::kRead);
  if (!database) return tl::unexpected(database.error());
  if (auto checked = check_tables(**database); !checked) return tl::unexpected(checked.error());
  return Catalogue(std::move(*database));
}

Result<void> Catalogue::do_not_sync() { return database_->execute("PRAGMA synchronous=OFF"); }

Result<void> Catalogue::begin() { return database_->execute("BEGIN IMMEDIATE"); }
Result<void> Catalogue::begin_reading() { return database_->execute("BEGIN"); }
Result<void> Catalogue::commit() { return database_->execute("COMMIT"); }
void Catalogue::roll_back() { (void)database_->execute("ROLLBACK"); }

void Catalogue::fold_log() {
  insert_segment_.reset();
  insert_point_.reset();
  insert_series_.reset();
  insert_state_.reset();
  insert_journal_.reset();
  (void)database_->execute(
      "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA busy_timeout=0; PRAGMA journal_mode=DELETE");
}

Result<Statement*> Catalogue::prepared(std::optional<Statement>& slot, std::string_view sql) {
  if (!slot) {
    auto made = database_->prepare(sql);
    if (!made) return tl::unexpected(made.error());
    slot.emplace(std::move(*made));
  }
  return &*slot;
}

Result<std::uint32_t> Catalogue::add_group(std::string_view name) {
  auto s = database_->prepare("INSERT INTO log_group(name, last_number) VALUES(?, 0)");
  if (!s) return tl::unexpected(s.error());
  if (auto run = s->bind(1, name).run(); !run) return tl::unexpected(run.error());
  return static_cast<std::uint32_t>(database_->last_insert_id());
}

Result<std::uint32_t> Catalogue::add_stream(std::uint32_t group_id, std::string_view name) {
  auto s = database_->prepare("INSERT INTO stream(group_id, name) VALUES(?, ?)");
  if (!s) return tl::unexpected(s.error());
  if (auto run = s->bind(1, std::int64_t{group_id}).bind(2, name).run(); !run)
    return tl::unexpected(run.error());
  return static_cast<std::uint32_t>(database_->last_insert_id());
}

Result<std::uint32_t> Catalogue::add_segment(const SegmentEntry& e) {
  auto s = prepared(insert_segment_,
                    "INSERT INTO segment(group_id, first_number, last_number, events, first_ms, last_ms,"
                    " message_bytes, size_bytes, id) VALUES(?,?,?,?,?,?,?,?,?)");
  if (!s) return tl::unexpected(s.error());
  const auto as_signed = [](std::uint64_t v) { return static_cast<std::int64_t>(v); };
  const SegmentSummary& m = e.summary;
  (*s)->bind(1, std::int64_t{e.group_id})
      .bind(2, as_signed(m.first_number))
      .bind(3, as_signed(m.last_number));
  (*s)->bind(4, as_signed(m.events))
      .bind(5, std::int64_t{to_epoch_ms(m.first_time)})
      .bind(6, std::int64_t{to_epoch_ms(m.last_time)});
  (*s)->bind(7, as_signed(m.message_bytes)).bind(8, as_signed(m.segment_bytes));
  if (e.id != 0)
    (*s)->bind(9, std::int64_t{e.id});
  else
    (*s)->bind_null(9);
  if (auto run = (*s)->run(); !run) return tl::unexpected(run.error());
  const auto id = static_cast<std::uint32_t>(database_->last_insert_id());
  auto known = database_->prepare("UPDATE log_group SET last_number=max(last_number, ?) WHERE id=?");
  if (!known) return tl::unexpected(known.error());
  if (auto run = known->bind(1, as_signed(m.last_number)).bind(2, std::int64_t{e.group_id}).run(); !run)
    return tl::unexpected(run.error());
  return id;
}

Result<void> Catalogue::remove_segment(std::uint32_t id) {
  auto s = database_->prepare("DELETE FROM segment WHERE id=?");
  if (!s) return tl::unexpected(s.error());
  return s->bind(1, std::int64_t{id}).run();
}

Result<void> Catalogue::remove_segments() { return database_->execute("DELETE FROM segment"); }

Result<std::int64_t> Catalogue::data_version() const {
  auto s = database_->prepare("PRAGMA data_version");
  if (!s) return tl::unexpected(s.error());
  if (auto row = s->step(); !row) return tl::unexpected(row.error());
  return s->integer(0);
}

Result<std::string> Catalogue::integrity_problem() const {
  auto s = database_->prepare("PRAGMA integrity_check(1)");
  if (!s) return tl::unexpected(s.error());
  if (auto row = s->step(); !row) return tl::unexpected(row.error());
  const auto said = s->text(0);
  return said == "ok" ? std::string() : said;
}

Result<std::int64_t> Catalogue::series_id(const Series& series) {
  auto s = prepared(insert_series_,
                    "INSERT INTO series(namespace, name, dimensions, statistic, period_s, unit)"
                    " VALUES(?,?,?,?,?,?) ON CONFLICT DO UPDATE SET"
                    " unit=CASE WHEN excluded.unit='' THEN unit ELSE excluded.unit END RETURNING id");
  if (!s) return tl::unexpected(s.error());
  (*s)->bind(1, series.id.name_space).bind(2, series.id.name).bind(3, dimensions_text(series.id.dimensions));
  (*s)->bind(4, series.statistic).bind(5, std::int64_t{series.period.count()}).bind(6, series.unit);
  auto row = (*s)->step();
  if (!row) return tl::unexpected(row.error());
  const auto id = (*s)->integer(0);
  if (auto end = (*s)->run(); !end) return tl::unexpected(end.error());
  return id;
}

Result<void> Catalogue::put_series(const Series& series) {
  const auto id = series_id(series);
  if (!id) return tl::unexpected(id.error());
  auto s = prepared(insert_point_, "INSERT OR REPLACE INTO point VALUES(?,?,?)");
  if (!s) return tl::unexpected(s.error());
  for (const auto& point : series.points) {
    auto run = (*s)->bind(1, *id).bind(2, std::int64_t{to_epoch_ms(point.time)}).bind(3, point.value).run();
    if (!run) return run;
  }
  return {};
}

Result<void> Catalogue::put_state(const ResourceState& state) {
  auto s = prepared(insert_state_, "INSERT INTO state(kind, id, observed_at_ms, document) VALUES(?,?,?,?)");
  if (!s) return tl::unexpected(s.error());
  (*s)->bind(1, state.kind).bind(2, state.id).bind(3, std::int64_t{to_epoch_ms(state.observed_at)});
  return (*s)->bind_blob(4, zstd_compress(boost::json::serialize(state.document), kCompressionLevel)).run();
}

Result<void> Catalogue::put_gap(const Gap& gap) {
  auto s = database_->prepare(
      "INSERT INTO gap(reason, subject, component, detail, action, start_ms, end_ms) VALUES(?,?,?,?,?,?,?)");
  if (!s) return tl::unexpected(s.error());
  s->bind(1, to_string(gap.reason)).bind(2, gap.subject).bind(3, gap.component).bind(4, gap.detail);
  s->bind(5, gap.action).bind_null(6).bind_null(7);
  if (gap.window)
    s->bind(6, std::int64_t{to_epoch_ms(gap.window->start)})
        .bind(7, std::int64_t{to_epoch_ms(gap.window->end)});
  return s->run();
}

Result<void> Catalogue::put_journal(const JournalEntry& e) {
  auto s = prepared(insert_journal_,
                    "INSERT INTO journal(time_ms, action, request, outcome, answer_bytes, duration_ms,"
                    " attempts) VALUES(?,?,?,?,?,?,?)");
  if (!s) return tl::unexpected(s.error());
  (*s)->bind(1, std::int64_t{to_epoch_ms(e.time)}).bind(2, e.action).bind(3, e.request).bind(4, e.outcome);
  return (*s)
      ->bind(5, e.answer_bytes)
      .bind(6, std::int64_t{e.duration.count()})
      .bind(7, std::int64_t{e.attempts})
      .run();
}

Result<void> Catalogue::put_note(std::string_view key, std::string_view value) {
  auto s = database_->prepare("INSERT OR REPLACE INTO note VALUES(?,?)");
  if (!s) return tl::unexpected(s.error());
  return s->bind(1, key).bind(2, value).run();
}

Result<std::vector<NamedGroup>> Catalogue::groups() const {
  auto s = database_->prepare("SELECT id, name, last_number FROM log_group ORDER BY id");
  if (!s) return tl::unexpected(s.error());
  std::vector<NamedGroup> out;
  auto read = each_row(*s, [&](Statement& r) {
    out.push_back(
        {static_cast<std::uint32_t>(r.integer(0)), r.text(1), static_cast<EventNumber>(r.integer(2))});
  });
  if (!read) return tl::unexpected(read.error());
  return out;
}

Result<std::vector<NamedStream>> Catalogue::streams() const {
  auto s = database_->prepare("SELECT id, group_id, name FROM stream ORDER BY id");
  if (!s) return tl::unexpected(s.error());
  std::vector<NamedStream> out;
  auto read = each_row(*s, [&](Statement& r) {
    out.push_back(
        {static_cast<std::uint32_t>(r.integer(0)), static_cast<std::uint32_t>(r.integer(1)), r.text(2)});
  });
  if (!read) return tl::unexpected(read.error());
  return out;
}

Result<std::vector<SegmentEntry>> Catalogue::segments() const {
  auto s = database_->prepare(
      "SELECT id, group_id, first_number, last_number, events, first_ms, last_ms, message_bytes, size_bytes"
      " FROM segment ORDER BY group_id, first_number");
  if (!s) return tl::unexpected(s.error());
  std::vector<SegmentEntry> out;
  auto read = each_row(*s, [&](Statement& r) {
    const auto number = [&](int column) { return static_cast<std::uint64_t>(r.integer(column)); };
    SegmentEntry e;
    e.id = static_cast<std::uint32_t>(r.integer(0));
    e.group_id = static_cast<std::uint32_t>(r.integer(1));
    e.summary = {number(4), number(2), number(3), from_epoch_ms(r.integer(5)), from_epoch_ms(r.integer(6)),
                 number(7), number(8)};
    out.push_back(e);
  });
  if (!read) return tl::unexpected(read.error());
  return out;
}

Result<std::vector<Series>> Catalogue::series(const MetricId& id, const Window& window) const {
  auto s = database_->prepare(
      "SELECT id, statistic, period_s, unit FROM series WHERE namespace=? AND name=? AND dimensions=?"
      " ORDER BY statistic, period_s");
  if (!s) return tl::unexpected(s.error());
  s->bind(1, id.name_space).bind(2, id.name).bind(3, dimensions_text(id.dimensions));
  std::vector<Series> out;
  std::vector<std::int64_t> ids;
  auto read = each_row(*s, [&](Statement& r) {
    ids.push_back(r.integer(0));
    out.push_back({id, r.text(1), r.text(3), std::chrono::seconds{r.integer(2)}, {}});
    std::sort(out.back().id.dimensions.begin(), out.back().id.dimensions.end());
  });
  if (!read) return tl::unexpected(read.error());
  auto points = database_->prepare(
      "SELECT time_ms, value FROM point WHERE series_id=? AND time_ms>=? AND time_ms<? ORDER BY time_ms");
  if (!points) return tl::unexpected(points.error());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    points->bind(1, ids[i])
        .bind(2, std::int64_t{to_epoch_ms(window.start)})
        .bind(3, std::int64_t{to_epoch_ms(window.end)});
    read = each_row(*points, [&](Statement& r) {
      out[i].points.push_back({from_epoch_ms(r.integer(0)), r.real(1)});
    });
    if (!read) return tl::unexpected(read.error());
    points->reset();
  }
  return out;
}

Result<std::vector<MetricId>> Catalogue::metrics() const {
  auto s = database_->prepare("SELECT DISTINCT namespace, name, dimensions FROM series");
  if (!s) return tl::unexpected(s.error());
  std::vector<MetricId> out;
  bool good = true;
  auto read = each_row(*s, [&](Statement& r) {
    auto dimensions = parse_dimensions(r.text(2));
    good &= dimensions.has_value();
    if (dimensions) out.push_back({r.text(0), r.text(1), std::move(*dimensions)});
  });
  if (!read) return tl::unexpected(read.error());
  if (!good) return tl::unexpected(damaged(*this, "the dimensions of a metric cannot be understood"));
  std::sort(out.begin(), out.end());
  return out;
}

Result<std::vector<ResourceState>> Catalogue::states(std::string_view kind) const {
  auto s = database_->prepare(
      "SELECT id, observed_at_ms, document FROM state WHERE kind=? ORDER BY id, observed_at_ms, seq");
  if (!s) return tl::unexpected(s.error());
  s->bind(1, kind);
  std::vector<ResourceState> out;
  std::string problem;
  auto read = each_row(*s, [&](Statement& r) {
    const auto json = zstd_decompress(r.text(2), kDocumentBytesMax);
    boost::system::error_code ec;
    auto document = boost::json::parse(json ? *json : std::string(), ec, {}, lenient());
    if (!json || ec)
      problem = fmt::format("the state of {} '{}' cannot be read: {}", kind, r.text(0),
                            json ? ec.message() : json.error().what);
    else
      out.push_back({std::string(kind), r.text(0), from_epoch_ms(r.integer(1)), std::move(document)});
  });
  if (!read) return tl::unexpected(read.error());
  if (!problem.empty()) return tl::unexpected(damaged(*this, problem));
  return out;
}

Result<std::vector<std::string>> Catalogue::state_kinds() const {
  auto s = database_->prepare("SELECT DISTINCT kind FROM state ORDER BY kind");
  if (!s) return tl::unexpected(s.error());
  std::vector<std::string> out;
  auto read = each_row(*s, [&](Statement& r) { out.push_back(r.text(0)); });
  if (!read) return tl::unexpected(read.error());
  return out;
}

Result<std::vector<Gap>> Catalogue::gaps() const {
  auto s = database_->prepare(
      "SELECT reason, subject, component, detail, action, start_ms, end_ms FROM gap ORDER BY seq");
  if (!s) return tl::unexpected(s.error());
  std::vector<Gap> out;
  std::string problem;
  auto read = each_row(*s, [&](Statement& r) {
    auto reason = parse_gap_reason(r.text(0));
    if (!reason) problem = reason.error().what;
    Gap gap{reason.value_or(GapReason::kMissing), r.text(1), r.text(2), r.text(3), r.text(4), {}};
    if (!r.is_null(5)) gap.window = Window{from_epoch_ms(r.integer(5)), from_epoch_ms(r.integer(6))};
    out.push_back(std::move(gap));
  });
  if (!read) return tl::unexpected(read.error());
  if (!problem.empty()) return tl::unexpected(damaged(*this, problem));
  return out;
}

Result<std::vector<JournalEntry>> Catalogue::journal() const {
  auto s = database_->prepare(
      "SELECT time_ms, action, request, outcome, answer_bytes, duration_ms, attempts FROM journal"
      " ORDER BY time_ms, seq");
  if (!s) return tl::unexpected(s.error());
  std::vector<JournalEntry> out;
  auto read = each_row(*s, [&](Statement& r) {
    out.push_back({from_epoch_ms(r.integer(0)), r.text(1), r.text(2), r.text(3), r.integer(4),
                   Duration{r.integer(5)}, static_cast<int>(r.integer(6))});
  });
  if (!read) return tl::unexpected(read.error());
  return out;
}

Result<std::optional<std::string>> Catalogue::note(std::string_view key) const {
  auto s = database_->prepare("SELECT value FROM note WHERE name=?");
  if (!s) return tl::unexpected(s.error());
  auto row = s->bind(1, key).step();
  if (!row) return tl::unexpected(row.error());
  if (!*row) return std::optional<std::string>{};
  return std::optional<std::string>{s->text(0)};
}

Result<std::map<std::string, std::string>> Catalogue::notes() const {
  auto s = database_->prepare("SELECT name, value FROM note");
  if (!s) return tl::unexpected(s.error());
  std::map<std::string, std::string> out;
  auto read = each_row(*s, [&](Statement& r) { out.emplace(r.text(0), r.text(1)); });
  if (!read) return tl::unexpected(read.error());
  return out;
}

}  // namespace culprit
