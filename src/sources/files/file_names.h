// Parts of file names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace culprit {

// "/a//b/c" -> a, b, c
std::vector<std::string_view> split_path(std::string_view path);

// "web.log.gz" -> "web": endings of packing, then one of .log .txt .json .jsonl .ndjson .csv .out .err
std::string_view without_extension(std::string_view name);

// Letters and digits of `text` in lower case, nothing else: "CPU-Utilization" -> "cpuutilization".
std::string squeezed(std::string_view text);

// Runs of letters and digits in lower case: "rds-CPUUtilization_p99.json" -> rds, cpuutilization, p99, json
std::vector<std::string> words_of(std::string_view text);

}  // namespace culprit
