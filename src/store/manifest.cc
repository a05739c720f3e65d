#include "store/manifest.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <charconv>
#include <set>

#include "base/digest.h"
#include "store/tar.h"
#include "store/valid_utf8.h"

namespace culprit {

namespace {

constexpr std::string_view kSchema = "culprit-capsule ";  // and the version
constexpr int kVersion = 1;

tl::unexpected<Error> damaged(std::string what, std::string hint = {}) {
  return fail(ErrorCode::kDamaged, std::move(what), std::string(kManifestName), std::move(hint));
}

// Notes may hold any bytes; a manifest is valid UTF-8.
std::string json_text(std::string_view text) {
  return boost::json::serialize(boost::json::value(valid_utf8(text)));
}

bool is_sha256_hex(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Result<void> parse_part(const boost::json::value& value, CapsulePart& part) {
  const auto* object = value.if_object();
  if (object == nullptr) return damaged("the manifest is malformed: a part is not an object");
  const auto* name = object->if_contains("name");
  const auto* size = object->if_contains("size");
  const auto* digest = object->if_contains("sha256");
  if (name == nullptr || !name->is_string() || size == nullptr || digest == nullptr || !digest->is_string())
    return damaged("the manifest is malformed: a part lacks name, size or sha256");
  part.name = std::string(name->get_string());
  part.sha256 = std::string(digest->get_string());
  if (const auto why = why_not_a_part_name(part.name); !why.empty())
    return damaged(fmt::format("the manifest lists the part {}, which {}", json_text(part.name), why));
  boost::system::error_code ec;
  part.size_bytes = size->to_number<std::uint64_t>(ec);
  if (ec || part.size_bytes > kTarSizeBytesMax)
    return damaged(fmt::format("the manifest states an impossible size for {}", part.name));
  if (!is_sha256_hex(part.sha256))
    return damaged(fmt::format("the manifest states no SHA-256 for {}", part.name));
  return {};
}

Result<void> check_version(const boost::json::object& root) {
  const auto* schema = root.if_contains("schema");
  if (schema == nullptr || !schema->is_string())
    return damaged("the manifest is malformed: it has no schema");
  const std::string text(schema->get_string());
  int version = 0;
  if (text.starts_with(kSchema))
    std::from_chars(text.data() + kSchema.size(), text.data() + text.size(), version);
  if (version == kVersion) return {};
  if (version > kVersion)
    return damaged(
        fmt::format("the capsule is of version {}, this program reads version {}", version, kVersion),
        "Use a newer culprit.");
  return damaged(fmt::format("the manifest has the unknown schema {}", json_text(text)));
}

// "a" and "a/b" cannot both be files.
Result<void> check_folders(const std::vector<CapsulePart>& parts) {
  std::set<std::string_view> names;
  for (const auto& part : parts) names.insert(part.name);
  for (const std::string_view name : names)
    for (auto slash = name.find('/'); slash != name.npos; slash = name.find('/', slash + 1))
      if (names.contains(name.substr(0, slash)))
        return damaged(fmt::format("the manifest lists {} below the file {}", name, name.substr(0, slash)));
  return {};
}

Result<void> parse_parts(const boost::json::object& root, Manifest& out) {
  const auto* parts = root.if_contains("parts");
  if (parts == nullptr || !parts->is_array() || parts->get_array().size() > kPartsMax)
    return damaged("the manifest is malformed: it has no list of parts, or too long a one");
  for (const auto& value : parts->get_array()) {
    CapsulePart part;
    if (auto parsed = parse_part(value, part); !parsed) return parsed;
    if (!out.parts.empty() && part.name <= out.parts.back().name)
      return damaged(fmt::format("the manifest lists {} twice or out of order", part.name));
    out.parts.push_back(std::move(part));
  }
  return check_folders(out.parts);
}

}  // namespace

std::string why_not_a_part_name(std::string_view name) {
  if (name.empty()) return "has no name";
  if (name.size() > kTarNameBytesMax) return "has too long a name";
  constexpr std::string_view kAllowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/";
  if (name.find_first_not_of(kAllowed) != std::string_view::npos)
    return "has a character outside A-Z a-z 0-9 . _ - /";
  if (name == kManifestName || name == kManifestDigestName || name == kSignatureName)
    return "has a reserved name";
  for (std::size_t start = 0; start <= name.size();) {
    const auto end = std::min(name.find('/', start), name.size());
    const auto piece = name.substr(start, end - start);
    if (piece.empty() || piece == "." || piece == "..") return "lies outside the capsule";
    start = end + 1;
  }
  return {};
}

std::string to_text(const Manifest& m) {
  std::string out =
      fmt::format("{{\n  \"schema\": \"{}{}\",\n  \"tool\": {},\n", kSchema, kVersion, json_text(m.tool));
  if (m.created) out += fmt::format("  \"created\": \"{}\",\n", format_utc(*m.created));
  out += fmt::format("  \"signer\": {},\n  \"summary\": {{", m.signer ? json_text(*m.signer) : "null");
  const char* separator = "\n";
  for (const auto& [key, value] : m.summary) {
    out += fmt::format("{}    {}: {}", separator, json_text(key), json_text(value));
    separator = ",\n";
  }
  out += m.summary.empty() ? "},\n  \"parts\": [" : "\n  },\n  \"parts\": [";
  separator = "\n";
  for (const auto& part : m.parts) {
    out += fmt::format("{}    {{\"name\": {}, \"size\": {}, \"sha256\": \"{}\"}}", separator,
                       json_text(part.name), part.size_bytes, part.sha256);
    separator = ",\n";
  }
  return out + "\n  ]\n}\n";
}

Result<Manifest> parse_manifest(std::string_view text) {
  boost::system::error_code ec;
  const auto value = boost::json::parse(text, ec);
  const auto* root = ec ? nullptr : value.if_object();
  if (root == nullptr) return damaged("the manifest is malformed: it is not a JSON object");
  if (auto checked = check_version(*root); !checked) return tl::unexpected(checked.error());
  Manifest out;
  if (const auto* tool = root->if_contains("tool"); tool != nullptr && tool->is_string())
    out.tool = tool->get_string();
  if (const auto* created = root->if_contains("created"); created != nullptr && created->is_string()) {
    const auto time = parse_iso8601(created->get_string());
    if (!time) return damaged("the manifest states no valid time of creation");
    out.created = *time;
  }
  if (const auto* signer = root->if_contains("signer"); signer != nullptr && signer->is_string())
    out.signer = std::string(signer->get_string());
  if (const auto* summary = root->if_contains("summary"); summary != nullptr && summary->is_object())
    for (const auto& [key, fact] : summary->get_object())
      if (fact.is_string()) out.summary.emplace(std::string(key), std::string(fact.get_string()));
  if (auto parsed = parse_parts(*root, out); !parsed) return tl::unexpected(parsed.error());
  return out;
}

std::string manifest_digest_text(std::string_view manifest_text) {
  const std::string line = fmt::format("{}  {}\n", to_hex(sha256(manifest_text)), kManifestName);
  return line + line;
}

}  // namespace culprit
