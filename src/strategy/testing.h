// For tests only: the least that a strategy of customer service says, for tables to stand behind.
#pragma once

namespace yupu::strategy::testing {

inline constexpr const char* kSmallShop = R"([strategy]
name = "shop"
[data]
[[data.source]]
path = "train.csv"
[service]
answers = "answers.toml"
[commerce]
[[commerce.plan]]
name = "starter"
monthly_tokens = 1000
[[commerce.plan.price]]
meter = "answer_tokens"
yuan_per_thousand = "0.30"
[[commerce.tenant]]
name = "one"
plan = "starter"
)";

}  // namespace yupu::strategy::testing
