// SPDX-License-Identifier: Apache-2.0
#include "train/schedule.h"

#include <algorithm>
#include <cmath>

namespace chainrule {
namespace {

double evaluate(Function function, double x) {
  kernels<double>().evaluate(function, &x, &x, 1);
  return x;
}

// cos(pi x) and log2(x) of the engine, the same on every system.
double cos_pi(double x) { return evaluate(Function::cos2pi, x / 2); }
double log2_of(double x) { return evaluate(Function::log, x) / 0.69314718055994530942; }

// The whole multiples of `every` in `epoch`. The remainder is exact, the quotient alone is not.
double whole_multiples(double epoch, double every) {
  return std::round((epoch - std::fmod(epoch, every)) / every);
}

double power(double base, double exponent) {
  if (base <= 0) return exponent > 0 ? 0.0 : 1.0;
  return evaluate(Function::exp, exponent * evaluate(Function::log, base));
}

}  // namespace

double schedule_factor(const SchedulePlan& plan, Index step, Index total_steps, Index epoch,
                       const Plateau& plateau) {
  const double t = static_cast<double>(step) / static_cast<double>(total_steps);
  switch (plan.kind) {
    case ScheduleKind::constant: break;
    case ScheduleKind::step:
      return power(plan.factor, whole_multiples(static_cast<double>(epoch), plan.every));
    case ScheduleKind::exponential: return power(plan.factor, static_cast<double>(epoch));
    case ScheduleKind::cosine: {
      const double warmup_steps = plan.warmup * static_cast<double>(total_steps);
      if (static_cast<double>(step) < warmup_steps)
        return std::min(1.0, static_cast<double>(step + 1) / warmup_steps);
      return 0.5 * (1 + cos_pi((t - plan.warmup) / (1 - plan.warmup)));
    }
    case ScheduleKind::plateau: return plateau.factor;
    case ScheduleKind::coslog: {
      const double turns = log2_of(1 + (std::exp2(plan.cycles) - 1) * t);
      return 0.5 * (1 - cos_pi(2 * turns));
    }
    case ScheduleKind::flat_cos: return t < 0.5 ? 1 : 0.5 * (1 + cos_pi(2 * t - 1));
  }
  return 1;
}

void watch_plateau(const SchedulePlan& plan, double loss, Plateau& plateau) {
  if (plan.kind != ScheduleKind::plateau) return;
  if (plateau.waited < 0 || loss < plateau.best) {
    plateau.best = loss;
    plateau.waited = 0;
  } else if (static_cast<double>(++plateau.waited) >= plan.patience) {
    plateau.factor = std::max(plan.floor, plateau.factor * plan.factor);
    plateau.waited = 0;
  }
}

ScheduleKind schedule_named(std::string_view name) {
  return named<ScheduleKind>(name, "schedule",
                             {{"constant", ScheduleKind::constant},
                              {"step", ScheduleKind::step},
                              {"exponential", ScheduleKind::exponential},
                              {"cosine", ScheduleKind::cosine},
                              {"plateau", ScheduleKind::plateau},
                              {"coslog4", ScheduleKind::coslog},
                              {"flat_cos", ScheduleKind::flat_cos}});
}

}  // namespace chainrule
