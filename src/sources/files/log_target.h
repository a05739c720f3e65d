// Which log group and stream a log file stands for.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "logs/format.h"
#include "system/system.h"

namespace culprit {

struct LogTarget {
  std::string group;
  std::string stream;
  std::string component;  // id; empty for a group that no component has
  std::string because;    // "path", "name", "format", or empty
};

// In this order: the folders of the path end with (a tail of) a component's log group; a file's or folder's
// name holds the last part of the group, the resource's name or the component's id, or is "postgresql…" for
// the only RDS component; the format belongs to exactly one component; else group "file:<path>".
LogTarget find_log_target(const System& system, std::string_view path, LogFormat format);

// The same for a file called `subject`, unless the user named the `group`: then that one, with the file as
// the stream.
LogTarget place_log(const System& system, std::string_view path, std::string_view subject, LogFormat format,
                    std::string_view group);

}  // namespace culprit
