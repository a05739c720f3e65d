#include "store/event_batch.h"

#include "engine/byte_form.h"

namespace culprit {

using engine::put_varint;
using engine::unzigzag;
using engine::zigzag;

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
  engine::ByteReader in(payload);
  const auto count = in.varint();
  if (count > payload.size()) return damaged();  // a row takes six bytes and more
  EventBatch batch;
  batch.rows.reserve(count);
  std::uint64_t number = 0, time = 0, size = 0;
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    EventBatch::Row row;
    row.group_id = static_cast<std::uint32_t>(in.varint());
    row.stream_id = static_cast<std::uint32_t>(in.varint());
    row.number = number += unzigzag(in.varint());
    time += unzigzag(in.varint());
    row.time = from_epoch_ms(static_cast<std::int64_t>(time));
    row.ingestion = from_epoch_ms(static_cast<std::int64_t>(time + unzigzag(in.varint())));
    const std::uint64_t length = in.varint();
    if (length > payload.size() || size + length > payload.size()) return damaged();
    row.begin = static_cast<std::uint32_t>(size);
    row.size = static_cast<std::uint32_t>(length);
    size += length;
    batch.rows.push_back(row);
  }
  if (!in.ok() || in.left() != size) return damaged();
  batch.bytes = in.bytes(size);
  return batch;
}

}  // namespace culprit
