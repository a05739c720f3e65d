// Saved AWS answers: the scanner in two sizes of blocks, which must agree, and the reader into a store that
// takes everything.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "sources/files/aws_answer.h"
#include "sources/files/recognise.h"

namespace {

class OpenHandedStore : public culprit::StoreWriter {
 public:
  culprit::Result<void> append(const culprit::LogEventView&) override { return {}; }
  culprit::Result<void> put_series(const culprit::Series&) override { return {}; }
  culprit::Result<void> put_state(const culprit::ResourceState&) override { return {}; }
  culprit::Result<void> put_gap(const culprit::Gap&) override { return {}; }
  culprit::Result<void> put_journal(const culprit::JournalEntry&) override { return {}; }
  culprit::Result<void> put_note(std::string_view, std::string_view) override { return {}; }
  culprit::Result<void> commit() override { return {}; }
};

std::string scanned(std::string_view text, std::size_t block_bytes) {
  std::string out;
  culprit::AnswerScanner scanner;
  const culprit::AnswerScanner::Visit visit{
      [&](const culprit::AnswerPiece& p) { out.append(p.member).append(":").append(p.text).append("\n"); },
      [&] { out += "end\n"; }};
  for (std::size_t i = 0; i < text.size(); i += block_bytes) scanner.feed(text.substr(i, block_bytes), visit);
  scanner.finish(visit);
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)culprit::recognise(text);
  if (scanned(text, 3) != scanned(text, size + 1)) std::abort();

  culprit::System system;
  system.components.push_back(
      {"db", "Database", culprit::ComponentKind::kRdsInstance, "", "db-1", "/rds/db-1", "", {}, true});
  culprit::SystemMetric metric;
  metric.id = "db.cpu";
  metric.component = "db";
  metric.metric = {"AWS/RDS", "CPUUtilization", {{"DBInstanceIdentifier", "db-1"}}};
  system.metrics.push_back(metric);
  const culprit::CollectFilesOptions options;
  OpenHandedStore store;
  culprit::Intake intake(system, options, store);
  culprit::AwsAnswerReader reader(intake, "db-CPUUtilization.json", "db-CPUUtilization.json", false);
  reader.feed(text);
  reader.finish();
  (void)reader.target();
  (void)reader.complaint();
  return 0;
}
