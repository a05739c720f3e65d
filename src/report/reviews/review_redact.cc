#include "redaction/redactor.h"
#include "report/reviews/review_tellers.h"

namespace culprit {

// Twice: what one text betrays as a secret is then hidden in all of them. Statements are normalised already.
void redact(Review& review) {
  Redactor redactor(RedactFor::kReading);
  for (int round = 0; round < 2; ++round) {
    for (auto& t : review.templates) {
      t.text = redactor.redact(t.text);
      t.example = redactor.redact(t.example);
    }
    for (auto& c : review.changes) c.text = redactor.redact(c.text);
    for (auto& i : review.incidents) i.title = redactor.redact(i.title);
    for (auto& text : review.not_seen) text = redactor.redact(text);
  }
}

}  // namespace culprit
