// SPDX-License-Identifier: Apache-2.0
// The factor on the learning rate, on the weight decay or on the dropout rates. t = steps done /
// total steps of this fit at the start of a step.
#pragma once

#include "train/plan.h"
#include "train/state.h"

namespace chainrule {

double schedule_factor(const SchedulePlan& plan, Index step, Index total_steps, Index epoch,
                       const Plateau& plateau);

// After an epoch: lowers the plateau's factor when the loss has stalled for `patience` epochs.
void watch_plateau(const SchedulePlan& plan, double loss, Plateau& plateau);

// Throws std::invalid_argument, which lists the known names.
ScheduleKind schedule_named(std::string_view name);

}  // namespace chainrule
