#include "notify/notice.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/printable.h"

namespace culprit {

namespace {

constexpr std::array<std::string_view, 9> kKinds = {
    "opened", "escalated", "raised", "update", "acknowledged", "resolved", "blind", "sighted", "test"};
constexpr std::size_t kHeadlineBytesMax = 300;

std::string_view lead(Notice::Kind kind) {
  switch (kind) {
    case Notice::Kind::kEscalated:
      return "nobody has acknowledged: ";
    case Notice::Kind::kRaised:
      return "now more severe: ";
    case Notice::Kind::kUpdate:
      return "update: ";
    case Notice::Kind::kAcknowledged:
      return "acknowledged: ";
    case Notice::Kind::kResolved:
      return "resolved: ";
    case Notice::Kind::kTest:
      return "test: ";
    default:
      return "";
  }
}

}  // namespace

std::string_view to_string(Notice::Kind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

Result<Notice::Kind> parse_notice_kind(std::string_view text) {
  const auto found = std::ranges::find(kKinds, text);
  if (found == kKinds.end()) return fail(ErrorCode::kInput, fmt::format("'{}' is no kind of message", text));
  return static_cast<Notice::Kind>(found - kKinds.begin());
}

std::string headline(const Notice& notice) {
  return printable_text(
      one_line(fmt::format("[{}] {}: {}{}", notice.severity, notice.system, lead(notice.kind), notice.title)),
      kHeadlineBytesMax);
}

}  // namespace culprit
