// A classifier in 8 bits that knows what it was made from.
#pragma once

#include "base/status.h"
#include "tasks/classify/classifier.h"

namespace yupu::tasks {

// Classifier::quantise, and the lineage names the weights it was made from: adapters of the original know it by that.
// Outcomes  those of quantise.  An error changes nothing.
Status quantise_with_lineage(Classifier& classifier);

}  // namespace yupu::tasks
