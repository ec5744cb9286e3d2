#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing.h"
#include "strategy/strategy.h"

namespace yupu::strategy {
namespace {

Result<Strategy> load(const std::string& table) {
  const testing::TempDir folder;
  EXPECT_TRUE(write_file_atomic(folder.file("s.toml"), "[strategy]\nname = \"books\"\n" + table).ok());
  return load_recommend_strategy(folder.file("s.toml"));
}

TEST(RecommendPlan, NeedsNoOtherTableAndKeepsWhatIsNotSaid) {
  const auto strategy = load("[recommend]\nrelevance = 0.5\nnew_days = 3\n");
  ASSERT_TRUE(strategy.ok()) << strategy.status().to_string();
  EXPECT_EQ(strategy->recommend->rules.relevance, 0.5);
  EXPECT_EQ(strategy->recommend->rules.new_days, 3);
  EXPECT_EQ(strategy->recommend->rules.tag_share, recommend::ListRules().tag_share);
}

TEST(RecommendPlan, AnExperimentHasANameAndAChallenger) {
  const auto strategy =
      load("[recommend]\n[recommend.experiment]\nname = \"june\"\nchallenger = \"r_2\"\nshare = 0.2\n");
  ASSERT_TRUE(strategy.ok()) << strategy.status().to_string();
  const recommend::Experiment& experiment = strategy->recommend->rules.experiment;
  EXPECT_EQ(experiment.name + " " + experiment.challenger + " " + experiment.champion, "june r_2 ");
  EXPECT_EQ(experiment.share, 0.2);
  const auto message = [](const std::string& keys) {
    return load("[recommend]\n[recommend.experiment]\n" + keys).status().to_string();
  };
  EXPECT_NE(message("name = \"june\"\n").find("challenger"), std::string::npos);
  EXPECT_NE(message("name = \"june\"\nchallenger = \"r\"\nshare = 2.0\n").find("share"), std::string::npos);
}

TEST(RecommendPlan, ACrossEncoderIsOffUnlessItIsNamed) {
  EXPECT_EQ(load("[recommend]\n")->recommend->rules.cross.model, "");
  const auto slower = load("[recommend.cross_encoder]\ndeadline_ms = 200\n");
  ASSERT_TRUE(slower.ok()) << slower.status().to_string();
  EXPECT_EQ(slower->recommend->rules.cross.model, "");
  EXPECT_EQ(slower->recommend->rules.cross.deadline_ms, 200);
  const auto strategy = load("[recommend]\n[recommend.cross_encoder]\nmodel = \"models/cross\"\ntop = 30\n");
  ASSERT_TRUE(strategy.ok()) << strategy.status().to_string();
  const recommend::CrossRule& cross = strategy->recommend->rules.cross;
  EXPECT_EQ(cross.model, strategy->resolve("models/cross"));
  EXPECT_EQ(cross.top, 30);
  EXPECT_EQ(cross.deadline_ms, recommend::CrossRule().deadline_ms);
  const auto message = [](const std::string& keys) {
    return load("[recommend.cross_encoder]\n" + keys).status().to_string();
  };
  EXPECT_NE(message("model = \"m\"\ntop = 0\n").find("recommend.cross_encoder.top"), std::string::npos);
  EXPECT_NE(message("model = \"m\"\ndeadline = 3\n").find("deadline_ms"), std::string::npos) << "the nearest";
}

TEST(RecommendPlan, TopicsAreReadWithWhoseEventsTheyHave) {
  const std::string topic = "[[recommend.kafka]]\nbrokers = \"a:9092\"\ntopic = \"clicks\"\n";
  const auto strategy = load("[recommend]\n" + topic + "tenant = \"acme\"\nsecurity = \"tls\"\nca_file = \"ca.pem\"\n" +
                             topic + "source = \"second\"\n");
  ASSERT_TRUE(strategy.ok()) << strategy.status().to_string();
  const auto& kafka = strategy->recommend->kafka;
  ASSERT_EQ(kafka.size(), 2U);
  EXPECT_EQ(kafka[0].source + " " + kafka[0].tenant + " " + kafka[0].topic.brokers, "kafka:clicks acme a:9092");
  EXPECT_TRUE(kafka[0].topic.tls);
  EXPECT_EQ(kafka[0].topic.ca_file, strategy->resolve("ca.pem"));
  EXPECT_EQ(kafka[1].source + kafka[1].tenant, "second");
  const auto message = [](const std::string& keys) { return load("[recommend]\n" + keys).status().to_string(); };
  EXPECT_NE(message("[[recommend.kafka]]\ntopic = \"x\"\n").find("recommend.kafka[0].brokers"), std::string::npos);
  EXPECT_NE(message(topic + topic).find("line 7: recommend.kafka[1].source"), std::string::npos)
      << message(topic + topic);
  EXPECT_NE(message(topic + "format = \"avro\"\n").find("recommend.kafka[0].format"), std::string::npos);
  EXPECT_NE(message(topic + "topics = 1\n").find("recommend.kafka[0].topics"), std::string::npos);
}

TEST(RecommendPlan, ErrorsNameLineAndKey) {
  const auto message = [](const std::string& table) { return load(table).status().to_string(); };
  EXPECT_NE(message("[recommend]\nrelevance = 2.0\n").find("relevance"), std::string::npos);
  EXPECT_NE(message("[recommend]\nlearn_minutes = 0\n").find("learn_minutes"), std::string::npos);
  EXPECT_NE(message("[recommend]\nfresh = true\n").find("fresh"), std::string::npos);
  EXPECT_NE(message("").find("recommend"), std::string::npos);
}

}  // namespace
}  // namespace yupu::strategy
