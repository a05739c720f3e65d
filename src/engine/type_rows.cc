#include "engine/type_rows.h"

#include <algorithm>

#include "engine/stamp_form.h"

namespace culprit {

namespace {

using engine::Truth;
using engine::VariableKind;

constexpr std::int64_t kYearUs = std::int64_t{366} * 86'400 * 1'000'000;

}  // namespace

std::span<const TypeSample::Variable> TypeSample::variables_in(std::size_t begin, std::size_t end) const {
  const auto first =
      std::ranges::find_if(variables, [&](const Variable& v) { return v.end > begin && v.begin < end; });
  auto last = first;
  while (last != variables.end() && last->begin < end) ++last;
  return {first, last};
}

const TypeSample::Variable* TypeSample::variable_at(std::size_t begin) const {
  const auto found = std::ranges::find(variables, begin, &Variable::begin);
  return found == variables.end() ? nullptr : &*found;
}

std::string_view TypeText::in(std::uint64_t rank, std::string& scratch) const {
  if (pieces_.empty()) return last_;
  scratch.clear();
  for (const Piece& piece : pieces_) {
    scratch += piece.before;
    if (piece.kind == VariableKind::kWord)
      piece.column->word.append(rank, scratch);
    else if (piece.kind == VariableKind::kIp)
      engine::render_ip(static_cast<std::uint32_t>(piece.column->values[rank]), scratch);
    else
      engine::render_number(piece.column->values[rank], piece.column->form_of(rank), scratch);
  }
  scratch += last_;
  return scratch;
}

Result<std::shared_ptr<TypeRows>> TypeRows::open(std::shared_ptr<const Segment> segment,
                                                 std::shared_ptr<TypeQuestions> questions) {
  std::shared_ptr<TypeRows> out(new TypeRows(std::move(segment), std::move(questions)));
  auto rows = out->query_.rows();
  if (!rows) return tl::unexpected(rows.error());
  out->rows_ = *rows;
  if (auto done = out->rows_->load_numbers(); !done) return tl::unexpected(done.error());
  return out;
}

Result<Truth> TypeRows::truth(std::uint32_t type, std::size_t pattern) {
  auto& truths = truths_[type];
  if (truths.empty()) {
    const auto* known = questions_->known_.of(entry(type));
    if (known == nullptr) return fail(ErrorCode::kDamaged, "a log type of the segment is damaged");
    truths = known->patterns;
  }
  return truths[pattern];
}

Result<engine::RowSet> TypeRows::matching(std::uint32_t type, std::size_t pattern) {
  const auto truth = this->truth(type, pattern);
  if (!truth) return tl::unexpected(truth.error());
  if (*truth != Truth::kPerhaps) return engine::RowSet(entry(type).rows, *truth == Truth::kSurely);
  const auto* known = questions_->known_.of(entry(type));
  if (known == nullptr) return fail(ErrorCode::kDamaged, "a log type of the segment is damaged");
  return query_.matching(type, *known, pattern);
}

Result<TypeSample> TypeRows::sample(std::uint32_t type) {
  engine::TypeLooks looks;
  if (!engine::read_looks(entry(type).shape, entry(type).slots, looks))
    return fail(ErrorCode::kDamaged, "a log type of the segment is damaged");
  const auto body = segment_->state().body(type);
  if (!body) return tl::unexpected(body.error());
  engine::TypeShape shape;
  engine::make_shape(looks, shape);
  const auto& ends = (*body)->piece_ends;
  const std::uint32_t row = rows_of(type).front();
  TypeSample out;
  out.type = type;
  for (std::size_t i = 0; i < shape.run_ends.size(); ++i) {
    out.text += shape.run(i);
    if (i == shape.variables.size()) break;
    const auto& variable = shape.variables[i];
    const std::uint32_t slot = variable.slot;
    const auto part = rows_->part(row, slot, slot + 1);
    if (!part) return tl::unexpected(part.error());
    const std::size_t before = ends[slot] - (slot == 0 ? 0 : ends[slot - 1]);
    const std::size_t behind = ends[slot + 1] - ends[slot];
    const std::size_t begin = out.text.size();
    out.text += part->substr(before, part->size() - before - behind);
    out.variables.push_back(
        {begin, out.text.size(), slot, variable.kind, looks.looks[slot].form, variable.classes});
  }
  return out;
}

Result<std::optional<TypeText>> TypeRows::text(const TypeSample& sample, std::size_t begin, std::size_t end) {
  TypeText out;
  for (const auto& v : sample.variables_in(begin, end)) {
    const bool writes =
        v.kind == VariableKind::kNumber || v.kind == VariableKind::kIp || v.kind == VariableKind::kWord;
    if (v.begin < begin || v.end > end || !writes) return std::nullopt;
    const auto of = column(sample.type, v.slot);
    if (!of) return tl::unexpected(of.error());
    out.pieces_.push_back({sample.text.substr(begin, v.begin - begin), v.kind, *of});
    begin = v.end;
  }
  out.last_ = sample.text.substr(begin, end - begin);
  return out;
}

Result<const engine::SlotColumns*> TypeRows::column(std::uint32_t type, std::uint32_t slot) {
  const auto columns = rows_->columns(type, slot, slot + 1);
  if (!columns) return tl::unexpected(columns.error());
  return &(*columns)->slot(slot);
}

Result<std::span<const std::uint64_t>> TypeRows::list_sizes(std::uint32_t type, std::uint32_t slot) {
  auto& of_type = list_sizes_[type];
  for (const auto& [known, sizes] : of_type)
    if (known == slot) return std::span<const std::uint64_t>(sizes);
  const auto body = segment_->state().body(type);
  if (!body) return tl::unexpected(body.error());
  std::vector<std::uint64_t> sizes;
  if (auto done = rows_->column_reader().numbers((*body)->slots[slot].values, sizes); !done)
    return tl::unexpected(done.error());
  of_type.emplace_back(slot, std::move(sizes));
  return std::span<const std::uint64_t>(of_type.back().second);
}

Result<bool> TypeRows::stamps_near(std::uint32_t type, std::uint32_t slot) {
  constexpr std::int64_t kFirstMs = 1'009'843'200'000;  // 2002
  constexpr std::int64_t kLastMs = 6'248'448'000'000;   // 2168
  if (to_epoch_ms(summary().first_time) < kFirstMs || to_epoch_ms(summary().last_time) > kLastMs)
    return false;
  const auto of = column(type, slot);
  if (!of) return tl::unexpected(of.error());
  const engine::SlotColumns& stamps = **of;
  for (std::size_t i = 0; i < stamps.values.size(); ++i) {
    const auto units = static_cast<std::int64_t>(engine::unzigzag(stamps.values[i]));
    const std::int64_t most = kYearUs / engine::stamp_unit_us(stamps.form_of(i));
    if (units > most || units < -most) return false;
  }
  return true;
}

}  // namespace culprit
