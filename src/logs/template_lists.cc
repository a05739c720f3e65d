#include "logs/template_lists.h"

#include <algorithm>
#include <cstddef>

#include "logs/log_bytes.h"
#include "logs/variable_kind.h"

namespace culprit {
namespace {

constexpr std::ptrdiff_t kItemBytes = 16;

bool same_item(const char* a, const char* b, std::ptrdiff_t size) {
  for (std::ptrdiff_t i = 0; i < size; ++i) {
    if (a[i] != b[i] && !(is_code(a[i]) && is_code(b[i]))) return false;
  }
  return true;
}

// The end of the item at `from`: a comma follows, there is a variable in it and no word. Null when there is
// none.
const char* item_end(const char* from, const char* end) {
  if (is_white_space(*from)) return nullptr;
  bool variable = false;
  const char* at = from;
  for (; at < end && *at != ','; ++at) {
    if (at - from > kItemBytes || is_ascii_letter(*at)) return nullptr;
    variable = variable || is_code(*at);
  }
  return at < end && at > from && variable ? at : nullptr;
}

// The end of the list that starts at `from`; null when there is none.
const char* list_end(const char* from, const char* end) {
  const char* const first_end = item_end(from, end);
  if (first_end == nullptr) return nullptr;
  const auto size = first_end - from;
  unsigned items = 1;
  const char* at = first_end;
  while (at < end && *at == ',') {
    const char* next = at + 1;
    if (next < end && *next == ' ') ++next;
    if (end - next < size || !same_item(from, next, size)) break;
    at = next + size;
    ++items;
  }
  return items >= kListItems ? at : nullptr;
}

// Where a list may begin: before two items of one size. Most messages have none, and this tells it at once.
char* first_place(char* begin, char* end) {
  char* last = nullptr;
  std::ptrdiff_t gap = 0;
  for (char* at = std::find(begin, end, ','); at < end; at = std::find(at + 1, end, ',')) {
    if (last != nullptr && at - last == gap) {
      const auto back = gap + kItemBytes + 1;
      return last - begin > back ? last - back : begin;
    }
    gap = last != nullptr && at - last <= kItemBytes + 2 ? at - last : 0;
    last = at;
  }
  return end;
}

}  // namespace

char* fold_lists(char* begin, char* end) {
  char* const start = first_place(begin, end);
  char* to = start;
  for (const char* from = start; from < end;) {
    const char* const stop = list_end(from, end);
    if (stop != nullptr && (to == begin || !is_code(to[-1]))) {
      *to++ = code_of(VariableKind::kList);
      from = stop;
    } else {
      *to++ = *from++;
    }
  }
  return to;
}

char* fold_runs(char* begin, char* end) {
  char* to = begin;
  char* run_start = begin;
  unsigned run = 0;
  for (const char* from = begin; from < end;) {
    const char* stop = from;
    bool item = false;
    bool delimiter = false;
    for (; stop < end && *stop != ' '; ++stop) {
      item = item || is_code(*stop) || is_digit(*stop);
      delimiter = delimiter || is_unit_delimiter(*stop);
    }
    if (!item || delimiter) {
      run = 0;
    } else if (run++ == 0) {
      run_start = to;
    }
    to = std::copy(from, stop, to);
    if (run >= kRunWords) {
      to = run_start;
      *to++ = code_of(VariableKind::kList);
    }
    if (stop < end) *to++ = ' ';
    from = stop + 1;
  }
  return to;
}

}  // namespace culprit
