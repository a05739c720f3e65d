#include "store/event_batch.h"

#include "store/byte_code.h"

namespace culprit {

namespace {

std::uint64_t ms_of(Time time) { return static_cast<std::uint64_t>(std::int64_t{to_epoch_ms(time)}); }

}  // namespace

std::string encode(const EventBatch& batch) {
  std::string out;
  out.reserve(batch.bytes.size() + batch.rows.size() * 12 + 10);
  put_varint(out, batch.rows.size());
  EventBatch::Row before;
  before.time = before.ingestion = from_epoch_ms(0);
  for (const auto& row : batch.rows) {
    put_varint(out, row.group_id);
    put_varint(out, row.stream_id);
    put_varint(out, zigzag(row.number - before.number));
    put_varint(out, zigzag(ms_of(row.time) - ms_of(before.time)));
    put_varint(out, zigzag(ms_of(row.ingestion) - ms_of(row.time)));
    put_varint(out, row.size);
    before = row;
  }
  return out += batch.bytes;
}

Result<EventBatch> decode_batch(std::string_view payload) {
  const auto damaged = [] { return fail(ErrorCode::kDamaged, "the rows of a batch of events are damaged"); };
  VarintReader in(payload);
  const auto count = in.next();
  if (count > payload.size()) return damaged();  // a row takes six bytes and more
  EventBatch batch;
  batch.rows.reserve(count);
  std::uint64_t number = 0, time = 0, size = 0;
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    EventBatch::Row row;
    row.group_id = static_cast<std::uint32_t>(in.next());
    row.stream_id = static_cast<std::uint32_t>(in.next());
    row.number = number += unzigzag(in.next());
    time += unzigzag(in.next());
    row.time = from_epoch_ms(static_cast<std::int64_t>(time));
    row.ingestion = from_epoch_ms(static_cast<std::int64_t>(time + unzigzag(in.next())));
    row.begin = size;
    row.size = in.next();
    if (row.size > payload.size() || (size += row.size) > payload.size()) return damaged();
    batch.rows.push_back(row);
  }
  if (!in.ok() || in.rest().size() != size) return damaged();
  batch.bytes = in.rest();
  return batch;
}

}  // namespace culprit
