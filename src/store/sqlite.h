// A thin, safe face of SQLite: owned handles, and failures that name the file.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

struct sqlite3;
struct sqlite3_stmt;

namespace culprit {

class Database;

// A prepared statement. Parameters count from 1, columns from 0.
class Statement {
 public:
  Statement& bind(int index, std::int64_t value);
  Statement& bind(int index, double value);
  Statement& bind(int index, std::string_view text);  // any bytes, NUL and invalid UTF-8 too
  Statement& bind_blob(int index, std::string_view bytes);
  Statement& bind_null(int index);

  // True when there is a row.
  Result<bool> step();
  // For statements without rows: runs, then resets.
  Result<void> run();
  void reset();

  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string text(int column) const;  // exact bytes of text or blob
  bool is_null(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  Statement(sqlite3_stmt* statement, const Database& database)
      : statement_(statement), database_(&database) {}
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  const Database* database_;
};

// One connection. One thread at a time. Must outlive its statements and stay where it is.
class Database {
 public:
  enum class Mode { kCreate, kWrite, kRead };
  static Result<std::unique_ptr<Database>> open(const std::filesystem::path& path, Mode mode);

  Result<void> execute(const std::string& sql);
  Result<Statement> prepare(std::string_view sql) const;
  std::int64_t last_insert_id() const;
  const std::filesystem::path& path() const { return path_; }
  Error error(int code) const;

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  Database(sqlite3* database, std::filesystem::path path) : database_(database), path_(std::move(path)) {}
  std::unique_ptr<sqlite3, Close> database_;
  std::filesystem::path path_;
};

}  // namespace culprit
