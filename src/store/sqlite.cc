#include "store/sqlite.h"

#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>

#include "base/file.h"

namespace culprit {

namespace {

constexpr int kBusyTimeoutMs = 10'000;
constexpr int kValueBytesMax = 256 << 20;

// What every connection needs. The catalogue may come from a stranger: nothing in it may run code.
constexpr const char* kSettings =
    "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA cache_size=-4000;"
    "PRAGMA synchronous=FULL;";

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
void Database::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

Statement& Statement::bind(int index, std::int64_t value) {
  sqlite3_bind_int64(statement_.get(), index, value);
  return *this;
}
Statement& Statement::bind(int index, double value) {
  sqlite3_bind_double(statement_.get(), index, value);
  return *this;
}
Statement& Statement::bind(int index, std::string_view text) {
  sqlite3_bind_text64(statement_.get(), index, text.empty() ? "" : text.data(), text.size(), SQLITE_TRANSIENT,
                      SQLITE_UTF8);
  return *this;
}
Statement& Statement::bind_blob(int index, std::string_view bytes) {
  sqlite3_bind_blob64(statement_.get(), index, bytes.empty() ? "" : bytes.data(), bytes.size(),
                      SQLITE_TRANSIENT);
  return *this;
}
Statement& Statement::bind_null(int index) {
  sqlite3_bind_null(statement_.get(), index);
  return *this;
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return tl::unexpected(database_->error(code));
}

Result<void> Statement::run() {
  const auto row = step();
  reset();
  if (!row) return tl::unexpected(row.error());
  return {};
}

void Statement::reset() { sqlite3_reset(statement_.get()); }

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }
double Statement::real(int column) const { return sqlite3_column_double(statement_.get(), column); }
bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}
std::string Statement::text(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return bytes == nullptr ? std::string() : std::string(bytes, static_cast<std::size_t>(size));
}

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& path, Mode mode) {
  if (mode != Mode::kCreate && ::access(path.c_str(), R_OK) != 0)
    return tl::unexpected(storage_error("cannot open", path, errno));
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  if (mode == Mode::kCreate) flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  // A reader too must be able to recover what a killed writer left; where the file may not be written,
  // SQLite reads only.
  else
    flags |= SQLITE_OPEN_READWRITE;
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags, nullptr);
  std::unique_ptr<Database> database(new Database(raw, path));
  if (code != SQLITE_OK) return tl::unexpected(database->error(code));
  sqlite3_busy_timeout(raw, kBusyTimeoutMs);
  sqlite3_limit(raw, SQLITE_LIMIT_LENGTH, kValueBytesMax);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  const std::string settings = std::string(kSettings) + (mode == Mode::kRead ? "PRAGMA query_only=ON;" : "");
  if (auto set = database->execute(settings); !set) return tl::unexpected(set.error());
  return database;
}

Result<void> Database::execute(const std::string& sql) {
  const int code = sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return tl::unexpected(error(code));
  return {};
}

Result<Statement> Database::prepare(std::string_view sql) const {
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v2(database_.get(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  if (code != SQLITE_OK) return tl::unexpected(error(code));
  return Statement(statement, *this);
}

std::int64_t Database::last_insert_id() const { return sqlite3_last_insert_rowid(database_.get()); }

Error Database::error(int code) const {
  const std::string detail = database_ ? sqlite3_errmsg(database_.get()) : sqlite3_errstr(code);
  switch (code & 0xff) {
    case SQLITE_FULL:
      return storage_error("cannot write", path_, ENOSPC);
    case SQLITE_IOERR: {
      const int error_number = database_ ? sqlite3_system_errno(database_.get()) : 0;
      return storage_error("cannot read or write the catalogue", path_,
                           error_number != 0 ? error_number : EIO);
    }
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_ERROR:  // our statements are right, so the tables are not ours
    case SQLITE_FORMAT:
      return Error{ErrorCode::kDamaged, fmt::format("the catalogue is damaged: {}", detail), path_.string(),
                   "Take the store from its capsule or collect again."};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Error{ErrorCode::kStorage, "the catalogue is held by another program", path_.string(),
                   "Wait until the other culprit has finished with this store."};
    case SQLITE_READONLY:
      return Error{ErrorCode::kStorage,
                   "the catalogue was left by an interrupted writer and may not be written", path_.string(),
                   "Copy the store to where it can be written, and open it there."};
    default:
      return Error{
          ErrorCode::kStorage, fmt::format("the catalogue cannot be used: {}", detail), path_.string(), {}};
  }
}

}  // namespace culprit
