#include "sources/files/follow_positions.h"

#include "base/printable.h"

namespace culprit {

namespace {

constexpr std::size_t kPathBytesMax = 4096;

boost::json::object to_json(const FollowState& state) {
  boost::json::array files;
  for (const auto& f : state.files)
    files.push_back(boost::json::object{{"path", printable_text(f.file.path.string(), kPathBytesMax)},
                                        {"name", printable_text(f.file.name, kPathBytesMax)},
                                        {"hint", printable_text(f.file.hint, kPathBytesMax)},
                                        {"device", f.identity.device},
                                        {"inode", f.identity.inode},
                                        {"offset", f.offset},
                                        {"mark", f.mark}});
  return {{"next", state.next}, {"files", std::move(files)}};
}

std::uint64_t number(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value == nullptr) return 0;
  boost::system::error_code ec;
  const auto out = value->to_number<std::uint64_t>(ec);
  return ec ? 0 : out;
}

std::string text(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  const auto* string = value == nullptr ? nullptr : value->if_string();
  return string == nullptr ? std::string{} : std::string(*string);
}

std::optional<FollowState> from_json(const boost::json::value* value) {
  const auto* object = value == nullptr ? nullptr : value->if_object();
  const auto* list = object == nullptr ? nullptr : object->if_contains("files");
  const auto* files = list == nullptr ? nullptr : list->if_array();
  if (files == nullptr) return std::nullopt;
  FollowState out{number(*object, "next"), {}};
  for (const auto& item : *files) {
    const auto* file = item.if_object();
    if (file == nullptr) return std::nullopt;
    out.files.push_back({{text(*file, "path"), text(*file, "name"), text(*file, "hint"), 0},
                         {number(*file, "device"), number(*file, "inode")},
                         number(*file, "offset"),
                         text(*file, "mark")});
  }
  return out;
}

}  // namespace

std::string follow_note(const FollowState& state, const FollowState& before) {
  auto out = to_json(state);
  out["before"] = to_json(before);
  return boost::json::serialize(out);
}

std::optional<FollowState> read_follow_note(std::string_view note, EventNumber next) {
  boost::system::error_code ec;
  const auto value = boost::json::parse(note, ec);
  if (ec) return std::nullopt;
  auto newest = from_json(&value);
  if (newest && newest->next <= next) return newest;
  const auto* object = value.if_object();
  auto before = from_json(object == nullptr ? nullptr : object->if_contains("before"));
  if (before && before->next <= next) return before;
  return std::nullopt;
}

}  // namespace culprit
