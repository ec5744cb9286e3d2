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
  refused(kGood, "name = \"water\"", "name = \"water\"\nambiguous = [\"H2O\"]", "belong together");
  refused(kGood, "[monitor]", "[montior]", "monitor");
  refused(kGood, "\"newsroom\"", "\"News\"", "strategy.name");
}

TEST(MonitorPlan, Push) {
  EXPECT_FALSE(load(kGood)->monitor->push.has_value()) << "nobody may push who was not let in";
  EXPECT_EQ(load(std::string(kGood) + "[monitor.push]\n")->monitor->push->rows_per_minute, 6000);
  const auto strategy = load(std::string(kGood) + "[monitor.push]\nrows_per_minute = 700\nwaiting_max = 800\n");
  ASSERT_TRUE(strategy.ok()) << strategy.status().to_string();
  EXPECT_EQ(strategy->monitor->push->rows_per_minute, 700);
  EXPECT_EQ(strategy->monitor->push->waiting_max, 800);
  const auto refused = load(std::string(kGood) + "[monitor.push]\nwaiting_max = 10\n");
  EXPECT_NE(refused.status().message().find("monitor.push.waiting_max"), std::string::npos)
      << refused.status().message();
}

TEST(MonitorPlan, Stories) {
  EXPECT_EQ(load(kGood)->monitor->stories.embedder, "");
  const auto strategy = load(std::string(kGood) + "[monitor.stories]\nembedder = \"encoder\"\ncosine_min = 0.85\n");
  ASSERT_TRUE(strategy.ok()) << strategy.status().to_string();
  EXPECT_EQ(strategy->monitor->stories.embedder, "encoder");
  EXPECT_EQ(strategy->monitor->intake.story_cosine_min, 0.85);
  for (const std::string wrong : {"cosine_min = 0.8\n", "embedder = \"x\"\ncosine_min = 2\n"}) {
    const auto refused = load(std::string(kGood) + "[monitor.stories]\n" + wrong);
    ASSERT_FALSE(refused.ok()) << wrong;
    EXPECT_NE(refused.status().message().find("monitor.stories"), std::string::npos) << refused.status().message();
  }
}

TEST(MonitorPlan, Sources) {
  const std::string agent = std::string(kGood).replace(std::string(kGood).find("retention_days"), 0,
                                                       "user_agent = \"newsroom/1 (+https://example.org)\"\n");
  const auto strategy = load(agent + R"([[monitor.source]]
kind = "list"
url = "https://News.example/all"
source = "news"
sentiment = "negative"
interval_minutes = 15
link_part = "/n/"
utc_offset_minutes = 480
[[monitor.source]]
kind = "atom"
url = "https://news.example/atom"
sentiment = "neutral"
[[monitor.source]]
kind = "file"
path = "rows.jsonl"
)");
  ASSERT_TRUE(strategy.ok()) << strategy.status().to_string();
  const auto& sources = strategy->monitor->sources;
  ASSERT_EQ(sources.size(), 2u);
  EXPECT_EQ(sources[0].source, "news");
  EXPECT_EQ(sources[0].url.text(), "https://news.example/all");
  EXPECT_TRUE(sources[0].fetch_pages);
  EXPECT_EQ(sources[0].interval_ns, 15 * monitor::kMinuteNs);
  EXPECT_EQ(sources[0].feed.utc_offset_minutes, 480);
  EXPECT_EQ(sources[1].source, "https://news.example/atom");
  EXPECT_FALSE(sources[1].fetch_pages);
  ASSERT_EQ(strategy->monitor->files.size(), 1u);
  EXPECT_EQ(strategy->monitor->files[0].path, "rows.jsonl");
  const std::string source = "[[monitor.source]]\nkind = \"rss\"\n";
  for (const auto& [text, key] : std::vector<std::pair<std::string, std::string>>{
           {std::string(kGood) + source + "url = \"http://a/\"\nsentiment = \"neutral\"\n", "user_agent"},
           {agent + source + "url = \"file:///a\"\nsentiment = \"neutral\"\n", "url"},
           {agent + source + "url = \"http://a/\"\n", "sentiment"},
           {agent + source + "sentiment = \"neutral\"\n", "url"}}) {
    const auto failed = load(text);
    ASSERT_FALSE(failed.ok()) << text;
    EXPECT_NE(failed.status().message().find(key), std::string::npos) << failed.status().message();
  }
}

TEST(MonitorPlan, ASentimentModelOrADirectory) {
  const std::string source = "user_agent = \"newsroom/1\"\n";
  const auto with = [&](const std::string& lines) {
    std::string text = kGood;
    text.insert(text.find("retention_days"), source);
    return load(text + "[[monitor.source]]\nkind = \"rss\"\nurl = \"http://a.example/rss\"\n[monitor.sentiment]\n" +
                lines);
  };
  const auto released = with("model = \"finance\"\n");
  ASSERT_TRUE(released.ok()) << released.status().to_string();
  EXPECT_EQ(released->monitor->sentiment->model, "finance");
  EXPECT_FALSE(released->monitor->sources[0].sentiment.has_value());  // nobody has to say it
  EXPECT_EQ(with("directory = \"d\"\n")->monitor->sentiment->directory, "d");
  for (const std::string wrong : {"", "model = \"a\"\ndirectory = \"d\"\n", "modle = \"a\"\n"}) {
    const auto refused = with(wrong);
    ASSERT_FALSE(refused.ok()) << wrong;
    EXPECT_NE(refused.status().message().find("monitor.sentiment"), std::string::npos) << refused.status().message();
  }
}

TEST(MonitorPlan, RoutesOfEveryKind) {
  const auto with = [](const std::string& lines) {
    return load(std::string(kGood) + "[[monitor.route]]\nname = \"r\"\n" + lines);
  };
  const std::string mail = "kind = \"mail\"\nurl = \"smtp://mail.example:2525\"\nfrom = \"alerts@bank.example\"\n";
  const auto plan =
      with(mail + "to = [\"li@bank.example\"]\nuser = \"alerts\"\nsecret_variable = \"P\"\nlanguage = \"en\"\n");
  ASSERT_TRUE(plan.ok()) << plan.status().to_string();
  const monitor::Route& route = plan->monitor->routes[0];
  EXPECT_EQ(route.kind, monitor::RouteKind::kMail);
  EXPECT_TRUE(route.mail.starttls);
  EXPECT_FALSE(route.chinese);
  EXPECT_EQ(route.mail.to, (std::vector<std::string>{"li@bank.example"}));
  EXPECT_TRUE(with("kind = \"wecom\"\nurl_file = \"robot\"\n").ok());
  EXPECT_TRUE(with("kind = \"dingtalk\"\nurl = \"https://robot.example/x\"\nsecret_file = \"s\"\n").ok());
  EXPECT_TRUE(with("kind = \"slack\"\nurl = \"http://127.0.0.1:1/k\"\nallow_private_addresses = true\n").ok());
  EXPECT_TRUE(with("url = \"https://desk.example/\"\nsecret_file = \"s\"\n").ok());
  for (const auto& [lines, key] : std::vector<std::pair<std::string, std::string>>{
           {mail, "to"},
           {mail + "to = [\"a@b\", \"a@b\"]\n", "twice"},
           {mail + "to = [\"a\"]\n", "to"},
           {mail + "to = [\"a@b\"]\nuser = \"u\"\n", "user"},
           {mail + "to = [\"a@b\"]\nuser = \"u\"\nsecret_file = \"s\"\ntls = \"none\"\n", "tls"},
           {mail + "to = [\"a@b\"]\nurl_file = \"u\"\n", "url_file"},
           {"kind = \"telex\"\nurl = \"http://a/\"\n", "kind"},
           {"kind = \"wecom\"\n", "url"},
           {"kind = \"slack\"\nurl_file = \"u\"\nsecret_file = \"s\"\n", "secret_file"},
           {"kind = \"feishu\"\nurl_file = \"u\"\nurl = \"http://a/\"\n", "url_file"},
           {"kind = \"slack\"\nurl = \"http://robot.example/k\"\n", "https"},
           {"kind = \"slack\"\nurl = \"http://127.0.0.1/k\"\n", "https"},
           {"kind = \"slack\"\nurl = \"http://10.0.0.1/k\"\nallow_private_addresses = true\n", "https"},
           {"url = \"http://a/\"\n", "secret_file"},
           {"url = \"ftp://a/\"\nsecret_file = \"s\"\n", "url"}}) {
    const auto refused = with(lines);
    ASSERT_FALSE(refused.ok()) << lines;
    EXPECT_NE(refused.status().message().find(key), std::string::npos) << refused.status().message();
  }
}

}  // namespace
}  // namespace yupu::strategy
