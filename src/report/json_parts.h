// Pieces of findings as JSON. Private to src/report.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "diagnosis/findings.h"
#include "report/json_writer.h"

namespace culprit {

void put(JsonWriter& w, std::string_view key, std::string_view value);
void put(JsonWriter& w, std::string_view key, const char* value) = delete;
void put(JsonWriter& w, std::string_view key, double value);
void put(JsonWriter& w, std::string_view key, const std::optional<double>& value);
void put(JsonWriter& w, std::string_view key, std::uint64_t value);
void put(JsonWriter& w, std::string_view key, const std::optional<Time>& value);
void put(JsonWriter& w, std::string_view key, const std::optional<Window>& value);
void put(JsonWriter& w, std::string_view key, const std::vector<EvidenceRef>& value);
void put(JsonWriter& w, std::string_view key, const std::vector<Claim>& value);
void put(JsonWriter& w, std::string_view key, const std::vector<std::string>& value);
void put(JsonWriter& w, std::string_view key, const std::vector<Datapoint>& value);
void put_bool(JsonWriter& w, std::string_view key, bool value);

// An array of objects, each filled by `each`.
template <class T, class F>
void put_each(JsonWriter& w, std::string_view key, const std::vector<T>& items, F each) {
  w.key(key);
  w.begin_array();
  for (const auto& item : items) {
    w.begin_object();
    each(item);
    w.end_object();
  }
  w.end_array();
}

void put_technical(JsonWriter& w, const Findings& findings);
void put_causes(JsonWriter& w, const Findings& findings);
void put_evidence(JsonWriter& w, const Findings& findings);
void put_seen_before(JsonWriter& w, const SeenBefore& seen);

}  // namespace culprit
