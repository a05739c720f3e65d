// Reads one recognised file into the intake and says how that went.
#pragma once

#include <functional>
#include <string>

#include "sources/files/file_content.h"
#include "sources/files/input_files.h"
#include "sources/files/intake.h"
#include "sources/files/log_target.h"
#include "sources/files/recognise.h"

namespace culprit {

struct FileJob {
  const InputFile& file;
  const Recognised& recognised;
  std::string subject;                                 // printable path, for rows and gaps
  LogTarget log_target;                                // of a log
  std::function<bool(std::string_view)> is_raw_group;  // a log group that raw logs of the input fill
  std::function<void(std::uint64_t)> progress;         // bytes unpacked so far
};

// Fills format, target and note of the row and records gaps. Damage of the packing is left to the caller.
// What a log would fill, without keeping anything of it.
LogShare weigh_log(FileContent& content, const FileJob& job, const Intake& intake);
void read_log(FileContent& content, const FileJob& job, Intake& intake, DetectedFile& row);
void read_answer(FileContent& content, const FileJob& job, Intake& intake, DetectedFile& row);
void read_csv(FileContent& content, const FileJob& job, Intake& intake, DetectedFile& row);

// Appends a sentence to a row's note.
void add_note(DetectedFile& row, std::string_view text);

}  // namespace culprit
