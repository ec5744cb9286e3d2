#include "data/acquire/files/csv.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing.h"
#include "data/acquire/files/importers.h"
#include "data/acquire/files/testing.h"

namespace yupu::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::pieces;

std::vector<CsvRecord> read_all(const std::string& bytes, std::size_t piece = SIZE_MAX, CsvOptions options = {}) {
  CsvReader reader(pieces(bytes, piece), options);
  std::vector<CsvRecord> records;
  for (CsvRecord record; reader.next(record).value();) records.push_back(record);
  return records;
}

TEST(Csv, QuotesLineEndsAndBom) {
  const std::string bytes = "\xEF\xBB\xBFtext,label\r\n\"a \"\"b\"\"\nc, d\",x\r\n\n\"\",\n5\" wide,y\rlast,";
  for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7}, SIZE_MAX}) {
    const auto records = read_all(bytes, piece);
    ASSERT_EQ(records.size(), 5u) << piece;
    EXPECT_THAT(records[0].fields, ElementsAre("text", "label"));
    EXPECT_THAT(records[1].fields, ElementsAre("a \"b\"\nc, d", "x"));
    EXPECT_THAT(records[2].fields, ElementsAre("", ""));
    EXPECT_THAT(records[3].fields, ElementsAre("5\" wide", "y"));
    EXPECT_THAT(records[4].fields, ElementsAre("last", ""));
    EXPECT_EQ(records[1].line, 2);
    EXPECT_EQ(records[2].line, 5);  // after the two lines of the quoted field and an empty one
    EXPECT_EQ(records[3].line, 6);
    EXPECT_EQ(records[4].line, 7);
    for (const CsvRecord& record : records) EXPECT_EQ(record.problem, "");
  }
}

TEST(Csv, NulBytesPassThrough) {
  const auto records = read_all(std::string("a\0b,c\n", 6));
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].fields[0], std::string("a\0b", 3));
}

TEST(Csv, TextAfterClosingQuoteSpoilsOnlyItsRecord) {
  const auto records = read_all("\"a\"b,c\nd,e\n");
  ASSERT_EQ(records.size(), 2u);
  EXPECT_THAT(records[0].problem, HasSubstr("closing quote"));
  EXPECT_EQ(records[0].problem_reason, "malformed");
  EXPECT_EQ(records[1].problem, "");
}

TEST(Csv, OpenQuoteNamesItsLine) {
  const auto records = read_all("a,b\nc,\"d\ne,f\n");
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[1].line, 2);
  EXPECT_THAT(records[1].problem, HasSubstr("opened on line 2 is never closed"));
}

TEST(Csv, LongRecordIsCutAndMarked) {
  const auto records = read_all("a," + std::string(5000, 'x') + "\nb,c\n", 100, {.record_bytes_max = 1000});
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].problem_reason, "record_too_long");
  EXPECT_LE(records[0].fields[1].size(), 1000u);
  EXPECT_THAT(records[1].fields, ElementsAre("b", "c"));
}

TEST(Csv, TooManyFieldsIsAProblemNotMemory) {
  const auto records = read_all(std::string(10'000, ',') + "\na\n");
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].problem_reason, "malformed");
  EXPECT_LE(records[0].fields.size(), 4096u);
}

class Files : public ::testing::Test {
 protected:
  std::string write(const std::string& name, std::string_view bytes) {
    std::ofstream(dir_.file(name), std::ios::binary) << bytes;
    return dir_.file(name);
  }
  yupu::testing::TempDir dir_;
};

using CsvRows = Files;
using Jsonl = Files;
using PlainText = Files;
using Importers = Files;

TEST_F(CsvRows, MissingColumnListsTheColumnsFound) {
  const auto rows = open_rows({.path = write("shop.csv", "query, intent\na,b\n"), .name = "shop.csv"});
  ASSERT_FALSE(rows.ok());
  EXPECT_EQ(rows.status().code(), Code::kInvalidArgument);
  EXPECT_EQ(rows.status().field(), "text");
  EXPECT_EQ(rows.status().message(), "shop.csv: line 1: no column 'text'; the columns are: query, intent");
}

TEST_F(CsvRows, EmptyFileDoubleColumnFolderAndMissingFile) {
  EXPECT_THAT(open_rows({.path = write("e.csv", "")}).status().message(),
              HasSubstr("e.csv: line 1: the file is empty"));
  EXPECT_THAT(open_rows({.path = write("d.csv", "text,label,text\n")}).status().message(),
              HasSubstr("'text' stands twice"));
  EXPECT_EQ(open_rows({.path = dir_.file("none.csv")}).status().code(), Code::kNotFound);
  ASSERT_TRUE(make_directories(dir_.file("folder.csv")).ok());
  EXPECT_THAT(open_rows({.path = dir_.file("folder.csv")}).status().message(), HasSubstr("is a folder"));
}

TEST_F(CsvRows, Utf16IsNamed) {
  EXPECT_THAT(open_rows({.path = write("u.csv", "\xFF\xFEt")}).status().message(), HasSubstr("UTF-16"));
}

TEST_F(CsvRows, RaggedRowKeepsTheOthers) {
  auto rows = open_rows({.path = write("r.csv", "text,label\na\nb,c,d\ne,f\n")}).value();
  RawRow row;
  ASSERT_TRUE(rows->next(row).value());
  EXPECT_EQ(row.problem->reason, "ragged");
  EXPECT_EQ(row.problem->detail, "1 fields, the header has 2");
  ASSERT_TRUE(rows->next(row).value());
  EXPECT_EQ(row.problem->detail, "3 fields, the header has 2");
  ASSERT_TRUE(rows->next(row).value());
  EXPECT_FALSE(row.problem);
  EXPECT_EQ(row.text, "e");
  EXPECT_EQ(row.line, 4);
  EXPECT_FALSE(rows->next(row).value());
}

TEST_F(CsvRows, ALanguageColumnAskedForMustBeThere) {
  const std::string path = write("l.csv", "text,label\na,b\n");
  EXPECT_TRUE(open_rows({.path = path}).ok());
  EXPECT_EQ(open_rows({.path = path, .lang_column = "language"}).status().field(), "language");
}

TEST_F(Jsonl, RowsProblemsAndNumberLabels) {
  const std::string path = write("a.jsonl",
                                 "{\"text\":\"hi\",\"label\":\"greet\",\"lang\":\"en\",\"other\":[1]}\r\n\n"
                                 "{\"text\":\"two\",\"label\":7}\n"
                                 "{\"text\":\"x\"\n"
                                 "[1]\n"
                                 "{\"query\":\"x\",\"label\":\"y\"}\n"
                                 "{\"text\":5,\"label\":\"y\"}");
  auto rows = open_rows({.path = path}).value();
  std::vector<RawRow> all;
  for (RawRow row; rows->next(row).value();) all.push_back(row);
  ASSERT_EQ(all.size(), 6u);
  EXPECT_EQ(all[0].label, "greet");
  EXPECT_EQ(all[0].lang, "en");
  EXPECT_EQ(all[1].line, 3);
  EXPECT_EQ(all[1].label, "7");
  EXPECT_EQ(all[2].problem->reason, "malformed");
  EXPECT_EQ(all[3].problem->detail, "a JSON object was expected, this is array");
  EXPECT_EQ(all[4].problem->detail, "no field 'text'; the fields are: label, query");
  EXPECT_EQ(all[5].problem->detail, "'text' must be a string, not number");
  EXPECT_EQ(rows->sha256().size(), 64u);
}

TEST_F(Jsonl, ATenMegabyteLineIsOneReject) {
  const std::string path = write("long.jsonl", "{\"text\":\"" + std::string(10 << 20, 'x') +
                                                   "\",\"label\":\"a\"}\n{\"text\":\"b\",\"label\":\"c\"}\n");
  auto rows = open_rows({.path = path}).value();
  RawRow row;
  ASSERT_TRUE(rows->next(row).value());
  EXPECT_EQ(row.problem->reason, "record_too_long");
  ASSERT_TRUE(rows->next(row).value());
  EXPECT_EQ(row.text, "b");
}

TEST_F(PlainText, OneTextALine) {
  auto rows = open_rows({.path = write("a.txt", "\xEF\xBB\xBFone\n\n  \ntwo\r\nthree"), .fixed_label = "x"}).value();
  std::vector<std::string> texts;
  std::vector<std::int64_t> lines;
  for (RawRow row; rows->next(row).value();) {
    texts.push_back(row.text);
    lines.push_back(row.line);
  }
  EXPECT_THAT(texts, ElementsAre("one", "two", "three"));
  EXPECT_THAT(lines, ElementsAre(1, 4, 5));
}

TEST_F(PlainText, NeedsALabelOrNone) {
  const std::string path = write("a.txt", "one\n");
  EXPECT_EQ(open_rows({.path = path}).status().field(), "label");
  EXPECT_TRUE(open_rows({.path = path, .label_column = ""}).ok());
}

TEST_F(Importers, UnknownExtensionListsTheKnown) {
  const Status status = open_rows({.path = "shop.xlsx"}).status();
  EXPECT_EQ(status.code(), Code::kInvalidArgument);
  EXPECT_THAT(status.message(), HasSubstr("known: .csv .tsv .tab .jsonl .ndjson .txt"));
}

TEST_F(Importers, ExtensionsAreReadInAnyCase) {
  auto rows = open_rows({.path = write("A.TSV", "text\tlabel\na,b\tc\n")}).value();
  RawRow row;
  ASSERT_TRUE(rows->next(row).value());
  EXPECT_EQ(row.text, "a,b");
}

}  // namespace
}  // namespace yupu::data
