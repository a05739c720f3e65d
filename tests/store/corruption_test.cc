// The fear: bytes of a store changed or went missing. Never a crash, never wrong evidence; the file and the
// offset are named, and the rest stays readable.
#include <gmock/gmock.h>

#include "capsule_builder.h"
#include "store/sqlite.h"

namespace culprit {
namespace {

using testing::event;
using ::testing::HasSubstr;
using testing::temporary_directory;
using testing::write_bytes;

std::string bytes_of(const std::filesystem::path& path) { return read_file(path).value(); }

struct Scanned {
  std::size_t events = 0;
  std::optional<Error> error;
};

Scanned scan_all(const Store& store) {
  Scanned out;
  const auto done = store.scan_logs({}, [&](const LogEventView& e) {
    EXPECT_EQ(e.message, fmt::format("event {}", e.number)) << "wrong evidence";
    ++out.events;
    return true;
  });
  if (!done) out.error = done.error();
  return out;
}

class DamagedStore : public ::testing::Test {
 protected:
  static constexpr std::size_t kEvents = 600;
  void SetUp() override {
    auto writer = create_store(store());
    ASSERT_OK(writer);
    for (std::size_t i = 1; i <= kEvents; ++i) {
      ASSERT_OK((*writer)->append(event(i % 2 == 0 ? "a" : "b", "s", 5, fmt::format("event {}", i)).view()));
      if (i % 200 == 0) ASSERT_OK((*writer)->commit());  // six segments of 100 events
    }
    writer->reset();
    good_ = bytes_of(segment());
  }
  std::filesystem::path store() const { return directory_.path() / "s"; }
  std::filesystem::path segment() const { return store() / "segments/000001.seg"; }

  TemporaryDirectory directory_ = temporary_directory();
  std::string good_;
};

TEST_F(DamagedStore, EveryFlippedByteOfASegmentIsFoundAndTheRestRead) {
  for (std::size_t offset = 0; offset < good_.size(); ++offset) {
    auto bytes = good_;
    bytes[offset] = static_cast<char>(bytes[offset] ^ (1 << offset % 8));
    std::ofstream(segment(), std::ios::binary | std::ios::in)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    const auto opened = open_store(store());
    ASSERT_OK(opened);
    const auto scanned = scan_all(**opened);
    ASSERT_TRUE(scanned.error) << offset;
    ASSERT_EQ(scanned.error->code, ErrorCode::kDamaged) << offset;
    ASSERT_EQ(scanned.error->where, segment().string());
    ASSERT_GE(scanned.events, kEvents - 100) << offset;
  }
}

TEST_F(DamagedStore, ATruncatedSegmentIsNamed) {
  for (std::size_t size = 0; size < good_.size(); size += 101) {
    write_bytes(segment(), std::string_view(good_).substr(0, size));
    const auto opened = open_store(store());
    ASSERT_OK(opened);
    const auto scanned = scan_all(**opened);
    ASSERT_TRUE(scanned.error) << size;
    ASSERT_EQ(scanned.error->code, ErrorCode::kDamaged);
    ASSERT_EQ(scanned.error->where, segment().string());
    ASSERT_EQ(scanned.events, kEvents - 100);
    ASSERT_FALSE(seal(store(), directory_.path() / "c", {}));
  }
  ASSERT_OK(open_store_writer(store()));  // what comes now can still be kept
}

TEST_F(DamagedStore, AMissingSegmentIsNamed) {
  std::filesystem::remove(segment());
  const auto scanned = scan_all(**open_store(store()));
  ASSERT_TRUE(scanned.error);
  EXPECT_EQ(scanned.error->code, ErrorCode::kDamaged);
  EXPECT_EQ(scanned.error->where, segment().string());
  EXPECT_EQ((*open_store(store()))->event(3).error().code, ErrorCode::kDamaged);
}

TEST_F(DamagedStore, FilesThatNoCatalogueNamesMeanNothingAndAreSweptByTheNextWriter) {
  const auto stray = store() / "segments/000099.seg";
  const auto unfinished = store() / "segments/1-1.tmp";
  write_bytes(stray, "left by an interrupted writer");
  write_bytes(unfinished, "so is this");
  EXPECT_EQ(scan_all(**open_store(store())).events, kEvents);
  ASSERT_OK(open_store_writer(store()));
  EXPECT_FALSE(std::filesystem::exists(stray));
  EXPECT_FALSE(std::filesystem::exists(unfinished));
  EXPECT_EQ(scan_all(**open_store(store())).events, kEvents);
}

TEST_F(DamagedStore, ACatalogueThatIsMissingOrNoneIsNamed) {
  const auto catalogue = store() / "catalogue.sqlite";
  const auto good = bytes_of(catalogue);
  for (const auto& bytes : {std::string(), std::string("x"), std::string(10'000, 'x'),
                            good.substr(0, good.size() / 3), good.substr(0, 100)}) {
    write_bytes(catalogue, bytes);
    const auto opened = open_store(store());
    ASSERT_FALSE(opened) << bytes.size();
    EXPECT_EQ(opened.error().code, ErrorCode::kDamaged) << opened.error().message();
    EXPECT_EQ(opened.error().where, catalogue.string());
  }
  std::filesystem::remove(catalogue);
  EXPECT_EQ(open_store(store()).error().code, ErrorCode::kDamaged);
}

TEST_F(DamagedStore, AChangedCatalogueNeverCrashes) {
  const auto catalogue = store() / "catalogue.sqlite";
  const auto good = bytes_of(catalogue);
  std::mt19937 random(9);
  for (int round = 0; round < 600; ++round) {
    auto bytes = good;
    for (std::size_t changes = 1 + random() % 8; changes > 0; --changes) {
      // Mostly where content lies: SQLite fills pages from their ends.
      std::size_t offset = random() % bytes.size();
      while (random() % 8 != 0 && bytes[offset] == '\0') offset = random() % bytes.size();
      bytes[offset] = static_cast<char>(random());
    }
    std::ofstream(catalogue, std::ios::binary | std::ios::in)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    const auto opened = open_store(store());
    if (!opened) {
      EXPECT_TRUE(opened.error().code == ErrorCode::kDamaged || opened.error().code == ErrorCode::kStorage)
          << opened.error().message();
      continue;
    }
    (void)scan_all(**opened);
    (void)(*opened)->event(1 + random() % kEvents);
    (void)(*opened)->metrics();
    (void)(*opened)->journal();
  }
}

TEST_F(DamagedStore, ACatalogueWithOtherTablesIsRefused) {
  for (const char* sql :
       {"CREATE TABLE more(x)", "CREATE VIEW v AS SELECT 1", "DROP TABLE gap",
        "CREATE TRIGGER t AFTER INSERT ON note BEGIN DELETE FROM gap; END", "ALTER TABLE gap ADD COLUMN x"}) {
    const auto copy = directory_.path() / "copy";
    std::filesystem::remove_all(copy);
    std::filesystem::copy(store(), copy, std::filesystem::copy_options::recursive);
    auto database = Database::open(copy / "catalogue.sqlite", Database::Mode::kWrite);
    ASSERT_OK(database);
    ASSERT_OK((*database)->execute(sql));
    database->reset();
    const auto opened = open_store(copy);
    ASSERT_FALSE(opened) << sql;
    EXPECT_EQ(opened.error().code, ErrorCode::kDamaged);
    EXPECT_FALSE(open_store_writer(copy));
    EXPECT_FALSE(seal(copy, directory_.path() / "c", {}));
  }
}

}  // namespace
}  // namespace culprit
