// TagResource, UntagResource and ListTagsForResource, of alarms.
#include "server/cloudwatch_tags.h"

#include <fmt/format.h>

#include <algorithm>

#include "server/cloudwatch_operations.h"
#include "server/live.h"
#include "server/states.h"

namespace culprit::server {

namespace {

constexpr std::size_t kTagsMax = 50;
constexpr std::size_t kKeyMax = 128, kValueMax = 256;

// Throws ResourceNotFoundException for what is no alarm that there is.
std::string need_resource(const Account& account, const Parameters& p) {
  std::string arn = p.need_text("ResourceARN");
  for (const auto& alarm : states_at(account, *account.evidence(), "cloudwatch:alarm"))
    if (!alarm.contains("Deleted") && text_of(alarm, "AlarmArn") == arn) return arn;
  throw ApiFault{"ResourceNotFoundException", "Unknown", 404,
                 boost::json::object{{"ResourceType", "alarm"}, {"ResourceId", arn}}};
}

std::map<std::string, std::string> tags_of(const Account& account, const std::string& arn) {
  std::map<std::string, std::string> out;
  for (const auto& document : documents_of(account, kinds::kTags)) {
    if (text_of(document, "ResourceARN") != arn) continue;
    if (const auto* tags = document.if_contains("Tags"); tags != nullptr && tags->is_object())
      for (const auto& [key, value] : tags->get_object())
        if (value.is_string()) out[std::string(key)] = value.get_string();
  }
  return out;
}

}  // namespace

std::map<std::string, std::string> tags_in(const Parameters& p) {
  std::map<std::string, std::string> out;
  for (const auto& tag : p.objects("Tags")) {
    const std::string key = tag.need_text("Key"), value = tag.text_or("Value", "");
    if (key.size() > kKeyMax || value.size() > kValueMax)
      p.refuse("A tag's key has at most 128 characters, its value 256.");
    if (!out.emplace(key, value).second) p.refuse("Two tags have the same key.");
  }
  if (out.size() > kTagsMax) p.refuse("A resource may have at most 50 tags.");
  return out;
}

void keep_tags(Account& account, const std::string& arn, const std::map<std::string, std::string>& tags) {
  boost::json::object kept;
  for (const auto& [key, value] : tags) kept[key] = value;
  account.live().documents.put(kinds::kTags, arn, {{"ResourceARN", arn}, {"Tags", std::move(kept)}},
                               account.now());
}

boost::json::object tag_resource(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const std::string arn = need_resource(account, p);
  if (!p.has("Tags")) p.missing("Tags");
  auto tags = tags_of(account, arn);
  for (const auto& [key, value] : tags_in(p)) tags[key] = value;
  if (tags.size() > kTagsMax) p.refuse("A resource may have at most 50 tags.");
  keep_tags(account, arn, tags);
  return {};
}

boost::json::object untag_resource(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const std::string arn = need_resource(account, p);
  if (!p.has("TagKeys")) p.missing("TagKeys");
  auto tags = tags_of(account, arn);
  for (const auto& key : p.texts("TagKeys")) tags.erase(key);
  keep_tags(account, arn, tags);
  return {};
}

boost::json::object list_tags_for_resource(Account& account, const ApiRequest& request) {
  const std::string arn = need_resource(account, request.parameters);
  boost::json::array out;
  for (const auto& [key, value] : tags_of(account, arn))
    out.push_back(boost::json::object{{"Key", key}, {"Value", value}});
  return {{"Tags", std::move(out)}};
}

}  // namespace culprit::server
