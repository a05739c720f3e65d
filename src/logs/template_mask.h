// The first step of mining: what can be told to be a variable by looking at one message alone.
//
// The masked form of a message is its text with runs of white space made one space and each variable made
// one byte, the code of its kind. Two messages of one masked form differ in variables only; a store holds a
// few thousand of them where it holds millions of messages. What counts as a variable follows the rules by
// which corrected labels are made (Khan, Shin, Bianculli, Briand: Guidelines for Assessing the Accuracy of
// Log Message Template Identification Techniques, ICSE 2022).
//
// Of digits it counts how many there are, never which, but for "0x": engine/row_looks builds on that.
//
// A masked form is cut at delimiters (white space , ! ; : = | " ' [ ] ( ) { }) into units, and a unit at
// joints (. - + @ # $ % & /) into atoms. A variable is at least an atom: blk_123 is one, not blk_ and 123.
#pragma once

#include <string_view>
#include <vector>

#include "logs/variable_kind.h"

namespace culprit {

constexpr std::size_t kMinedMessageBytes = 8192;  // what is behind them stands as kRest

// The masked form of `message`, in `buffer`, which is reused from call to call. Of an event of several lines:
// the first line, then kRest for the others.
std::string_view mask_message(std::string_view message, std::vector<char>& buffer);

}  // namespace culprit
