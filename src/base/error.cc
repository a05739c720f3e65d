#include "base/error.h"

namespace culprit {

int exit_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::kExpectation:
      return 1;
    case ErrorCode::kUsage:
      return 2;
    case ErrorCode::kInput:
      return 3;
    case ErrorCode::kNotFound:
      return 4;
    case ErrorCode::kCredentials:
      return 5;
    case ErrorCode::kDenied:
      return 6;
    case ErrorCode::kUnreachable:
      return 7;
    case ErrorCode::kDamaged:
      return 8;
    case ErrorCode::kStorage:
      return 9;
    case ErrorCode::kCostCap:
      return 10;
    case ErrorCode::kInterrupted:
      return 130;
    case ErrorCode::kInternal:
      return 70;
  }
  return 70;
}

std::string_view error_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::kExpectation:
      return "expectation";
    case ErrorCode::kUsage:
      return "usage";
    case ErrorCode::kInput:
      return "input";
    case ErrorCode::kNotFound:
      return "not-found";
    case ErrorCode::kCredentials:
      return "credentials";
    case ErrorCode::kDenied:
      return "denied";
    case ErrorCode::kUnreachable:
      return "unreachable";
    case ErrorCode::kDamaged:
      return "damaged";
    case ErrorCode::kStorage:
      return "storage";
    case ErrorCode::kCostCap:
      return "cost-cap";
    case ErrorCode::kInterrupted:
      return "interrupted";
    case ErrorCode::kInternal:
      return "internal";
  }
  return "internal";
}

std::string Error::message() const {
  std::string out;
  if (!where.empty()) out += where + ": ";
  out += what;
  if (!hint.empty()) out += "\n  " + hint;
  return out;
}

}  // namespace culprit
