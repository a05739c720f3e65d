// Whether what is written must outlive a crash of the machine.
#pragma once

namespace culprit {

enum class Durability {
  kDurable,
  kScratch,  // nothing is synced: for what can be made again from what it was made of
};

}  // namespace culprit
