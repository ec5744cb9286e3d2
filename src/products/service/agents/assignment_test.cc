#include "products/service/agents/assignment.h"

#include <gtest/gtest.h>

namespace yupu::products {
namespace {

Handover waits(const std::string& id, const std::string& lang, const std::string& intent,
               const std::string& agent_id = {}) {
  Handover handover;
  handover.conversation_id = id;
  handover.tenant_id = "t";
  handover.intent = intent;
  handover.lang = lang;
  handover.agent_id = agent_id;
  return handover;
}
Agent agent(const std::string& name, std::vector<std::string> skills, std::int64_t limit = 3) {
  return {.id = name, .tenant_id = "t", .name = name, .skills = std::move(skills), .conversations_max = limit};
}
std::string plan(const std::vector<Handover>& handovers, const std::vector<Agent>& agents) {
  std::string text;
  for (const Assignment& one : assign(handovers, agents)) text += one.conversation_id + ">" + one.agent_id + " ";
  return text;
}

TEST(AssignmentTest, SkillsThatSomebodyHasAreAskedFor) {
  const std::vector<Agent> agents{agent("en", {"en"}), agent("zh", {"zh"}), agent("zh_refund", {"zh", "refund"})};
  EXPECT_EQ(plan({waits("a", "zh", "refund")}, agents), "a>zh_refund ");
  EXPECT_EQ(plan({waits("a", "zh", "hours")}, agents), "a>zh ");  // nobody is trained for hours: by name
  EXPECT_EQ(plan({waits("a", "en", "hours")}, agents), "a>en ");
  EXPECT_EQ(plan({waits("a", "en", "refund")}, agents), "a>en ");  // the language goes first
  EXPECT_EQ(plan({waits("a", "en", "refund")}, {agent("zh", {"zh"})}), "a>zh ");
  EXPECT_EQ(plan({waits("a", "", "")}, agents), "a>en ");
}

TEST(AssignmentTest, AnAgentWithoutSkillsTakesAnything) {
  const std::vector<Agent> agents{agent("all", {}), agent("zh", {"zh"})};
  EXPECT_EQ(plan({waits("a", "en", "refund"), waits("b", "en", "refund")}, agents), "a>all b>all ");
  EXPECT_EQ(plan({waits("a", "zh", "")}, agents), "a>all ");
}

TEST(AssignmentTest, TheOrderOfTheQueueAndTheLimits) {
  const std::vector<Agent> agents{agent("x", {}, 2), agent("y", {}, 2)};
  EXPECT_EQ(plan({waits("a", "", ""), waits("b", "", ""), waits("c", "", ""), waits("d", "", ""), waits("e", "", "")},
                 agents),
            "a>x b>y c>x d>y ");
  EXPECT_EQ(plan({waits("a", "", "", "x"), waits("b", "", "", "x"), waits("c", "", "")}, agents), "c>y ");
  EXPECT_EQ(plan({waits("a", "", "", "x"), waits("c", "", "")}, agents), "c>y ");
  EXPECT_EQ(plan({waits("a", "", "")}, {}), "");
}

TEST(AssignmentTest, TenantsDoNotMix) {
  Agent other = agent("x", {});
  other.tenant_id = "another";
  EXPECT_EQ(plan({waits("a", "zh", "")}, {other}), "");
  EXPECT_EQ(plan({waits("a", "zh", "")}, {other, agent("en", {"en"})}), "a>en ");  // who speaks zh is another's
}

}  // namespace
}  // namespace yupu::products
