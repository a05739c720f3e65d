#include <fmt/format.h>

#include "sources/files/aws_answer.h"
#include "sources/files/read_kinds.h"

namespace culprit {

namespace {

void describe_log_events(const FileJob& job, const AwsAnswerReader& reader, Intake& intake,
                         DetectedFile& row) {
  const auto& target = reader.log_target();
  const auto& tally = intake.tally();
  if (reader.skipped_events() > 0) {
    const auto text = fmt::format("{} events not read again: the input holds the raw log of {}",
                                  reader.skipped_events(), target.group);
    add_note(row, text);
    intake.gap(
        {GapReason::kNotAsked,
         job.subject,
         target.component,
         fmt::format("{}. If that log is not the whole group's, analyse the answers without it.", text),
         {},
         reader.skipped_window()});
    return;
  }
  if (tally.repeated > 0)
    add_note(row, fmt::format("{} events were met before in another answer", tally.repeated));
  if (target.component.empty())
    add_note(row, "its name tells no component; name it like filter-log-events-web.json");
  if (tally.beyond_limit > 0) {
    const auto text = fmt::format("{} events were left out: the limit of {} bytes of log was reached",
                                  tally.beyond_limit, intake.options().max_log_bytes);
    add_note(row, text);
    intake.gap({GapReason::kCut, job.subject, target.component, text + ".", {}, intake.options().keep});
  }
  if (reader.format() == "aws logs filter-log-events")
    intake.gap_once(
        {GapReason::kNotAsked, target.group, target.component,
         fmt::format("Of this group the input holds saved answers of `aws logs filter-log-events` ({}), "
                     "not the log: events that their filters did not match are not known.",
                     job.subject),
         "logs:FilterLogEvents", intake.options().keep});
}

}  // namespace

void read_answer(FileContent& content, const FileJob& job, Intake& intake, DetectedFile& row) {
  // Whether its log events are skipped depends on the group that its name tells.
  const AwsAnswerReader probe(intake, job.file.hint, job.subject, false);
  AwsAnswerReader reader(intake, job.file.hint, job.subject, job.is_raw_group(probe.log_target().group));
  for (auto block = content.next(); !block.empty(); block = content.next()) {
    reader.feed(block);
    job.progress(content.bytes_given());
    if (intake.failure()) break;
  }
  reader.finish();
  row.format = reader.recognised() ? reader.format() : "aws answer";
  row.target = reader.target();
  if (reader.holds_log_events()) describe_log_events(job, reader, intake, row);
  if (const auto complaint = reader.complaint(); !complaint.empty()) {
    add_note(row, complaint);
    intake.unreadable(job.subject, complaint + ".");
  } else if (!reader.recognised()) {
    add_note(row, "the answer is empty");
  }
}

}  // namespace culprit
