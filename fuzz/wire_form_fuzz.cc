// The forms of the wire: whatever comes is understood or refused, and what was understood can be written
// again in every form.
#include <cstdlib>

#include "server/cbor.h"
#include "server/gzip.h"
#include "server/query_form.h"
#include "server/wire_form.h"

namespace culprit::server {

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data + 1), size - 1);
  (void)gunzip(body, 1 << 16);
  HttpCall call;
  call.method = "POST";
  call.path = data[0] % 3 == 2 ? "/service/GraniteServiceVersion20100801/operation/PutMetricData" : "/";
  if (data[0] % 3 == 1) call.headers.emplace_back("X-Amz-Target", "Logs_20140328.PutLogEvents");
  call.body = body;
  try {
    WireTarget target = target_of(call, body);
    const auto parameters = read_parameters(target, call, body);
    for (const auto form : {WireForm::kQuery, WireForm::kJson, WireForm::kCbor}) {
      target.form = form;
      (void)write_answer(target, parameters, "id");
    }
  } catch (const ApiFault& fault) {
    (void)write_fault(WireTarget{}, fault, "id");
  }
  if (const auto value = read_cbor(body)) {
    const auto again = read_cbor(write_cbor(*value, [](std::string_view) { return false; }));
    if (!again) std::abort();
  }
  return 0;
}

}  // namespace culprit::server
