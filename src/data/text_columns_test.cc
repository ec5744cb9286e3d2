#include "data/text_columns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing.h"

namespace yupu::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Kind = TextColumn::Kind;

const std::vector<TextColumn> kColumns = {{"a", Kind::kText}, {"b", Kind::kText}, {"score", Kind::kNumber}};

TEST(TextColumns, ReadsThemByNameFromEveryFormat) {
  const yupu::testing::TempDir dir;
  const std::pair<const char*, const char*> files[] = {
      {"x.csv", "score,b,other,a\n4.5,\"two, b\",x, one  a \n-1,b2,y,a2\n"},
      {"x.tsv", "score\tb\tother\ta\n4.5\ttwo, b\tx\tone  a\n-1\tb2\ty\ta2\n"},
      {"x.jsonl", "{\"score\":4.5,\"b\":\"two, b\",\"a\":\"one  a\"}\n{\"score\":\"-1\",\"b\":\"b2\",\"a\":\"a2\"}\n"}};
  for (const auto& [name, content] : files) {
    ASSERT_TRUE(write_file_atomic(dir.file(name), content).ok());
    const auto rows = read_columns(dir.file(name), kColumns);
    ASSERT_TRUE(rows.ok()) << rows.status().to_string();
    ASSERT_EQ(rows->size(), 2u) << name;
    EXPECT_THAT((*rows)[0].cells, ElementsAre("one a", "two, b", ""));
    EXPECT_THAT((*rows)[0].numbers, ElementsAre(0.0, 0.0, 4.5));
    EXPECT_EQ((*rows)[1].numbers[2], -1.0);
    EXPECT_EQ((*rows)[1].line, std::string_view(name) == "x.jsonl" ? 2 : 3);
  }
}

TEST(TextColumns, WhatIsWrongIsNamedWithFileLineAndField) {
  const yupu::testing::TempDir dir;
  const auto refused = [&](const std::string& name, const std::string& content, std::span<const TextColumn> columns) {
    EXPECT_TRUE(write_file_atomic(dir.file(name), content).ok());
    const Status status = read_columns(dir.file(name), columns).status();
    EXPECT_EQ(status.code(), Code::kInvalidArgument) << name;
    EXPECT_THAT(status.message(), HasSubstr(name));
    return status.message();
  };
  EXPECT_THAT(refused("c.csv", "a,score\nx,1\n", kColumns), HasSubstr("line 1: no column 'b'"));
  EXPECT_THAT(refused("e.csv", "a,b,score\nx,y,1\nx, ,1\n", kColumns), HasSubstr("line 3: field 'b': "));
  EXPECT_THAT(refused("t.csv", "a,b,score\n ,y,1\n", kColumns), HasSubstr("line 2: field 'a': "));
  EXPECT_THAT(refused("n.csv", "a,b,score\nx,y,1\nx,y,good\n", kColumns),
              HasSubstr("line 3: field 'score': \"good\" is no number"));
  EXPECT_THAT(refused("i.csv", "a,b,score\nx,y,inf\n", kColumns), HasSubstr("field 'score'"));
  EXPECT_THAT(refused("j.jsonl", "{\"a\":\"x\",\"score\":1}\n", kColumns), HasSubstr("line 1: field 'b': no field"));
  EXPECT_THAT(refused("m.jsonl", "{\"a\":7,\"b\":\"y\",\"score\":1}\n", kColumns), HasSubstr("field 'a': 'a' must be"));
  EXPECT_THAT(refused("r.csv", "a,b,score\nx,y\n", kColumns), HasSubstr("line 2: 2 fields"));
  EXPECT_THAT(refused("z.csv", "a,b,score\n", kColumns), HasSubstr("no rows"));
  EXPECT_THAT(refused("p.txt", "hello\n", kColumns), HasSubstr("plain text has one column, 'b'"));
  EXPECT_THAT(refused("d.csv", "a\nx\n", std::vector<TextColumn>{{"a", Kind::kText}, {"a", Kind::kText}}),
              HasSubstr("column 'a' is asked for twice"));
  EXPECT_THAT(refused("l.csv", "a,l\nx,\n", std::vector<TextColumn>{{"a", Kind::kText}, {"l", Kind::kLabel}}),
              HasSubstr("line 2: field 'l': "));
  EXPECT_EQ(read_columns(dir.file("nowhere.csv"), kColumns).status().code(), Code::kNotFound);
}

}  // namespace
}  // namespace yupu::data
