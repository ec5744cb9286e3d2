#include "data/objects.h"

#include <fstream>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing.h"

namespace yupu::data {
namespace {

using ::testing::HasSubstr;

class Objects : public ::testing::Test {
 protected:
  Status read(const std::string& name, std::string_view bytes) {
    const std::string path = dir_.file(name);
    std::ofstream(path, std::ios::binary) << bytes;
    rows_.clear();
    return read_objects(path, [this](std::int64_t line, const Json& object) {
      rows_.emplace_back(line, object);
      return object.contains("bad") ? invalid_argument("field 'bad': no", "bad") : ok_status();
    });
  }
  std::vector<Json> objects() const {
    std::vector<Json> all;
    for (const auto& [line, object] : rows_) all.push_back(object);
    return all;
  }
  yupu::testing::TempDir dir_;
  std::vector<std::pair<std::int64_t, Json>> rows_;
};

TEST_F(Objects, LinesAndCellsGiveTheSameRows) {
  ASSERT_TRUE(read("a.jsonl", "{\"id\":\"1\",\"t\":\"x, y\"}\n\n{\"id\":\"2\"}\n").ok());
  EXPECT_EQ(rows_[1].first, 3);
  const std::vector<Json> lines = objects();
  ASSERT_TRUE(read("a.csv", "\xEF\xBB\xBFid, t\n1,\"x, y\"\n\n2,\n").ok());
  EXPECT_EQ(objects(), lines);
  ASSERT_TRUE(read("a.tsv", "id\tt\n1\tx, y\n\n2\t\n").ok());
  EXPECT_EQ(objects(), lines);
  EXPECT_EQ(rows_[1].first, 4);
  EXPECT_FALSE(rows_[1].second.contains("t"));
}

TEST_F(Objects, WhatIsWrongIsNamedWithItsLine) {
  EXPECT_THAT(read("a.jsonl", "{\"id\":1}\n[1]\n").message(), HasSubstr("a.jsonl: line 2: a JSON object was expected"));
  EXPECT_THAT(read("a.jsonl", "{\"id\":1\n").message(), HasSubstr("a.jsonl: line 1: "));
  EXPECT_THAT(read("a.csv", "a,b\n1,2\n1\n").message(), HasSubstr("a.csv: line 3: 1 fields, the header has 2"));
  EXPECT_THAT(read("a.csv", "a,b,a\n").message(), HasSubstr("line 1: column 'a' stands twice"));
  EXPECT_THAT(read("a.csv", "a,b\n").message(), HasSubstr("no rows"));
  EXPECT_THAT(read("a.csv", "").message(), HasSubstr("the file is empty"));
  EXPECT_THAT(read("a.xml", "<a/>").message(), HasSubstr("'.xml' is none of"));
  const Status taken = read("a.csv", "ok,bad\n1,\n1,2\n");
  EXPECT_THAT(taken.message(), HasSubstr("a.csv: line 3: field 'bad': no"));
  EXPECT_EQ(taken.field(), "bad");
  EXPECT_EQ(read_objects(dir_.file("none.csv"), [](std::int64_t, const Json&) { return ok_status(); }).code(),
            Code::kNotFound);
}

}  // namespace
}  // namespace yupu::data
