#include "store/capsule.h"

#include <gmock/gmock.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>

#include "capsule_builder.h"

namespace culprit {
namespace {

using testing::capsule_of;
using testing::event;
using testing::extents_of;
using ::testing::HasSubstr;
using testing::manifest_of;
using testing::part_at;
using testing::scan;
using testing::temporary_directory;
using testing::write_bytes;
using testing::write_small_store;
using testing::write_store;

std::string bytes_of(const std::filesystem::path& path) { return read_file(path).value(); }

std::vector<std::string> names_in(const std::filesystem::path& directory) {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(directory))
    out.push_back(entry.path().filename());
  std::sort(out.begin(), out.end());
  return out;
}

// A fresh Ed25519 key pair as PEM files "key" and "key.pub".
void make_pem_keys(const std::filesystem::path& directory) {
  const auto free_key = [](EVP_PKEY* k) { EVP_PKEY_free(k); };
  const std::unique_ptr<EVP_PKEY, decltype(free_key)> key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"),
                                                          free_key);
  const auto free_bio = [](BIO* b) { BIO_free(b); };
  const std::unique_ptr<BIO, decltype(free_bio)> secret(BIO_new_file((directory / "key").c_str(), "w"),
                                                        free_bio);
  PEM_write_bio_PrivateKey(secret.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  const std::unique_ptr<BIO, decltype(free_bio)> open(BIO_new_file((directory / "key.pub").c_str(), "w"),
                                                      free_bio);
  PEM_write_bio_PUBKEY(open.get(), key.get());
}

class SealedCapsule : public ::testing::Test {
 protected:
  void SetUp() override { write_small_store(store()); }
  std::filesystem::path store() const { return directory_.path() / "store"; }
  std::filesystem::path path(const char* name) const { return directory_.path() / name; }

  TemporaryDirectory directory_ = temporary_directory();
};

TEST_F(SealedCapsule, IsIntactAndListsItsParts) {
  SealOptions options;
  options.extra_parts = {{"system.yaml", "name: x\n"}, {"findings.json", "{}"}};
  ASSERT_OK(seal(store(), path("c"), options));
  EXPECT_TRUE(looks_like_capsule(path("c")));
  const auto report = verify(path("c"), {});
  ASSERT_OK(report);
  EXPECT_TRUE(report->intact());
  std::vector<std::string> names;
  for (const auto& part : report->parts) names.push_back(part.name);
  EXPECT_THAT(names, ::testing::ElementsAre("FORMAT", "catalogue.sqlite", "findings.json",
                                            "segments/000001.seg", "segments/000002.seg", "system.yaml"));
  EXPECT_EQ(report->signature, VerifyReport::Signature::kNone);
  EXPECT_EQ(report->summary.at("events"), "50");
  EXPECT_EQ(report->summary.at("window.start"), "2025-08-21T23:00:00Z");
}

TEST_F(SealedCapsule, OpensAsAStoreWithTheSameAnswers) {
  SealOptions options;
  options.extra_parts = {{"system.yaml", "name: x\n"}};
  ASSERT_OK(seal(store(), path("c"), options));
  const auto original = open_store(store());
  const auto capsule = open_capsule(path("c"));
  ASSERT_OK(capsule);
  const auto expected = scan(**original);
  const auto found = scan((*capsule)->store());
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_TRUE(testing::same(found[i], expected[i]));
  const MetricId id{"AWS/RDS", "CPUUtilization", {{"DBInstanceIdentifier", "db"}}};
  EXPECT_EQ((*capsule)->store().series(id, {from_epoch_ms(0), from_epoch_ms(9)})->at(0).points.at(0).value,
            12.5);
  EXPECT_EQ((*capsule)->store().states("ecs:service")->at(0).document,
            boost::json::value({{"desiredCount", 2}}));
  EXPECT_EQ((*capsule)->store().gaps()->at(0).subject, "/aws/ai");
  EXPECT_EQ((*capsule)->part("system.yaml").value(), "name: x\n");
  for (const char* name : {"absent", "../store/FORMAT", "/etc/passwd", "segments", ""})
    EXPECT_EQ((*capsule)->part(name).error().code, ErrorCode::kNotFound) << name;
}

TEST_F(SealedCapsule, HasTheSameBytesForTheSameEvidence) {
  ASSERT_OK(seal(store(), path("a"), {}));
  ASSERT_OK(seal(store(), path("b"), {}));
  EXPECT_EQ(bytes_of(path("a")), bytes_of(path("b")));
  // The same again by another way: unpacked and sealed.
  ASSERT_OK(unpack(path("a"), path("again")));
  ASSERT_OK(seal(path("again"), path("c"), {}));
  EXPECT_EQ(bytes_of(path("a")), bytes_of(path("c")));
}

TEST_F(SealedCapsule, DoesNotDependOnTheOrderInWhichRowsCame) {
  const auto write = [&](const char* name, bool forward) {
    auto writer = create_store(path(name));
    ASSERT_OK(writer);
    for (int step = 0; step < 40; ++step) {
      const int i = forward ? step : 39 - step;
      ASSERT_OK((*writer)->put_series({{"N", fmt::format("m{}", i % 7), {}},
                                       "Average",
                                       "",
                                       std::chrono::seconds{60},
                                       {{from_epoch_ms(i), i * 1.5}}}));
      ASSERT_OK((*writer)->put_state({"kind", fmt::format("id{}", i), from_epoch_ms(i), i}));
      ASSERT_OK((*writer)->put_note(fmt::format("n{}", i), "v"));
      if (!forward && i % 5 == 0) ASSERT_OK((*writer)->commit());
      if (!forward) ASSERT_OK((*writer)->put_note(fmt::format("n{}", i), "v"));
    }
    ASSERT_OK((*writer)->commit());
    ASSERT_OK(seal(path(name), path((std::string(name) + ".c").c_str()), {}));
  };
  write("forward", true);
  write("backward", false);
  EXPECT_EQ(bytes_of(path("forward.c")), bytes_of(path("backward.c")));
}

TEST_F(SealedCapsule, TakesWhatIsCommittedWhileAWriterGoesOn) {
  auto writer = open_store_writer(store());
  ASSERT_OK(writer);
  for (int i = 0; i < 10'000; ++i) ASSERT_OK((*writer)->append(event("/aws/web", "s", i, "later").view()));
  ASSERT_OK(seal(store(), path("before"), {}));
  ASSERT_OK((*writer)->commit());
  ASSERT_OK(seal(store(), path("after"), {}));
  EXPECT_EQ(scan((*open_capsule(path("before")))->store()).size(), 50u);
  EXPECT_EQ(scan((*open_capsule(path("after")))->store()).size(), 10'050u);
}

TEST_F(SealedCapsule, CanBeSealedEmpty) {
  ASSERT_OK(create_store(path("empty")));
  ASSERT_OK(seal(path("empty"), path("c"), {}));
  const auto capsule = open_capsule(path("c"));
  ASSERT_OK(capsule);
  EXPECT_TRUE((*capsule)->store().log_groups()->empty());
}

TEST_F(SealedCapsule, IsReadByTar) {
  ASSERT_OK(seal(store(), path("c"), {}));
  const std::string command =
      fmt::format("cd '{}' && mkdir t && tar xf c -C t && cd t && sha256sum --quiet -c manifest.sha256",
                  directory_.path().string());
  EXPECT_EQ(std::system(command.c_str()), 0);
  EXPECT_EQ(scan(**open_store(path("t"))).size(), 50u);
}

TEST_F(SealedCapsule, RefusesNamesThatAPartMayNotHave) {
  for (const std::string name :
       {"", "/abs", "a/../b", "..", ".", "a//b", "a/", "manifest.json", "manifest.sha256", "signature.json",
        "FORMAT", "catalogue.sqlite", "segments/x", "segments", "a b", "é"}) {
    SealOptions options;
    options.extra_parts = {{name, "x"}};
    const auto sealed = seal(store(), path("c"), options);
    ASSERT_FALSE(sealed) << name;
    EXPECT_EQ(sealed.error().code, ErrorCode::kUsage) << name;
  }
  EXPECT_EQ(names_in(directory_.path()), std::vector<std::string>{"store"});
}

TEST_F(SealedCapsule, IsNotMadeFromDamagedEvidence) {
  const auto segment = store() / "segments/000001.seg";
  auto bytes = bytes_of(segment);
  bytes.back() ^= 1;
  write_bytes(segment, bytes);
  const auto sealed = seal(store(), path("c"), {});
  ASSERT_FALSE(sealed);
  EXPECT_EQ(sealed.error().code, ErrorCode::kDamaged);
  EXPECT_EQ(sealed.error().where, segment.string());
  EXPECT_EQ(names_in(directory_.path()), std::vector<std::string>{"store"});
}

TEST_F(SealedCapsule, LeavesNothingWhenItCannotBeWritten) {
  std::filesystem::create_directory(path("taken"));
  const auto sealed = seal(store(), path("taken"), {});
  ASSERT_FALSE(sealed);
  EXPECT_EQ(sealed.error().code, ErrorCode::kStorage);
  EXPECT_EQ(seal(store(), path("no/such/folder"), {}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(names_in(directory_.path()), (std::vector<std::string>{"store", "taken"}));
}

TEST_F(SealedCapsule, IsNotUnpackedOverSomething) {
  ASSERT_OK(seal(store(), path("c"), {}));
  EXPECT_EQ(unpack(path("c"), store()).error().code, ErrorCode::kUsage);
  std::filesystem::create_directory(path("empty"));
  EXPECT_TRUE(unpack(path("c"), path("empty")));
  EXPECT_TRUE(unpack(path("c"), directory_.path() / "deep/er/"));
  EXPECT_EQ(scan(**open_store(path("deep/er"))).size(), 50u);
}

TEST_F(SealedCapsule, LeavesNothingOfADamagedOneWhenUnpacking) {
  ASSERT_OK(seal(store(), path("c"), {}));
  auto bytes = bytes_of(path("c"));
  bytes[bytes.size() / 2] ^= 4;
  write_bytes(path("c"), bytes);
  const auto unpacked = unpack(path("c"), path("out"));
  ASSERT_FALSE(unpacked);
  EXPECT_EQ(unpacked.error().code, ErrorCode::kDamaged);
  EXPECT_THAT(unpacked.error().what, HasSubstr("catalogue.sqlite"));
  EXPECT_EQ(open_capsule(path("c")).error().code, ErrorCode::kDamaged);
  EXPECT_EQ(names_in(directory_.path()), (std::vector<std::string>{"c", "store"}));
}

// --- damage ------------------------------------------------------------------------------------------------

// Verifies `bytes` and expects that all damage is in `part`.
void expect_damage_in(const std::filesystem::path& file, const std::string& bytes, const std::string& part,
                      const std::string& story) {
  write_bytes(file, bytes);
  const auto report = verify(file, {});
  ASSERT_TRUE(report) << story << ": " << report.error().message();
  ASSERT_FALSE(report->intact()) << story;
  for (const auto& damage : report->damage) ASSERT_EQ(damage.part, part) << story << ": " << damage.detail;
}

// Puts one byte into the file in place, which is much faster than writing it anew.
void poke(const std::filesystem::path& file, std::size_t offset, char byte) {
  std::fstream out(file, std::ios::in | std::ios::out | std::ios::binary);
  out.seekp(static_cast<std::streamoff>(offset));
  out.put(byte);
}

// Changes one byte of the intact capsule, expects the damage to be found and named, and puts it back.
void expect_change_found(const std::filesystem::path& file, const std::string& bytes,
                         const std::vector<testing::Extent>& extents, std::size_t offset, char byte) {
  if (bytes[offset] == byte) return;
  poke(file, offset, byte);
  const auto report = verify(file, {});
  poke(file, offset, bytes[offset]);
  ASSERT_TRUE(report) << "change at " << offset << ": " << report.error().message();
  ASSERT_FALSE(report->intact()) << "change at " << offset;
  for (const auto& damage : report->damage)
    ASSERT_EQ(damage.part, part_at(extents, offset)) << "change at " << offset << ": " << damage.detail;
}

void expect_every_flip_found(const std::filesystem::path& file, const std::string& bytes,
                             std::size_t stride) {
  const auto extents = extents_of(bytes);
  for (std::size_t offset = 0; offset < bytes.size(); offset += stride) {
    expect_change_found(file, bytes, extents, offset, static_cast<char>(bytes[offset] ^ (1 << offset % 8)));
    if (::testing::Test::HasFatalFailure()) return;
  }
}

TEST(CapsuleDamage, EveryFlippedByteIsFoundAndItsPartNamed) {
  const auto dir = temporary_directory();
  const auto bytes = capsule_of({{"a", "some bytes"},
                                 {"b/empty", ""},
                                 {"b/exact", std::string(512, 'x')},
                                 {"c", std::string(700, 'y')}});
  write_bytes(dir.path() / "c", bytes);
  ASSERT_TRUE(verify(dir.path() / "c", {})->intact());
  expect_every_flip_found(dir.path() / "c", bytes, 1);
}

TEST(CapsuleDamage, EveryOtherValueOfAHeaderByteIsFound) {
  const auto dir = temporary_directory();
  const auto bytes = capsule_of({{"a", "some bytes"}});
  write_bytes(dir.path() / "c", bytes);
  std::mt19937 random(1);
  const auto extents = extents_of(bytes);
  for (int i = 0; i < 4000; ++i) {
    expect_change_found(dir.path() / "c", bytes, extents, random() % bytes.size(),
                        static_cast<char>(random()));
    if (HasFatalFailure()) return;
  }
}

TEST_F(SealedCapsule, NamesThePartOfAFlippedByte) {
  make_pem_keys(directory_.path());
  SealOptions options;
  options.signing_key = path("key");
  options.extra_parts = {{"system.yaml", "name: x\n"}};
  ASSERT_OK(seal(store(), path("c"), options));
  const auto bytes = bytes_of(path("c"));
  const auto extents = extents_of(bytes);
  ASSERT_EQ(extents.size(), 9u);
  expect_every_flip_found(path("c"), bytes, 97);
  // Every byte of the front (manifest, digest, signature) and both ends of every part.
  for (std::size_t offset = 0; offset < bytes.size(); ++offset) {
    const bool front = offset < extents[3].begin;
    const bool edge = std::any_of(extents.begin(), extents.end(), [&](const auto& e) {
      return offset == e.begin || offset == e.begin + 512 || offset + 1 == e.end;
    });
    if (!front && !edge) continue;
    expect_change_found(path("c"), bytes, extents, offset, static_cast<char>(bytes[offset] ^ 0x20));
    if (HasFatalFailure()) return;
  }
}

TEST(CapsuleDamage, EveryTruncationIsFound) {
  const auto dir = temporary_directory();
  const auto file = dir.path() / "c";
  const auto bytes = capsule_of({{"a", "some bytes"}, {"b", std::string(700, 'y')}});
  const auto extents = extents_of(bytes);
  for (std::size_t size = 0; size < bytes.size(); size += size % 512 == 0 || size < 20 ? 1 : 37) {
    write_bytes(file, bytes.substr(0, size));
    const auto report = verify(file, {});
    if (!report) {
      EXPECT_EQ(report.error().code, ErrorCode::kInput) << size;
      EXPECT_LT(size, 14u) << report.error().message();
      continue;
    }
    ASSERT_FALSE(report->damage.empty()) << size;
    EXPECT_EQ(report->damage.front().part, part_at(extents, size))
        << size << ": " << report->damage.front().detail;
    if (size < extents[2].begin) continue;
    // The manifest is whole: every lost part is named, once.
    for (const auto& e : extents) {
      if (e.begin < size || e.part == "container") continue;
      EXPECT_EQ(std::count_if(report->damage.begin(), report->damage.end(),
                              [&](const Damage& d) { return d.part == e.part; }),
                1)
          << size << " " << e.part;
    }
  }
}

TEST(CapsuleDamage, AppendedBytesAreFound) {
  const auto dir = temporary_directory();
  const auto bytes = capsule_of({{"a", "some bytes"}});
  for (const auto& tail : {std::string(1, '\0'), std::string(512, '\0'), std::string("x"), bytes})
    expect_damage_in(dir.path() / "c", bytes + tail, "container", "appended");
}

TEST(CapsuleDamage, SwappedPartsAreFound) {
  const auto dir = temporary_directory();
  const std::vector<std::pair<std::string, std::string>> parts{{"a", "one"}, {"b", "two"}};
  write_bytes(dir.path() / "c", capsule_of(to_text(manifest_of(parts)), {{"a", "two"}, {"b", "one"}}));
  const auto report = verify(dir.path() / "c", {});
  ASSERT_OK(report);
  ASSERT_EQ(report->damage.size(), 2u);
  EXPECT_EQ(report->damage[0].part, "a");
  EXPECT_EQ(report->damage[1].part, "b");
}

TEST(CapsuleDamage, OtherFilesAreNoCapsules) {
  const auto dir = temporary_directory();
  const auto file = dir.path() / "f";
  for (const auto& bytes : {std::string(), std::string("hello"), std::string(5000, '\0'),
                            std::string(2000, 'x'), testing::tar_part("readme.txt", "an ordinary tar")}) {
    write_bytes(file, bytes);
    EXPECT_FALSE(looks_like_capsule(file));
    const auto report = verify(file, {});
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, ErrorCode::kInput);
  }
  EXPECT_EQ(verify(dir.path() / "absent", {}).error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(looks_like_capsule(dir.path() / "absent"));
  EXPECT_FALSE(looks_like_capsule(dir.path()));
}

// --- hostile capsules: consistent in themselves, made to hurt
// ------------------------------------------------

TEST(HostileCapsule, PartsOutsideTheDirectoryAreRefused) {
  const auto dir = temporary_directory();
  for (const std::string name : {"../evil", "/tmp/evil", "a/../../evil", "a//b", "./a", "a/.", "",
                                 "manifest.json", "nul\\u0000x", "a\\nb", "a\\\\b"}) {
    const std::string text = fmt::format(
        R"({{"schema":"culprit-capsule 1","signer":null,"parts":[{{"name":"{}","size":1,"sha256":"{}"}}]}})",
        name, std::string(64, '0'));
    write_bytes(dir.path() / "c", capsule_of(text, {{"evil", "x"}}));
    const auto report = verify(dir.path() / "c", {});
    ASSERT_OK(report);
    ASSERT_EQ(report->damage.size(), 1u) << name;
    EXPECT_EQ(report->damage[0].part, "manifest.json");
    EXPECT_EQ(unpack(dir.path() / "c", dir.path() / "out").error().code, ErrorCode::kDamaged);
  }
  EXPECT_EQ(names_in(dir.path()), std::vector<std::string>{"c"});
}

TEST(HostileCapsule, LinksAreNeverMade) {
  const auto dir = temporary_directory();
  auto bytes = capsule_of({{"link", ""}});
  const auto at = extents_of(bytes)[2].begin;
  bytes[at + 156] = '2';  // a symbolic link
  bytes.replace(at + 157, 11, "/etc/passwd");
  expect_damage_in(dir.path() / "c", bytes, "link", "symbolic link");
  EXPECT_FALSE(unpack(dir.path() / "c", dir.path() / "out"));
}

TEST(HostileCapsule, MalformedManifestsAreRefused) {
  const auto dir = temporary_directory();
  const std::string good = R"({"name":"a","size":1,"sha256":")" + std::string(64, '0') + "\"}";
  const auto with_parts = [](const std::string& parts) {
    return R"({"schema":"culprit-capsule 1","parts":)" + parts + "}";
  };
  const auto part = [](const std::string& name, const std::string& size) {
    return fmt::format(R"({{"name":"{}","size":{},"sha256":"{}"}})", name, size, std::string(64, '0'));
  };
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += "[";
  for (const auto& text : std::vector<std::string>{
           "",
           "[]",
           "{",
           "{}",
           "\xff",
           R"({"schema":1})",
           R"({"schema":"other 1"})",
           R"({"schema":"culprit-capsule"})",
           with_parts("{}"),
           with_parts("[1]"),
           with_parts("[{}]"),
           with_parts("[" + good + "," + good + "]"),
           with_parts("[" + part("b", "1") + "," + part("a", "1") + "]"),
           with_parts("[" + part("a", "1") + "," + part("a-b", "1") + "," + part("a/b", "1") + "]"),
           with_parts("[" + part("a", "-1") + "]"),
           with_parts("[" + part("a", "1e30") + "]"),
           with_parts("[" + part("a", "8589934592") + "]"),
           with_parts("[" + part("a", "18446744073709551615") + "]"),
           with_parts("[" + part("a", "1.5") + "]"),
           with_parts("[" + part(std::string(101, 'n'), "1") + "]"),
           with_parts(R"([{"name":"a","size":1,"sha256":"xyz"}])"),
           with_parts(deep),
           std::string(R"({"schema":"culprit-capsule 0","parts":[]})")}) {
    write_bytes(dir.path() / "c", capsule_of(text, {}));
    const auto report = verify(dir.path() / "c", {});
    ASSERT_TRUE(report) << text.substr(0, 80) << report.error().message();
    ASSERT_FALSE(report->intact()) << text.substr(0, 80);
    EXPECT_EQ(report->damage[0].part, "manifest.json");
  }
}

TEST(HostileCapsule, AHugeStatedSizeCostsNothing) {
  const auto dir = temporary_directory();
  Manifest manifest = manifest_of({{"a", "x"}, {"b", "y"}});
  manifest.parts[0].size_bytes = 8'000'000'000;
  write_bytes(dir.path() / "c", capsule_of(to_text(manifest), {{"a", "x"}, {"b", "y"}}));
  const auto report = verify(dir.path() / "c", {});
  ASSERT_OK(report);
  ASSERT_EQ(report->damage.size(), 2u);
  EXPECT_EQ(report->damage[0].part, "a");
  EXPECT_THAT(report->damage[1].detail, HasSubstr("missing"));
}

TEST(HostileCapsule, AFutureVersionIsRefused) {
  const auto dir = temporary_directory();
  auto text = to_text(manifest_of({}));
  text.replace(text.find("capsule 1"), 9, "capsule 2");
  write_bytes(dir.path() / "c", capsule_of(text, {}));
  const auto report = verify(dir.path() / "c", {});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kDamaged);
  EXPECT_THAT(report.error().what, HasSubstr("version 2"));
  EXPECT_EQ(report.error().hint, "Use a newer culprit.");
}

TEST(HostileCapsule, OneThatHoldsNoStoreIsRefused) {
  const auto dir = temporary_directory();
  for (const auto& parts : std::vector<std::vector<std::pair<std::string, std::string>>>{
           {},
           {{"FORMAT", "culprit-store 1\n"}},
           {{"FORMAT", "culprit-store 1\n"}, {"catalogue.sqlite", "not SQLite"}},
           {{"FORMAT", "culprit-store 9\n"}, {"catalogue.sqlite", ""}},
           {{"FORMAT", "culprit-store 1\n"}, {"catalogue.sqlite", ""}}}) {
    write_bytes(dir.path() / "c", capsule_of(parts));
    EXPECT_TRUE(verify(dir.path() / "c", {})->intact());
    const auto opened = open_capsule(dir.path() / "c");
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::kDamaged);
    EXPECT_EQ(opened.error().where, (dir.path() / "c").string());
  }
}

// --- signatures
// ----------------------------------------------------------------------------------------------

TEST_F(SealedCapsule, SignatureIsValidForItsKeyOnly) {
  make_pem_keys(directory_.path());
  SealOptions options;
  options.signing_key = path("key");
  ASSERT_OK(seal(store(), path("c"), options));
  const auto unchecked = verify(path("c"), {});
  ASSERT_OK(unchecked);
  EXPECT_TRUE(unchecked->intact());
  EXPECT_EQ(unchecked->signature, VerifyReport::Signature::kUnchecked);
  EXPECT_THAT(unchecked->signer, ::testing::StartsWith("SHA256:"));
  const auto valid = verify(path("c"), path("key.pub"));
  ASSERT_OK(valid);
  EXPECT_TRUE(valid->intact());
  EXPECT_EQ(valid->signature, VerifyReport::Signature::kValid);
  std::filesystem::create_directory(path("other"));
  make_pem_keys(path("other"));
  const auto wrong = verify(path("c"), path("other/key.pub"));
  ASSERT_OK(wrong);
  EXPECT_FALSE(wrong->intact());
  EXPECT_EQ(wrong->signature, VerifyReport::Signature::kInvalid);
  EXPECT_EQ(wrong->damage.at(0).part, "signature.json");
  EXPECT_THAT(wrong->damage.at(0).detail, HasSubstr("not by the key given"));
}

TEST_F(SealedCapsule, UnsignedOneFailsWhenAKeyIsGiven) {
  make_pem_keys(directory_.path());
  ASSERT_OK(seal(store(), path("c"), {}));
  const auto report = verify(path("c"), path("key.pub"));
  ASSERT_OK(report);
  EXPECT_FALSE(report->intact());
  EXPECT_THAT(report->damage.at(0).detail, HasSubstr("not signed"));
}

TEST_F(SealedCapsule, SignatureOfAnotherManifestIsInvalid) {
  make_pem_keys(directory_.path());
  SealOptions options;
  options.signing_key = path("key");
  ASSERT_OK(seal(store(), path("c"), options));
  options.extra_parts = {{"more", "x"}};
  ASSERT_OK(seal(store(), path("d"), options));
  auto c = bytes_of(path("c"));
  const auto d = bytes_of(path("d"));
  const auto of_c = extents_of(c)[2];
  const auto of_d = extents_of(d)[2];
  ASSERT_EQ(of_c.part, "signature.json");
  c.replace(of_c.begin, of_c.end - of_c.begin, d.substr(of_d.begin, of_d.end - of_d.begin));
  expect_damage_in(path("c"), c, "signature.json", "a signature from elsewhere");
  // Cutting the signature out shows too: the manifest says who signed.
  write_bytes(path("c"), d.substr(0, of_d.begin) + d.substr(of_d.end));
  EXPECT_EQ(verify(path("c"), {})->damage.at(0).part, "signature.json");
}

TEST_F(SealedCapsule, SealingWithABadKeyLeavesNothing) {
  write_bytes(path("key"), "not a key");
  SealOptions options;
  options.signing_key = path("key");
  EXPECT_EQ(seal(store(), path("c"), options).error().code, ErrorCode::kInput);
  EXPECT_FALSE(std::filesystem::exists(path("c")));
}

}  // namespace
}  // namespace culprit
