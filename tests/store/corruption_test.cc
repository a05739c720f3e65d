// The fear: bytes of a store changed or went missing. Never a crash, never wrong evidence; the file and the
// offset are named, and the rest stays readable.
#include <gmock/gmock.h>

#include "capsule_builder.h"
#include "store/block.h"
#include "store/sqlite.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

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
      if (i % 200 == 0) ASSERT_OK((*writer)->commit());  // six blocks of 100 events
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
    ASSERT_THAT(scanned.error->what, HasSubstr("block at offset "));
    ASSERT_EQ(scanned.events, offset < 16 ? 0 : kEvents - 100) << offset;
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
    const auto writer = open_store_writer(store());
    ASSERT_FALSE(writer);
    ASSERT_EQ(writer.error().code, ErrorCode::kDamaged);
    ASSERT_EQ(writer.error().where, segment().string());
  }
}

TEST_F(DamagedStore, AMissingSegmentIsNamed) {
  std::filesystem::remove(segment());
  const auto scanned = scan_all(**open_store(store()));
  ASSERT_TRUE(scanned.error);
  EXPECT_EQ(scanned.error->code, ErrorCode::kDamaged);
  EXPECT_EQ(scanned.error->where, segment().string());
  EXPECT_EQ((*open_store(store()))->event(3).error().code, ErrorCode::kDamaged);
}

TEST_F(DamagedStore, BytesBehindTheLastCommitMeanNothing) {
  write_bytes(segment(), good_ + "left by an interrupted writer");
  write_bytes(store() / "segments/000002.seg", "so is this");
  EXPECT_EQ(scan_all(**open_store(store())).events, kEvents);
  ASSERT_OK(open_store_writer(store()));
  EXPECT_EQ(bytes_of(segment()), good_);
  EXPECT_FALSE(std::filesystem::exists(store() / "segments/000002.seg"));
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

TEST(Block, RandomChangesOfAFrameNeverDecodeToSomethingElse) {
  testing::RandomEvents random(3);
  BlockBuilder builder;
  EventNumber number = 5;
  for (const auto& e : random.many(500, 1, 4))
    builder.add(number += 1 + random.below(3), static_cast<std::uint32_t>(random.below(9)), e.time,
                e.ingestion, e.message);
  BlockHeader header;
  const auto bytes = builder.finish(7, header);
  ASSERT_EQ(decode_header(bytes).value(), header);
  const auto good =
      decode_index(header, std::string_view(bytes).substr(kBlockHeaderBytes, header.index_bytes));
  ASSERT_OK(good);
  EXPECT_EQ(good->numbers.back(), number);
  // A checksum that was made to fit does not make nonsense acceptable.
  for (int i = 0; i < 3000; ++i) {
    std::string raw;
    for (std::size_t n = random.below(200); n > 0; --n) raw += static_cast<char>(random.below(256));
    const auto frame = zstd_compress(raw, 1);
    BlockHeader forged = header;
    forged.index_bytes = static_cast<std::uint32_t>(frame.size());
    forged.index_raw_bytes = static_cast<std::uint32_t>(raw.size());
    forged.count = 1 + static_cast<std::uint32_t>(random.below(20));
    forged.index_checksum = XXH3_64bits(frame.data(), frame.size());
    const auto index = decode_index(forged, frame);
    if (!index) continue;
    std::uint64_t total = 0;
    for (const auto length : index->lengths) total += length;
    EXPECT_EQ(total, forged.message_raw_bytes);
    EXPECT_TRUE(std::is_sorted(index->numbers.begin(), index->numbers.end()));
  }
}

}  // namespace
}  // namespace culprit
