#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing.h"
#include "strategy/strategy.h"

namespace yupu::strategy {
namespace {

constexpr const char* kGood = R"([strategy]
name = "newsroom"
[monitor]
retention_days = 60
count_every_document = true
[[monitor.topic]]
name = "tea"
aliases = ["Green Hill", "青山茶"]
[[monitor.topic]]
name = "water"
)";

Result<Strategy> load(const std::string& text) {
  const testing::TempDir folder;
  EXPECT_TRUE(write_file_atomic(folder.file("s.toml"), text).ok());
  return load_monitor_strategy(folder.file("s.toml"));
}

TEST(MonitorPlan, NeedsNoOtherTable) {
  const auto strategy = load(kGood);
  ASSERT_TRUE(strategy.ok()) << strategy.status().to_string();
  EXPECT_EQ(strategy->name, "newsroom");
  EXPECT_EQ(strategy->monitor->intake.retention_ns, 60 * monitor::kDayNs);
  EXPECT_TRUE(strategy->monitor->intake.count_every_document);
  const auto& topics = strategy->monitor->topics.topics();
  ASSERT_EQ(topics.size(), 2u);
  EXPECT_EQ(topics[0].aliases, (std::vector<std::string>{"Green Hill", "青山茶"}));
  EXPECT_TRUE(topics[1].aliases.empty());
}

TEST(MonitorPlan, ErrorsNameLineAndKey) {
  const auto refused = [](std::string text, const std::string& from, const std::string& to, const std::string& says) {
    text.replace(text.find(from), from.size(), to);
    const auto strategy = load(text);
    ASSERT_FALSE(strategy.ok()) << to;
    EXPECT_NE(strategy.status().message().find(says), std::string::npos) << strategy.status().message();
  };
  refused(kGood, "60", "3", "line 4: monitor.retention_days");
  refused(kGood, "name = \"water\"", "nmae = \"water\"", "line 10: unknown key 'monitor.topic[1].nmae'");
  refused(kGood, "\"water\"", "\"tea\"", "two topics are called 'tea'");
  refused(kGood, "Green Hill", " ", "empty alias");
  refused(kGood, "[monitor]", "[montior]", "monitor");
  refused(kGood, "\"newsroom\"", "\"News\"", "strategy.name");
}

}  // namespace
}  // namespace yupu::strategy
