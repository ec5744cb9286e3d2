#include "products/recommend/methods/popularity/popularity.h"

#include <cmath>

namespace yupu::recommend {
namespace {

constexpr double kDayNs = 86'400e9;

class Popularity final : public Method {
 public:
  explicit Popularity(double window_days) : window_ns_(static_cast<std::int64_t>(std::llround(window_days * kDayNs))) {}

  Status fit(const FitData&) override { return ok_status(); }
  void score(const Moment& moment, std::span<float> scores) const override {
    const bool all = window_ns_ == 0 || window_ns_ >= moment.time_ns;
    const std::int64_t from_ns = all ? 0 : moment.time_ns - window_ns_;
    moment.log.count_users(from_ns, moment.time_ns, scores);
  }

 private:
  std::int64_t window_ns_;
};

}  // namespace

std::unique_ptr<Method> make_popularity(const Settings& settings) {
  return std::make_unique<Popularity>(settings.at("window_days"));
}

}  // namespace yupu::recommend
