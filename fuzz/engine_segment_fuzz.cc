// Segments: what a builder makes comes back; what anyone else makes is refused or read within bounds.
//   byte 0 = 255: the rest is a segment file as it is
//   else: that many mutations (two bytes where in the unpacked directory, one byte what), then messages by
//   line; checksums and sizes are made to fit again, so that the reader's own checks are what is tested
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "engine/column.h"
#include "engine/directory.h"
#include "engine/search.h"
#include "engine/segment.h"
#include "engine/segment_state.h"
#include "engine/type_table.h"

namespace {

using culprit::Segment;

void read_everything(const std::string& bytes) {
  const auto segment = Segment::open(bytes, nullptr);
  if (!segment) return;
  std::uint64_t rows = 0;
  (void)segment->scan(nullptr, [&](const culprit::SegmentRow&) { return ++rows < 5000; });
  (void)segment->row(segment->summary().first_number, [](const culprit::SegmentRow&) {});
  auto literal = culprit::MessagePattern::literal("a1");
  auto regex = culprit::MessagePattern::regex("r\\d+ .*x");
  if (!literal || !regex) std::abort();
  const culprit::LogSearch search({*literal, *regex});
  culprit::SegmentSearcher searcher(search);
  if (segment->summary().events < 5000) {
    std::vector<culprit::PatternCount> counts(2);
    (void)searcher.count(*segment, nullptr, std::chrono::minutes(1), counts);
    (void)culprit::visit_types(*segment, {}, [](const culprit::TypeCount&) {});
  }
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(text.size(), end + 1));
  }
  return out;
}

// A zstd frame and its entry in the header.
struct Frame {
  explicit Frame(const std::string& raw) : frame(culprit::engine::ColumnWriter().compress(raw, 1)) {
    culprit::engine::put_u32(head, static_cast<std::uint32_t>(frame.size()));
    culprit::engine::put_u32(head, static_cast<std::uint32_t>(raw.size()));
    culprit::engine::put_u64(head, culprit::engine::checksum_of(frame));
  }
  std::string frame;
  std::string head;
};

// The segment with another directory.
std::string rewrap(const std::string& segment, std::size_t directory_end, const std::string& index,
                   const std::string& places) {
  std::string out(culprit::engine::kSegmentMagic);
  culprit::engine::put_u32(out, culprit::engine::kSegmentVersion);
  const Frame first(index);
  const Frame second(places);
  return out + first.head + second.head + first.frame + second.frame + segment.substr(directory_end);
}

std::string places_of(const std::string& segment) {
  culprit::engine::ByteReader in(std::string_view(segment).substr(culprit::engine::kSegmentMagic.size() + 4));
  const std::uint64_t index_stored = in.fixed(4);
  (void)in.bytes(4 + 8);
  const std::uint64_t stored = in.fixed(4);
  const std::uint64_t raw = in.fixed(4);
  auto places = culprit::engine::unpack(
      std::string_view(segment).substr(culprit::engine::kSegmentHeaderBytes + index_stored, stored), raw);
  if (!places) std::abort();
  return *places;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (data[0] == 255) {
    read_everything(std::string(input.substr(1)));
    return 0;
  }
  const std::size_t mutations = data[0] % 16;
  if (size < 1 + 3 * mutations) return 0;
  const auto lines = lines_of(input.substr(1 + 3 * mutations));
  culprit::SegmentBuilder builder;
  culprit::EventNumber number = 0;
  for (const std::string& line : lines) {
    const auto time =
        culprit::from_epoch_ms(1'755'817'200'000 + static_cast<std::int64_t>(line.size()) * 777);
    builder.add({++number, 1, time, time, line});
  }
  culprit::SegmentSummary summary;
  const std::string bytes = builder.finish(summary);
  const auto segment = Segment::open(bytes, nullptr);
  if (!segment) std::abort();
  std::size_t at = 0;
  const auto same = segment->scan(nullptr, [&](const culprit::SegmentRow& row) {
    if (row.message != lines.at(at++)) std::abort();
    return true;
  });
  if (!same || at != lines.size() || !segment->check()) std::abort();
  if (mutations == 0) return 0;
  std::string index = segment->state().index;
  std::string places = places_of(bytes);
  for (std::size_t i = 0; i < mutations; ++i) {
    std::size_t where = data[1 + 3 * i] | static_cast<std::size_t>(data[2 + 3 * i]) << 8;
    where %= index.size() + places.size();
    char& byte = where < index.size() ? index[where] : places[where - index.size()];
    byte = static_cast<char>(data[3 + 3 * i]);
  }
  read_everything(rewrap(bytes, segment->state().directory_end, index, places));
  return 0;
}
