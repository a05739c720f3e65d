// Nezha: which pod was the fault injected into, from metrics alone? Protocol: benchmarks' README, after Yu et
// al.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>

#include "ablation.h"
#include "causes/rank_causes.h"
#include "data_set.h"
#include "sources/tables/nezha_table.h"
#include "sources/tables/table_number.h"
#include "varied_tuning.h"

namespace culprit::bench {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

// Faults last three minutes, and are in the metrics from the minute of their injection on.
constexpr std::chrono::minutes kFaultLength{3};

struct Fault {
  std::string name;  // "2022-08-22T03:53:54"
  Time time;
  std::string pod, type;  // empty: not labelled
};

struct Day {
  AlignedTable table;
  std::vector<Fault> faults;
};

std::string text_member(const json::object& object, std::string_view name) {
  const auto* member = object.if_contains(name);
  return member != nullptr && member->is_string() ? std::string(member->get_string()) : std::string();
}

// Objects with an inject_time, however deep.
void collect_faults(const json::value& value, std::vector<Fault>& out) {
  if (value.is_array()) {
    for (const auto& item : value.get_array()) collect_faults(item, out);
    return;
  }
  if (!value.is_object()) return;
  const auto& object = value.get_object();
  auto name = text_member(object, "inject_time");
  if (name.empty()) {
    for (const auto& [key, item] : object) collect_faults(item, out);
    return;
  }
  const auto time = table_time(name);
  if (!time) return;
  std::replace(name.begin(), name.end(), ' ', 'T');
  out.push_back({name, *time, text_member(object, "inject_pod"), text_member(object, "inject_type")});
}

std::vector<Day> read_days(const fs::path& dir, std::vector<std::string>& notes) {
  std::vector<fs::path> folders;
  std::error_code error;
  for (const auto& set : fs::directory_iterator(dir, error)) {
    if (!set.is_directory() || !set.path().filename().string().starts_with("nezha")) continue;
    for (const auto& day : fs::directory_iterator(set.path(), error))
      if (fs::exists(day.path() / "metric")) folders.push_back(day.path());
  }
  std::sort(folders.begin(), folders.end());
  std::vector<Day> days;
  for (const auto& folder : folders) {
    Day day;
    for (const auto& file : fs::directory_iterator(folder)) {
      if (!file.path().filename().string().ends_with("fault_list.json")) continue;
      std::ifstream in(file.path(), std::ios::binary);
      const std::string text{std::istreambuf_iterator<char>(in), {}};
      boost::system::error_code wrong;
      const auto value = json::parse(text, wrong);
      if (!wrong) collect_faults(value, day.faults);
    }
    auto imported = import_nezha(folder);
    auto table = imported ? align_table(imported->table) : tl::unexpected(imported.error());
    if (!table) {
      notes.push_back(folder.filename().string() + ": " + table.error().what);
      continue;
    }
    day.table = std::move(*table);
    days.push_back(std::move(day));
  }
  return days;
}

std::string service_of(const std::string& pod) {
  const auto last = pod.rfind('-');
  const auto before = last == pod.npos || last == 0 ? last : pod.rfind('-', last - 1);
  return before == pod.npos ? pod : pod.substr(0, before);
}

CauseQuestion question_of(const Fault& fault) {
  CauseQuestion question;
  question.window = {fault.time, fault.time + kFaultLength};
  question.incident_known = true;
  return question;
}

struct Tally {
  std::size_t cases = 0, first = 0, third = 0, fifth = 0;
};

struct Figures {
  Tally all;
  std::map<std::string, Tally> by_type, by_day;
  double brier = 0;
  std::vector<std::string> predictions, misses;
};

void add(Tally& tally, std::size_t place) {  // from 1; 0: not there
  ++tally.cases;
  tally.first += place == 1 ? 1 : 0;
  tally.third += place >= 1 && place <= 3 ? 1 : 0;
  tally.fifth += place >= 1 && place <= 5 ? 1 : 0;
}

Figures figures_of(const std::vector<Day>& days, const CauseTuning& tuning) {
  Figures out;
  for (const auto& day : days)
    for (const auto& fault : day.faults) {
      const auto ranking = rank_causes(day.table, question_of(fault), tuning);
      json::array list;
      std::size_t place = 0;
      double confidence = 0;
      if (ranking)
        for (const auto& cause : ranking->causes) {
          list.emplace_back(cause.component);
          if (list.size() == 1) confidence = cause.confidence;
          const bool right =
              cause.component == fault.pod || service_of(cause.component) == service_of(fault.pod);
          if (place == 0 && right) place = list.size();
        }
      out.predictions.push_back(
          json::serialize(json::object{{"case", fault.name}, {"ranking", std::move(list)}}));
      if (fault.pod.empty()) continue;
      add(out.all, place);
      add(out.by_type[fault.type], place);
      add(out.by_day[fault.name.substr(0, 10)], place);
      const double wrong = confidence - (place == 1 ? 1 : 0);
      out.brier += wrong * wrong;
      if (place != 1)
        out.misses.push_back(fmt::format(
            "{} {} in {}: place {}, first {} ({:.2f})", fault.name, fault.type, service_of(fault.pod), place,
            ranking && !ranking->causes.empty() ? ranking->causes[0].component : "none", confidence));
    }
  return out;
}

double ratio(std::size_t a, std::size_t b) {
  return b == 0 ? 0 : static_cast<double>(a) / static_cast<double>(b);
}

void fill(const Figures& f, DataSet& set) {
  if (f.all.cases == 0) return;
  auto first = share("AS@1", f.all.first, f.all.cases, 0.70);
  auto third = share("AS@3", f.all.third, f.all.cases, 0.85);
  for (const auto& [part, tally] : f.by_type) {
    first.parts.emplace_back(part, ratio(tally.first, tally.cases));
    third.parts.emplace_back(part, ratio(tally.third, tally.cases));
  }
  for (const auto& [part, tally] : f.by_day) {
    first.parts.emplace_back(part, ratio(tally.first, tally.cases));
    third.parts.emplace_back(part, ratio(tally.third, tally.cases));
  }
  set.figures.push_back(std::move(first));
  set.figures.push_back(std::move(third));
  set.figures.push_back(share("AS@5", f.all.fifth, f.all.cases, 0));
  set.notes.push_back(fmt::format("confidence of the first cause: Brier score {:.3f} over {} faults",
                                  f.brier / static_cast<double>(f.all.cases), f.all.cases));
  for (const auto& miss : f.misses) set.notes.push_back(miss);
}

}  // namespace

DataSet run_nezha(const fs::path& dir, bool vary) {
  DataSet set;
  set.name = "nezha";
  const auto days = read_days(dir, set.notes);
  if (days.empty()) {
    set.notes.emplace_back("missing");
    return set;
  }
  const auto figures = figures_of(days, {});
  set.predictions = figures.predictions;
  fill(figures, set);
  if (!vary) return set;
  for (const auto& ablation : ablations()) {
    Tally tally;
    for (const auto& day : days)
      for (const auto& fault : day.faults) {
        const auto ranking = ablated_ranking(day.table, question_of(fault), ablation);
        const auto right = std::find_if(ranking.begin(), ranking.end(), [&](const std::string& pod) {
          return pod == fault.pod || service_of(pod) == service_of(fault.pod);
        });
        add(tally, right == ranking.end() ? 0 : static_cast<std::size_t>(right - ranking.begin()) + 1);
      }
    set.notes.push_back(fmt::format("{:36} AS@1 {:.3f} AS@3 {:.3f}", ablation.name,
                                    ratio(tally.first, tally.cases), ratio(tally.third, tally.cases)));
  }
  for (const auto& varied : varied_tunings()) {
    const auto f = figures_of(days, varied.tuning);
    set.notes.push_back(fmt::format("{:36} AS@1 {:.3f} AS@3 {:.3f}", varied.name,
                                    ratio(f.all.first, f.all.cases), ratio(f.all.third, f.all.cases)));
  }
  return set;
}

}  // namespace culprit::bench
