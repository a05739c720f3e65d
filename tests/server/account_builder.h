// A small account in a temporary store.
#pragma once

#include <gtest/gtest.h>

#include "base/file.h"
#include "server/account.h"
#include "server/operations.h"
#include "store/embedded_store.h"

namespace culprit::server {

class AccountBuilder {
 public:
  AccountBuilder() : folder_(*TemporaryDirectory::create("culprit-server-test")) {
    writer_ = *create_store(folder_.path() / "store");
  }

  AccountBuilder& event(const std::string& group, const std::string& stream, std::int64_t ms,
                        const std::string& message, std::int64_t ingestion_ms = 0) {
    const Time time = from_epoch_ms(ms);
    EXPECT_TRUE(writer_
                    ->append({0, group, stream, time, ingestion_ms == 0 ? time : from_epoch_ms(ingestion_ms),
                              message})
                    .has_value());
    return *this;
  }
  AccountBuilder& series(const Series& series) {
    EXPECT_TRUE(writer_->put_series(series).has_value());
    return *this;
  }
  AccountBuilder& state(const std::string& kind, const std::string& id, std::int64_t ms,
                        const std::string& json) {
    EXPECT_TRUE(writer_->put_state({kind, id, from_epoch_ms(ms), boost::json::parse(json)}).has_value());
    return *this;
  }
  AccountBuilder& at(std::int64_t ms) {
    clock_ = AccountClock(from_epoch_ms(ms), 0);
    return *this;
  }

  std::shared_ptr<const Store> store() {
    EXPECT_TRUE(writer_->commit().has_value());
    writer_.reset();
    return *open_store(folder_.path() / "store");
  }
  Account& account() {
    if (!account_)
      account_.emplace(fixed_evidence(store()), clock_,
                       AccountName{"123456789012", "us-east-1", "arn:aws:iam::123456789012:user/u"});
    return *account_;
  }

  // The answer of an operation as JSON text, or "code: message" of its fault.
  std::string call(aws::Service service, std::string_view operation, const std::string& parameters) {
    const boost::json::object object = boost::json::parse(parameters).as_object();
    const auto* found = find_operation(service, operation);
    if (found == nullptr) return "no such operation";
    try {
      return boost::json::serialize(
          found->run(account(), {Parameters(object, refusal_code(service)), "id", "AK"}));
    } catch (const ApiFault& fault) {
      return fault.code + ": " + fault.message;
    }
  }
  boost::json::object answer(aws::Service service, std::string_view operation,
                             const std::string& parameters) {
    const std::string text = call(service, operation, parameters);
    boost::system::error_code error;
    const auto value = boost::json::parse(text, error);
    EXPECT_TRUE(!error && value.is_object()) << text;
    return value.is_object() ? value.get_object() : boost::json::object{};
  }

 private:
  TemporaryDirectory folder_;
  std::unique_ptr<StoreWriter> writer_;
  AccountClock clock_;
  std::optional<Account> account_;
};

}  // namespace culprit::server
