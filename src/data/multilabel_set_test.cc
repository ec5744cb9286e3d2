#include "data/multilabel_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing.h"

namespace yupu::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class MultilabelFile : public ::testing::Test {
 protected:
  MultilabelSource written(const std::string& name, const std::string& content) {
    EXPECT_TRUE(write_file_atomic(dir_.file(name), content).ok());
    return {.path = dir_.file(name)};
  }
  std::string refusal(const MultilabelSource& source) {
    const Status status = read_multilabel_set(source).status();
    EXPECT_EQ(status.code(), Code::kInvalidArgument);
    return status.message();
  }
  yupu::testing::TempDir dir_;
};

TEST_F(MultilabelFile, ReadsListsFromEveryFormat) {
  for (const auto& [name, content] : std::vector<std::pair<std::string, std::string>>{
           {"a.csv", "id,text,labels\n1,late  parcel,refund; delivery;refund\n2,hello,\n3,多少钱,价格\n"},
           {"a.tsv", "text\tlabels\nlate parcel\tdelivery ;refund\nhello\t \n多少钱\t价格\n"},
           {"a.jsonl",
            "{\"text\":\"late parcel\",\"labels\":[\"refund\",\"delivery\"]}\n{\"text\":\"hello\",\"labels\":[]}\n"
            "{\"text\":\"多少钱\",\"labels\":\"价格\"}\n"}}) {
    const auto set = read_multilabel_set(written(name, content));
    ASSERT_TRUE(set.ok()) << name << ": " << set.status().to_string();
    ASSERT_EQ(set->rows.size(), 3u) << name;
    EXPECT_EQ(set->rows[0].text, "late parcel");
    EXPECT_THAT(set->rows[0].labels, ElementsAre("delivery", "refund")) << name;
    EXPECT_THAT(set->rows[1].labels, IsEmpty()) << name;
    EXPECT_THAT(set->rows[2].labels, ElementsAre("价格")) << name;
    EXPECT_EQ(set->rows[1].line, name == "a.jsonl" ? 2 : 3);
    EXPECT_THAT(tasks::labels_in(*set), ElementsAre("delivery", "refund", "价格"));
  }
}

TEST_F(MultilabelFile, AnotherSeparatorAndOtherColumns) {
  MultilabelSource source = written("b.csv", "q,topics\nx,a;b||c\n");
  source.text_column = "q";
  source.label_column = "topics";
  source.separator = "||";
  const auto set = read_multilabel_set(source);
  ASSERT_TRUE(set.ok()) << set.status().to_string();
  EXPECT_THAT(set->rows[0].labels, ElementsAre("a;b", "c"));
  source.separator.clear();
  EXPECT_THAT(refusal(source), HasSubstr("separator"));
}

TEST_F(MultilabelFile, WhatIsWrongIsNamedWithFileLineAndField) {
  EXPECT_THAT(refusal(written("blank.csv", "text,labels\nx,a\ny,a;;b\n")),
              HasSubstr("blank.csv: line 3: field 'labels': "));
  EXPECT_THAT(refusal(written("none.csv", "text,label\nx,a\n")), HasSubstr("no column 'labels'"));
  EXPECT_THAT(refusal(written("text.csv", "text,labels\n ,a\n")), HasSubstr("line 2: field 'text'"));
  EXPECT_THAT(refusal(written("number.jsonl", "{\"text\":\"x\",\"labels\":[\"a\",3]}\n")),
              HasSubstr("line 1: field 'labels': 'labels' holds number"));
  EXPECT_THAT(refusal(written("object.jsonl", "{\"text\":\"x\",\"labels\":{}}\n")), HasSubstr("field 'labels'"));
  EXPECT_THAT(refusal(written("absent.jsonl", "{\"text\":\"x\"}\n")), HasSubstr("no field 'labels'"));
  EXPECT_THAT(refusal(written("plain.txt", "hello\n")), HasSubstr("plain text has one column, 'labels'"));
}

}  // namespace
}  // namespace yupu::data
