#include "engine/type_knowledge.h"

#include <algorithm>

namespace culprit::engine {

namespace {

using Plan = LogSearch::Plan;

constexpr std::size_t kFirstSlots = 1024;
constexpr std::size_t kKnownTypesMax = std::size_t{1} << 16;
constexpr std::size_t kKnownBytesMax = std::size_t{16} << 20;
constexpr std::uint32_t kMaskedNeedles = 64;

Truth both(Truth a, Truth b) { return std::min(a, b); }
Truth any(Truth a, Truth b) { return std::max(a, b); }
Truth opposite(Truth t) {
  return t == Truth::kPerhaps ? Truth::kPerhaps : t == Truth::kSurely ? Truth::kNever : Truth::kSurely;
}

// Decisions already made.
struct Made {
  const TypeKnowledge& known;
  const Decision& operator()(std::uint32_t n) const { return known.needles[n]; }
  Truth program(std::uint32_t n) const { return known.programs[n]; }
};

// What the necessary literals alone tell: never, or nothing.
template <class Decisions>
Truth truth_of(const Plan::Groups& groups, const Decisions& decision) {
  for (const auto& group : groups)
    if (std::all_of(group.begin(), group.end(),
                    [&](std::uint32_t n) { return decision(n).truth == Truth::kNever; }))
      return Truth::kNever;
  return Truth::kPerhaps;
}

template <class Decisions>
Truth truth_of(const Plan::TermPlan& term, const TypeShape& shape, const Plan& plan,
               const Decisions& decision) {
  for (const std::uint32_t n : term.sequence)
    if (decision(n).truth == Truth::kNever) return Truth::kNever;
  if (!term.sequence.empty()) {
    std::vector<const NeedlePlan*> sequence;
    for (const std::uint32_t n : term.sequence) sequence.push_back(&plan.needles[n]);
    if (static_sequence(shape, sequence)) return Truth::kSurely;
  }
  if (term.kind == Plan::TermKind::kRegex) {
    const Truth truth = truth_of(term.necessary, decision);
    return truth == Truth::kNever || !term.program ? truth : decision.program(*term.program);
  }
  Truth truth = Truth::kNever;
  for (const std::uint32_t n : term.needles) truth = any(truth, decision(n).truth);
  return truth;
}

template <class Decisions>
Truth truth_of(const Plan::PatternPlan& pattern, const TypeShape& shape, const Plan& plan,
               const Decisions& decision) {
  if (!pattern.is_terms) return truth_of(pattern.necessary, decision);
  Truth truth = Truth::kSurely;
  for (const auto& t : pattern.required) {
    truth = both(truth, truth_of(t, shape, plan, decision));
    if (truth == Truth::kNever) return truth;
  }
  if (!pattern.optional.empty()) {
    Truth one = Truth::kNever;
    for (const auto& t : pattern.optional) one = any(one, truth_of(t, shape, plan, decision));
    truth = both(truth, one);
  }
  for (const auto& t : pattern.excluded) truth = both(truth, opposite(truth_of(t, shape, plan, decision)));
  return truth;
}

template <class Take>
void for_each_needle(const Plan::PatternPlan& pattern, Take take) {
  const auto groups = [&](const Plan::Groups& g) {
    for (const auto& group : g)
      for (const std::uint32_t n : group) take(n);
  };
  groups(pattern.necessary);
  for (const auto* terms : {&pattern.required, &pattern.optional, &pattern.excluded}) {
    for (const Plan::TermPlan& t : *terms) {
      groups(t.necessary);
      for (const std::uint32_t n : t.needles) take(n);
      for (const std::uint32_t n : t.sequence) take(n);
    }
  }
}

}  // namespace

Truth truth_of(const Plan::TermPlan& term, const TypeKnowledge& known, const Plan& plan) {
  return truth_of(term, known.shape, plan, Made{known});
}

// Decides needles as they are asked for: most patterns are out after one of theirs.
class KnownTypes::Decider {
 public:
  Decider(KnownTypes& types, TypeKnowledge& known) : types_(types), known_(known) {
    const std::size_t needles = types.plan_->needles.size();
    known.needles.resize(needles);
    decided_.assign(needles, false);
    types.found_.assign(needles, 0);
    known.programs.assign(types.plan_->programs.size(), Truth::kPerhaps);
    programs_decided_.assign(known.programs.size(), false);
    types.filter_.find(known.shape.text, known.shape.run_ends, types.found_);
    for (const auto& variable : known.shape.variables) near_ |= types.needles_near(variable);
  }
  const Decision& operator()(std::uint32_t n) const {
    if (!decided_[n]) {
      decided_[n] = true;
      known_.needles[n] = decision(n);
    }
    return known_.needles[n];
  }
  Truth program(std::uint32_t n) const {
    if (!programs_decided_[n]) {
      programs_decided_[n] = true;
      known_.programs[n] = types_.regex(n).decide(known_.shape);
    }
    return known_.programs[n];
  }

 private:
  Decision decision(std::uint32_t n) const {
    const NeedlePlan& needle = types_.plan_->needles[n];
    if (types_.found_[n]) return {Truth::kSurely, {}};
    if (!needle.is_literal()) return decide(known_.shape, needle);
    if (n < kMaskedNeedles && (near_ >> n & 1) == 0) return {};
    return decide_touches(known_.shape, needle);
  }

  KnownTypes& types_;
  TypeKnowledge& known_;
  mutable std::vector<bool> decided_;
  mutable std::vector<bool> programs_decided_;
  std::uint64_t near_ = 0;
};

KnownTypes::KnownTypes(std::shared_ptr<const Plan> plan)
    : plan_(std::move(plan)), filter_(plan_->needles), slots_(kFirstSlots) {
  never_.patterns.assign(plan_->plans.size(), Truth::kNever);
}

RegexSearch& KnownTypes::regex(std::uint32_t program) {
  regexes_.resize(plan_->programs.size());
  auto& regex = regexes_[program];
  if (!regex) regex = std::make_unique<RegexSearch>(plan_->programs[program]);
  return *regex;
}

std::uint64_t KnownTypes::needles_near(const TypeShape::Variable& v) {
  const std::uint32_t key = static_cast<std::uint32_t>(v.kind) << 24 | std::uint32_t{v.form} << 8 | v.classes;
  const auto [at, added] = near_.try_emplace(key, 0);
  if (!added) return at->second;
  for (std::uint32_t n = 0; n < std::min<std::size_t>(kMaskedNeedles, plan_->needles.size()); ++n) {
    const NeedlePlan& needle = plan_->needles[n];
    if (!needle.exact() || needle.within(v.kind, v.form, v.classes) != 0) at->second |= std::uint64_t{1} << n;
  }
  return at->second;
}

const TypeKnowledge* KnownTypes::know(const TypeEntry& type) {
  if (!read_looks(type.shape, type.slots, looks_)) return nullptr;
  scratch_.never = true;
  scratch_.patterns.clear();
  scratch_.needles.clear();
  make_shape(looks_, scratch_.shape);
  const Decider decider(*this, scratch_);
  for (const auto& p : plan_->plans) {
    const Truth truth = truth_of(p, scratch_.shape, *plan_, decider);
    scratch_.patterns.push_back(truth);
    scratch_.never = scratch_.never && truth == Truth::kNever;
    if (truth == Truth::kPerhaps) for_each_needle(p, decider);
  }
  if (scratch_.never) return &never_;
  known_.push_back(scratch_);
  return &known_.back();
}

KnownTypes::Slot& KnownTypes::find(std::uint64_t hash, const TypeEntry& type) {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t i = hash & mask;; i = (i + 1) & mask) {
    Slot& s = slots_[i];
    if (s.known == nullptr) return s;
    if (s.hash == hash && s.slots == type.slots &&
        std::string_view(shapes_).substr(s.begin, s.size) == type.shape)
      return s;
  }
}

const TypeKnowledge* KnownTypes::of(const TypeEntry& type) {
  const std::uint64_t hash = checksum_of(type.shape);
  Slot* slot = &find(hash, type);
  if (slot->known != nullptr) return slot->known;
  if (used_ >= kKnownTypesMax || shapes_.size() + type.shape.size() > kKnownBytesMax) forget();
  if (2 * (used_ + 1) > slots_.size()) grow();
  const TypeKnowledge* const known = know(type);
  if (known == nullptr) return nullptr;
  slot = &find(hash, type);
  *slot = {hash, static_cast<std::uint32_t>(shapes_.size()), static_cast<std::uint32_t>(type.shape.size()),
           type.slots, known};
  shapes_ += type.shape;
  ++used_;
  return known;
}

void KnownTypes::grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  const std::size_t mask = slots_.size() - 1;
  for (const Slot& s : old) {
    if (s.known == nullptr) continue;
    std::size_t i = s.hash & mask;
    while (slots_[i].known != nullptr) i = (i + 1) & mask;
    slots_[i] = s;
  }
}

void KnownTypes::forget() {
  known_.clear();
  slots_.assign(kFirstSlots, {});
  used_ = 0;
  shapes_.clear();
}

}  // namespace culprit::engine
