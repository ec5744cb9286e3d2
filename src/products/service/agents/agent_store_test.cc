#include "products/service/agents/agent_store.h"

#include <gtest/gtest.h>

#include "base/hash.h"
#include "store/testing.h"

namespace yupu::products {
namespace {

class AgentStoreTest : public ::testing::Test {
 protected:
  void SetUp() override { store_ = std::move(store::open_store(yupu::testing::fresh_url())).value(); }
  Result<AddedAgent> add(const std::string& name, const std::string& tenant = "t_1") {
    return add_agent(*store_, clock_, {.tenant_id = tenant, .name = name, .skills = {"zh", "refund"}});
  }
  FakeClock clock_{1'000'000'000};
  std::unique_ptr<store::Store> store_;
};

TEST_F(AgentStoreTest, ATokenIsShownOnceAndFound) {
  const auto added = add("小美");
  ASSERT_TRUE(added.ok()) << added.status().to_string();
  EXPECT_EQ(added->token.size(), std::string("ya_").size() + 64);
  const auto found = agent_of_token(*store_, added->token);
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->name, "小美");
  EXPECT_EQ(found->skills, (std::vector<std::string>{"zh", "refund"}));
  std::string stored;
  ASSERT_TRUE(store_
                  ->read([&](store::Transaction& transaction) -> Status {
                    YUPU_ASSIGN_OR_RETURN(const auto rows, transaction.query("SELECT token_sha256 FROM agent"));
                    stored = rows[0].text(0);
                    return {};
                  })
                  .ok());
  EXPECT_EQ(stored, sha256_hex(added->token));
  for (const std::string& wrong : {std::string(), std::string("ya_"), added->token + "0",
                                   "yp_" + added->token.substr(3), "ya_" + std::string(64, '0'), stored}) {
    EXPECT_EQ(agent_of_token(*store_, wrong).status().code(), Code::kUnauthenticated) << wrong;
  }
}

TEST_F(AgentStoreTest, AManagerIsNamedWhenAdded) {
  const auto added = add_agent(*store_, clock_, {.tenant_id = "t_1", .name = "Wang", .is_manager = true});
  ASSERT_TRUE(added.ok()) << added.status().to_string();
  EXPECT_TRUE(agent_of_token(*store_, added->token)->is_manager);
  EXPECT_EQ(added->agent.to_json().at("manager"), true);
  EXPECT_FALSE(agent_of_token(*store_, add("Mei")->token)->is_manager);
}

TEST_F(AgentStoreTest, NamesAreATenantsOwn) {
  ASSERT_TRUE(add("Mei").ok());
  EXPECT_EQ(add("Mei").status().code(), Code::kConflict);
  EXPECT_EQ(add("Mei").status().field(), "name");
  EXPECT_TRUE(add("Mei", "t_2").ok());
  EXPECT_EQ(list_agents(*store_, "t_1")->size(), 1U);
  EXPECT_EQ(list_agents(*store_, {})->size(), 2U);
  for (const std::string& bad : {std::string(), std::string(65, 'a'), std::string("a\nb")}) {
    EXPECT_EQ(add(bad).status().field(), "name");
  }
  const auto limit = add_agent(*store_, clock_, {.tenant_id = "t_1", .name = "Lin", .conversations_max = 0});
  EXPECT_EQ(limit.status().field(), "limit");
}

TEST_F(AgentStoreTest, ARemovedAgentsTokenIsDead) {
  const auto added = add("Mei");
  EXPECT_EQ(remove_agent(*store_, clock_, "t_2", "Mei").status().code(), Code::kNotFound);
  ASSERT_TRUE(remove_agent(*store_, clock_, "t_1", "Mei").ok());
  EXPECT_EQ(agent_of_token(*store_, added->token).status().code(), Code::kUnauthenticated);
  EXPECT_EQ(remove_agent(*store_, clock_, "t_1", "Mei").status().code(), Code::kNotFound);
  EXPECT_TRUE(add("Mei").ok());
}

TEST(SkillsTest, AreWordsWithCommasBetween) {
  EXPECT_EQ(*parse_skills("zh, refund"), (std::vector<std::string>{"zh", "refund"}));
  EXPECT_TRUE(parse_skills("")->empty());
  for (const char* bad : {",", "zh,,en", "zh, "}) EXPECT_EQ(parse_skills(bad).status().field(), "skills") << bad;
}

}  // namespace
}  // namespace yupu::products
