#include "data/pair_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing.h"

namespace yupu::data {
namespace {

using ::testing::HasSubstr;

class PairSetFile : public ::testing::Test {
 protected:
  PairSource written(const std::string& name, const std::string& content) {
    EXPECT_TRUE(write_file_atomic(dir_.file(name), content).ok());
    return {.path = dir_.file(name)};
  }
  yupu::testing::TempDir dir_;
};

TEST_F(PairSetFile, ReadsBothTextsLabelAndGroup) {
  PairSource source = written("a.tsv", "q\tid\tfaq\tsame\n where  is it\t7\tdelivery\t1\nrefund?\t8\tmoney back\t0\n");
  source.a_column = "q";
  source.b_column = "faq";
  source.label_column = "same";
  source.group_column = "id";
  auto set = read_pair_set(source);
  ASSERT_TRUE(set.ok()) << set.status().to_string();
  ASSERT_EQ(set->rows.size(), 2u);
  EXPECT_EQ(set->rows[0].a, "where is it");
  EXPECT_EQ(set->rows[0].b, "delivery");
  EXPECT_EQ(set->rows[1].label, "0");
  EXPECT_EQ(set->rows[1].group, "8");
  EXPECT_EQ(set->rows[1].line, 3);
  EXPECT_EQ(set->label_column, "same");
  source.group_column = "q";  // the text itself
  EXPECT_EQ(read_pair_set(source)->rows[1].group, "refund?");
  source.group_column.clear();
  EXPECT_FALSE(read_pair_set(source)->has_groups());
}

TEST_F(PairSetFile, NumbersOfJsonAreLabelsAndLabelsMayBeAbsent) {
  PairSource source = written("a.jsonl", "{\"text\":\"a\",\"text_b\":\"b\",\"label\":3.5}\n");
  EXPECT_EQ(read_pair_set(source)->rows[0].label, "3.5");
  source.label_column.clear();
  EXPECT_EQ(read_pair_set(source)->rows[0].label, "");
}

TEST_F(PairSetFile, WhatIsWrongIsNamedWithFileLineAndField) {
  const auto refused = [&](const PairSource& source) {
    const Status status = read_pair_set(source).status();
    EXPECT_EQ(status.code(), Code::kInvalidArgument);
    return status.message();
  };
  EXPECT_THAT(refused(written("m.csv", "text,label\na,1\n")), HasSubstr("m.csv: line 1: no column 'text_b'"));
  EXPECT_THAT(refused(written("e.csv", "text,text_b,label\na,b,1\na,  ,1\n")),
              HasSubstr("e.csv: line 3: field 'text_b'"));
  EXPECT_THAT(refused(written("f.csv", "text,text_b,label\n,b,1\n")), HasSubstr("f.csv: line 2: field 'text'"));
  EXPECT_THAT(refused(written("l.csv", "text,text_b,label\na,b,\n")), HasSubstr("l.csv: line 2: field 'label'"));
  PairSource source = written("g.csv", "text,text_b,label\na,b,1\n");
  source.group_column = "query";
  EXPECT_THAT(refused(source), HasSubstr("no column 'query'"));
  source.group_column = "text_b";
  EXPECT_THAT(refused(source), HasSubstr("column 'text_b'"));
}

}  // namespace
}  // namespace yupu::data
