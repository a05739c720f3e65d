#include "conduct/case_memory.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "base/file.h"
#include "base/printable.h"
#include "conduct/case_document.h"

namespace culprit {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kCasesMax = 10'000;

// "chatwoot" of "chatwoot"; anything that is no part of a file's name becomes "-".
std::string file_word(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, 64)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    out += plain ? c : '-';
  }
  return out;
}

Result<PastCase> read_file_of_case(const fs::path& file) {
  std::error_code ec;
  const auto size = fs::file_size(file, ec);
  if (!ec && size > kCaseBytesMax) return fail(ErrorCode::kInput, "is too large for a case", file.string());
  const auto text = read_file(file);
  if (!text) return tl::unexpected(text.error());
  auto past = read_case(*text);
  if (!past) return fail(past.error().code, past.error().what, file.string(), past.error().hint);
  // The name of the file is what a person sees and forgets it by.
  if (past->id != file.stem().string())
    return fail(ErrorCode::kInput, "is the case " + printable_text(past->id, 80), file.string(),
                "A case's file has its id as name.");
  return past;
}

}  // namespace

std::optional<fs::path> default_memory_folder() {
  const char* data = std::getenv("XDG_DATA_HOME");
  if (data != nullptr && *data != '\0') return fs::path(data) / "culprit/cases";
  const char* home = std::getenv("HOME");
  if (home == nullptr || *home == '\0') return std::nullopt;
  return fs::path(home) / ".local/share/culprit/cases";
}

Result<PastCase> case_of(const Findings& findings, std::string cause) {
  const auto moved = [](const SignatureSignal& s) { return std::abs(s.spreads) >= kMovedSpreads; };
  if (std::ranges::none_of(findings.signature.signals, moved))
    return fail(ErrorCode::kInput, "nothing in this window left its usual, so nothing could be recognised",
                findings.capsule, "Give the window of the incident: --from, --to.");
  PastCase out;
  std::string minute = format_utc(floor_minute(findings.onset.value_or(findings.window.start))).substr(0, 16);
  std::erase(minute, ':');
  out.id = fmt::format("{}Z-{}", minute, file_word(findings.system.name));
  out.system = findings.system.name;
  out.cause = std::move(cause);
  for (const auto& h : findings.hypotheses)
    if (h.role == CauseRole::kPrimary) out.hypothesis = h.cause;
  out.severity = findings.severity;
  out.window = findings.window;
  out.onset = findings.onset;
  out.signature = findings.signature;
  return out;
}

Result<Memory> CaseMemory::all() const {
  Memory out;
  std::error_code ec;
  if (!fs::exists(folder_, ec)) return out;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder_, ec)) {
    if (entry.path().extension() != ".json") continue;
    files.push_back(entry.path());
    if (files.size() > kCasesMax)
      return fail(ErrorCode::kInput, fmt::format("holds more than {} cases", kCasesMax), folder_.string());
  }
  if (ec) return tl::unexpected(storage_error("cannot read", folder_, ec.value()));
  std::ranges::sort(files);
  for (const auto& file : files) {
    auto past = read_file_of_case(file);
    if (past)
      out.cases.push_back(std::move(*past));
    else
      out.unreadable.push_back(printable_text(file.filename().string(), 200));
  }
  std::ranges::sort(out.cases, {}, &PastCase::id);
  return out;
}

Result<std::vector<PastCase>> CaseMemory::remember(const PastCase& past) const {
  std::error_code ec;
  fs::create_directories(folder_, ec);
  if (ec) return tl::unexpected(storage_error("cannot create", folder_, ec.value()));
  const auto known = all();
  if (!known) return tl::unexpected(known.error());
  if (auto done = write_file_atomically(file_of(past.id), write_case(past)); !done)
    return tl::unexpected(done.error());
  std::vector<PastCase> replaced;
  for (const auto& other : known->cases) {
    if (!same_incident(other, past.system, past.window)) continue;
    if (other.id != past.id)
      if (auto done = remove(other.id); !done) return tl::unexpected(done.error());
    replaced.push_back(other);
  }
  return replaced;
}

// Gone for good when it returns, as what was remembered is there for good.
Result<void> CaseMemory::remove(const std::string& id) const {
  std::error_code ec;
  fs::remove(file_of(id), ec);
  if (ec) return tl::unexpected(storage_error("cannot remove", file_of(id), ec.value()));
  const int fd = ::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return tl::unexpected(storage_error("cannot open", folder_, errno));
  const int error = ::fsync(fd) == 0 ? 0 : errno;
  ::close(fd);
  if (error != 0) return tl::unexpected(storage_error("cannot sync", folder_, error));
  return {};
}

Result<PastCase> CaseMemory::find(const std::string& id) const {
  const auto known = all();
  if (!known) return tl::unexpected(known.error());
  std::vector<const PastCase*> found;
  std::string names;
  for (const auto& past : known->cases) {
    if (past.id == id) return past;
    if (past.id.find(id) != std::string::npos) found.push_back(&past);
    names += (names.empty() ? "" : ", ") + past.id;
  }
  if (found.size() == 1) return *found.front();
  const std::string what = found.empty() ? fmt::format("there is no case '{}'", printable_text(id, 80))
                                         : "several cases have that in their id";
  return fail(found.empty() ? ErrorCode::kNotFound : ErrorCode::kUsage, what, folder_.string(),
              names.empty() ? "Nothing is remembered there." : "There are " + names + ".");
}

Result<PastCase> CaseMemory::forget(const std::string& id) const {
  auto past = find(id);
  if (!past) return past;
  if (auto done = remove(past->id); !done) return tl::unexpected(done.error());
  return past;
}

}  // namespace culprit
