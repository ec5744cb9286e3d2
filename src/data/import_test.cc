#include "data/import.h"

#include <filesystem>
#include <fstream>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/testing.h"
#include "data/clean/clean.h"
#include "data/rows.h"
#include "handoff/types.h"
#include "store/testing.h"

namespace yupu::data {
namespace {

using ::testing::HasSubstr;

class Import : public ::testing::Test {
 protected:
  void SetUp() override { store_ = store::open_store(yupu::testing::url_in(dir_)).value(); }

  ImportSource source(const std::string& name, std::string_view bytes) {
    std::ofstream(dir_.file(name), std::ios::binary) << bytes;
    return {.path = dir_.file(name), .name = name};
  }
  Result<handoff::Record> run(ImportOptions options) {
    options.name = "shop";
    return import_dataset(options, dir_.path(), *store_, clock_, progress_);
  }
  // `count` rows a label, every text another.
  static std::string many(int count, const std::vector<std::string>& labels) {
    std::string csv = "text,label,lang\n";
    for (int i = 0; i < count; ++i) {
      for (const std::string& label : labels) csv += fmt::format("text {} about {},{},en\n", i, label, label);
    }
    return csv;
  }
  std::string file_of(const handoff::Record& record, const std::string& file) {
    return dir_.path() + "/" + record.body["directory"].get<std::string>() + "/" + file;
  }
  std::vector<handoff::Row> rows_of(const handoff::Record& record, const std::string& split) {
    return read_rows(file_of(record, split + ".jsonl")).value();
  }
  std::vector<Json> rejects_of(const handoff::Record& record) {
    std::vector<Json> rejects;
    std::ifstream in(file_of(record, "rejects.jsonl"));
    for (std::string line; std::getline(in, line);) rejects.push_back(parse_json(line).value());
    return rejects;
  }
  std::vector<std::string> dataset_folders() {
    std::vector<std::string> names;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(dir_.path() + "/datasets", none)) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }

  yupu::testing::TempDir dir_;
  std::unique_ptr<store::Store> store_;
  FakeClock clock_{1'700'000'000'000'000'000};
  handoff::SilentProgress progress_;
};

TEST_F(Import, SplitsStratifiedAndEveryRowIsAccountedFor) {
  const auto record =
      run({.sources = {source("a.csv", many(50, {"refund", "order"}))}, .valid_fraction = 0.1, .test_fraction = 0.2});
  ASSERT_TRUE(record.ok()) << record.status().to_string();
  const auto dataset = handoff::Dataset::from_json(record.value().body).value();
  EXPECT_EQ(dataset.row_counts, (std::map<std::string, std::int64_t>{{"train", 70}, {"valid", 10}, {"test", 20}}));
  EXPECT_EQ(dataset.labels, (std::vector<std::string>{"order", "refund"}));
  EXPECT_EQ(dataset.label_counts.at("refund"), 50);
  EXPECT_EQ(dataset.source_sha256.at("a.csv"), file_sha256(dir_.file("a.csv")).value());
  std::set<std::string> texts;
  for (const std::string split : {"train", "valid", "test"}) {
    std::map<std::string, int> labels;
    for (const auto& row : rows_of(*record, split)) {
      EXPECT_TRUE(texts.insert(row.text).second);
      EXPECT_EQ(row.lang, "en");
      ++labels[row.label];
    }
    EXPECT_EQ(labels["refund"], labels["order"]) << split;
  }
  EXPECT_EQ(texts.size(), 100u);
  EXPECT_EQ(rows_of(*record, "train")[0].source.substr(0, 6), "a.csv:");
}

TEST_F(Import, TwiceIsTheSameRecordAndTheSameBytes) {
  const ImportOptions options{.sources = {source("a.csv", many(20, {"x", "y"}))}};
  const auto first = run(options).value();
  const std::string train = read_file(file_of(first, "train.jsonl")).value();
  clock_.advance_ns(1'000'000'000);
  const auto second = run(options).value();
  EXPECT_EQ(first.id, second.id);
  EXPECT_EQ(first.created_ns, second.created_ns);
  EXPECT_EQ(read_file(file_of(second, "train.jsonl")).value(), train);
  EXPECT_EQ(dataset_folders().size(), 1u);  // no second version, no staging folder left

  // Elsewhere: another folder, another store, the rows' order kept.
  yupu::testing::TempDir other;
  auto store = store::open_store(yupu::testing::fresh_url()).value();
  ImportOptions same = options;
  same.name = "shop";
  EXPECT_EQ(import_dataset(same, other.path(), *store, clock_, progress_).value().id, first.id);

  // A damaged folder is put right.
  std::ofstream(file_of(first, "test.jsonl")) << "damaged";
  EXPECT_EQ(run(options).value().id, first.id);
  EXPECT_EQ(rows_of(first, "test").size(), 4u);

  ImportOptions reseeded = options;
  reseeded.seed = 2;
  EXPECT_NE(run(reseeded).value().id, first.id);
}

TEST_F(Import, TheSplitOfATextDoesNotDependOnTheOrderOfTheFile) {
  std::string forward = many(30, {"x", "y"});
  std::vector<std::string> lines;
  for (std::size_t at = forward.find('\n') + 1; at < forward.size();) {
    const std::size_t end = forward.find('\n', at) + 1;
    lines.push_back(forward.substr(at, end - at));
    at = end;
  }
  std::string backward = "text,label,lang\n";
  for (auto it = lines.rbegin(); it != lines.rend(); ++it) backward += *it;
  const auto texts = [&](const handoff::Record& record) {
    std::set<std::string> out;
    for (const auto& row : rows_of(record, "test")) out.insert(row.text);
    return out;
  };
  EXPECT_EQ(texts(run({.sources = {source("f.csv", forward)}}).value()),
            texts(run({.sources = {source("b.csv", backward)}}).value()));
}

TEST_F(Import, DuplicatesAndConflictsAreReportedWithLinesAndLabels) {
  const auto record =
      run({.sources = {source("a.csv", many(5, {"x", "y"}) + "Same Text,x,en\n"     // line 12
                                                             "same  text,y,en\n"    // 13: a conflict with 12
                                                             "TEXT 0 about x,x,\n"  // 14: a duplicate of line 2
                                                             "same text,x,\n")}});  // 15
  ASSERT_TRUE(record.ok()) << record.status().to_string();
  const auto dataset = handoff::Dataset::from_json(record.value().body).value();
  EXPECT_EQ(dataset.conflict_count, 1);
  EXPECT_EQ(dataset.duplicate_count, 1);
  EXPECT_EQ(dataset.rejected_count, 4);
  const auto rejects = rejects_of(*record);
  ASSERT_EQ(rejects.size(), 4u);
  EXPECT_EQ(rejects[0]["line"], 12);
  EXPECT_EQ(rejects[0]["reason"], "conflict");
  EXPECT_EQ(rejects[0]["detail"], "the same text is 'x' here and 'y' at a.csv:13");
  EXPECT_EQ(rejects[0]["text"], "Same Text");
  EXPECT_EQ(rejects[1]["detail"], "the same text is 'y' here and 'x' at a.csv:12");
  EXPECT_EQ(rejects[2]["reason"], "duplicate");
  EXPECT_EQ(rejects[2]["detail"], "the same text and label at a.csv:2");
  EXPECT_EQ(rejects[3]["reason"], "conflict");
  EXPECT_EQ(record.value().body["rejects"], (Json{{"conflict", 3}, {"duplicate", 1}}));
}

TEST_F(Import, ATextOfTheTestSetLeavesTrain) {
  ImportSource test = source("test.csv", "text,label\ntext 0 ABOUT x,x\nnew one,y\n");
  test.fixed_split = "test";
  const auto record =
      run({.sources = {source("train.csv", many(10, {"x", "y"})), test}, .valid_fraction = 0.1, .test_fraction = 0});
  ASSERT_TRUE(record.ok()) << record.status().to_string();
  EXPECT_EQ(rows_of(*record, "test").size(), 2u);
  EXPECT_EQ(rows_of(*record, "train").size() + rows_of(*record, "valid").size(), 19u);
  EXPECT_EQ(record.value().body["rejects"], (Json{{"leakage", 1}}));
  const auto rejects = rejects_of(*record);
  EXPECT_EQ(rejects[0]["file"], "train.csv");
  EXPECT_EQ(rejects[0]["detail"], "the text is in the test set, at test.csv:2");
}

TEST_F(Import, SplitColumn) {
  ImportSource all = source(
      "a.jsonl",
      "{\"text\":\"a\",\"label\":\"x\",\"part\":\"train\"}\n{\"text\":\"b\",\"label\":\"x\",\"part\":\"train\"}\n"
      "{\"text\":\"c\",\"label\":\"x\",\"part\":\"dev\"}\n{\"text\":\"d\",\"label\":\"x\",\"part\":\"tset\"}\n");
  all.split_column = "part";
  const auto record = run({.sources = {all}}).value();
  EXPECT_EQ(rows_of(record, "train").size(), 2u);
  EXPECT_EQ(rows_of(record, "valid").size(), 1u);
  EXPECT_EQ(rejects_of(record)[0]["reason"], "bad_split");
}

TEST_F(Import, BadRowsAreRejectedWithLineAndReason) {
  const std::string csv = many(3, {"x", "y"}) + "only one field\n" + "bad \xFF utf,x,en\n" +
                          std::string("nul \0 byte,x,en\n", 16) + "\"" + std::string(100'000, 'z') + "\",x,en\n" +
                          " ,x,en\n" + "no label,,en\n" + "lang,x,chinese!\n" + "\"open,x,en\n";
  const auto record = run({.sources = {source("a.csv", csv)}});
  ASSERT_TRUE(record.ok()) << record.status().to_string();
  std::vector<std::string> reasons;
  std::vector<int> lines;
  for (const Json& reject : rejects_of(*record)) {
    reasons.push_back(reject["reason"]);
    lines.push_back(reject["line"]);
    EXPECT_LE(reject["text"].get<std::string>().size(), 400u);
  }
  EXPECT_THAT(reasons, ::testing::ElementsAre("ragged", "invalid_utf8", "nul_byte", "text_too_long", "blank_text",
                                              "blank_label", "bad_lang", "malformed"));
  EXPECT_THAT(lines, ::testing::ElementsAre(8, 9, 10, 11, 12, 13, 14, 15));
  EXPECT_EQ(handoff::Dataset::from_json(record.value().body).value().rejected_count, 8);
}

TEST_F(Import, ALabelWithOneExampleIsNamedBeforeAnythingIsWritten) {
  const auto record = run({.sources = {source("a.csv", many(5, {"x"}) + "lonely,gift_wrap,en\n")}});
  ASSERT_FALSE(record.ok());
  EXPECT_EQ(record.status().code(), Code::kInvalidArgument);
  EXPECT_EQ(record.status().field(), "label");
  EXPECT_THAT(record.status().message(),
              HasSubstr("label 'gift_wrap' has 1 example to train on (first seen at a.csv:7)"));
  EXPECT_TRUE(dataset_folders().empty());
  EXPECT_TRUE(handoff::list_records(*store_, "dataset").value().empty());
  EXPECT_TRUE(
      run({.sources = {source("b.csv", many(5, {"x"}) + "lonely,gift_wrap,en\n")}, .min_examples_per_label = 1}).ok());
  // A text no label fits needs no second of its kind.
  EXPECT_TRUE(run({.sources = {source("c.csv", many(5, {"x"}) + "nonsense,out_of_scope,en\n")}}).ok());
}

TEST_F(Import, NothingLeftSaysWhy) {
  const auto record = run({.sources = {source("gbk.csv", "text,label\n\xC4\xE3\xBA\xC3,x\n\xD4\xD9\xBC\xFB,x\n")}});
  ASSERT_FALSE(record.ok());
  EXPECT_THAT(record.status().message(), HasSubstr("none of 2 rows can be used (2 invalid_utf8)"));
  EXPECT_THAT(record.status().message(), HasSubstr("gbk.csv: line 2"));
  EXPECT_TRUE(dataset_folders().empty());
  EXPECT_FALSE(run({.sources = {source("empty.jsonl", "")}}).ok());
}

TEST_F(Import, OptionsAreChecked) {
  const ImportSource a = source("a.csv", many(5, {"x"}));
  EXPECT_EQ(run({.sources = {}}).status().field(), "sources");
  EXPECT_EQ(run({.sources = {a, a}}).status().field(), "path");
  EXPECT_EQ(run({.sources = {a}, .valid_fraction = 0.6, .test_fraction = 0.5}).status().field(), "valid_fraction");
  ImportSource split = a;
  split.fixed_split = "tset";
  EXPECT_EQ(run({.sources = {split}}).status().field(), "fixed_split");
  ImportSource gone = a;
  gone.path += ".gone.csv";
  EXPECT_EQ(run({.sources = {gone}}).status().code(), Code::kNotFound);
}

TEST_F(Import, TextsWithoutLabels) {
  ImportSource text = source("corpus.txt", "one\ntwo\nthree\nONE\n");
  text.label_column = "";
  const auto record = run({.sources = {text}, .valid_fraction = 0.34, .test_fraction = 0}).value();
  EXPECT_EQ(rows_of(record, "train").size(), 2u);
  EXPECT_EQ(rows_of(record, "valid").size(), 1u);
  EXPECT_TRUE(record.body["labels"].empty());
}

TEST_F(Import, AKilledImportLeavesNothingForLong) {
  // What a process that was killed leaves behind: a staging folder with the id of a process that is no more.
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  const std::string stale = fmt::format("{}/datasets/.staging-{}-0", dir_.path(), child);
  ASSERT_TRUE(make_directories(stale).ok());
  ASSERT_TRUE(run({.sources = {source("a.csv", many(5, {"x"}))}}).ok());
  EXPECT_FALSE(file_exists(stale));
}

// In a child with its own mounts: a disk of 256 kB as the working folder. Exit status 0 = as it should be.
int import_on_a_small_disk(const ImportOptions& options, const std::string& workdir, bool& may) {
  may = ::unshare(CLONE_NEWNS) == 0 || ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0;
  may = may && ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
  may = may && ::mount("tmpfs", workdir.c_str(), "tmpfs", 0, "size=256k") == 0;
  if (!may) return 0;
  auto store = store::open_store(yupu::testing::fresh_url()).value();
  FakeClock clock(1);
  handoff::SilentProgress progress;
  const auto record = import_dataset(options, workdir, *store, clock, progress);
  if (record.ok() || record.status().code() != Code::kResourceExhausted) return 1;
  std::error_code error;
  if (!std::filesystem::is_empty(workdir + "/datasets", error)) return 2;
  return handoff::list_records(*store, "dataset").value().empty() ? 0 : 3;
}

TEST_F(Import, AFullDiskIsAnErrorAndLeavesNothing) {
  const ImportOptions options{.name = "shop", .sources = {source("a.csv", many(5000, {"x", "y"}))}};
  const std::string workdir = dir_.file("small");
  ASSERT_TRUE(make_directories(workdir).ok());
  const pid_t child = ::fork();
  if (child == 0) {
    bool may = false;
    const int status = import_on_a_small_disk(options, workdir, may);
    ::_exit(may ? status : 77);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "needs the right to mount a tmpfs";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST_F(Import, CheckSourcesSaysWhatAnImportWouldFind) {
  const auto report =
      check_sources({.name = "shop",
                     .sources = {source("a.csv", many(5, {"x", "y"}) + "same,x,en\nSAME,y,en\ntext 0 about x,x,\n"
                                                                       "alone,z,en\nshort\n")}},
                    progress_);
  ASSERT_TRUE(report.ok()) << report.status().to_string();
  const Json& json = report.value();
  EXPECT_EQ(json["ok"], false);
  EXPECT_EQ(json["rows"], 15);
  EXPECT_EQ(json["conflicts"], 1);
  EXPECT_EQ(json["duplicates"], 1);
  EXPECT_EQ(json["rejects"]["ragged"], 1);
  EXPECT_EQ(json["thin_labels"], (Json{{{"label", "z"}, {"examples", 1}, {"first", "a.csv:15"}}}));
  EXPECT_EQ(json["examples"].size(), 4u);
  EXPECT_EQ(json["examples"][1]["text"], "same");
  EXPECT_TRUE(dataset_folders().empty());
}

TEST_F(Import, ReadLabelledFileNamesFileLineAndField) {
  const auto error = [&](const std::string& name, std::string_view bytes) {
    const auto rows = read_labelled_file(source(name, bytes));
    return rows.ok() ? std::string("ok") : rows.status().message();
  };
  EXPECT_EQ(error("a.csv", "text,label\nhi,greet\n,greet\n"), "a.csv: line 3: field 'text': the text is blank");
  EXPECT_EQ(error("b.csv", "text,label\nhi,\n"), "b.csv: line 2: field 'label': the label is blank");
  EXPECT_EQ(error("c.jsonl", "{\"text\":\"a\"}\n"),
            "c.jsonl: line 1: field 'label': no field 'label'; the fields are: text");
  EXPECT_EQ(error("d.csv", "text,label\n"), "d.csv: no rows in the file");
  EXPECT_EQ(error("e.csv", "text,label\n" + std::string(100'000, 'x') + ",y\n"),
            "e.csv: line 2: field 'text': the text has 100000 bytes, at most 65536 are taken");
  EXPECT_EQ(error("f.csv", "text,label\na\xFF,y\n"),
            "f.csv: line 2: field 'text': byte 1 of the text is not valid UTF-8");
  const auto rows = read_labelled_file(source("g.csv", "text,label,lang\nhi,greet,EN\nhi,greet,en\n")).value();
  ASSERT_EQ(rows.size(), 2u);  // duplicates stay
  EXPECT_EQ(rows[0].lang, "en");
  EXPECT_EQ(rows[1].source, "g.csv:3");
}

TEST_F(Import, ALabelMayBeNamedToMeanOutOfScope) {
  ImportSource file = source("o.csv", "text,label\nhi,greet\nsing,oos\n");
  file.out_of_scope = "oos";
  const auto rows = read_labelled_file(file).value();
  EXPECT_EQ(rows[0].label, "greet");
  EXPECT_EQ(rows[1].label, handoff::kOutOfScope);
}

TEST_F(Import, ReadRowsRefusesWhatItDidNotWrite) {
  const auto message = [&](std::string_view bytes) {
    return read_rows(source("r.jsonl", bytes).path).status().message();
  };
  EXPECT_THAT(message("{\"text\":\"a\"}\n{\"text\":1}\n"), HasSubstr("r.jsonl: line 2: 'text' must be a string"));
  EXPECT_THAT(message("{\"text\":\"a\",\"lable\":\"x\"}\n"), HasSubstr("unknown field 'lable'"));
  EXPECT_THAT(message("{\"text\":\"\"}\n"), HasSubstr("'text' is empty"));
  EXPECT_THAT(message("nonsense\n"), HasSubstr("line 1: not valid JSON"));
  EXPECT_EQ(read_rows(dir_.file("none.jsonl")).status().code(), Code::kNotFound);
  const handoff::Row row{.text = "a \"b\"\n语", .label = "x", .lang = "", .source = "f:1"};
  EXPECT_EQ(row_line(row), "{\"text\":\"a \\\"b\\\"\\n语\",\"label\":\"x\",\"source\":\"f:1\"}\n");
}

TEST_F(Import, PersonalDataReachesNoFile) {
  const std::string csv = many(3, {"x", "y"}) + "call 13812345678 today,x,en\n" + "身份证330102198506151238,y,zh\n" +
                          "6222020212345678909 " + std::string(100'000, 'z') + ",x,en\n" +
                          "not one: 330102198506151239,y,en\n" + "call 13912345678 today,x,en\n";
  const auto record = run({.sources = {source("a.csv", csv)}});
  ASSERT_TRUE(record.ok()) << record.status().to_string();
  std::string kept;
  for (const char* file : {"train.jsonl", "valid.jsonl", "test.jsonl", "rejects.jsonl", "dataset.json"})
    kept += read_file(file_of(*record, file)).value();
  for (const char* number : {"13812345678", "13912345678", "330102198506151238", "6222020212345678909"})
    EXPECT_EQ(kept.find(number), std::string::npos) << number;
  for (const char* text : {"call [phone] today", "身份证[id_card]", "[bank_card] zz", "not one: 330102198506151239"})
    EXPECT_NE(kept.find(text), std::string::npos) << text;
  // Two that differ in the number alone are one text.
  EXPECT_EQ(handoff::Dataset::from_json(record->body)->duplicate_count, 1);
  EXPECT_EQ(record->body["masked"].size(), text::kPersonalKindCount);

  ImportOptions raw{.sources = {source("b.csv", csv)}};
  raw.mask = {};
  const auto whole = run(raw);
  ASSERT_TRUE(whole.ok()) << whole.status().to_string();
  EXPECT_FALSE(whole->body.contains("masked"));
  EXPECT_NE(read_file(file_of(*whole, "rejects.jsonl"))->find("6222020212345678909"), std::string::npos);
}

}  // namespace
}  // namespace yupu::data
