#include "data/tag_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing.h"

namespace yupu::data {
namespace {

using tasks::Scheme;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class TagSetFile : public ::testing::Test {
 protected:
  TagSource written(const std::string& content) {
    EXPECT_TRUE(write_file_atomic(dir_.file("a.conll"), content).ok());
    return {.path = dir_.file("a.conll")};
  }
  yupu::testing::TempDir dir_;
};

TEST_F(TagSetFile, TheSchemeIsReadOffTheTags) {
  const auto of = [&](const std::string& content) { return *detect_scheme(written(content)); };
  EXPECT_EQ(of("a B-X\nb I-X\n\nc O\n"), Scheme::kIob2);
  EXPECT_EQ(of("a I-X\nb I-X\n\nc O\n"), Scheme::kIob1);
  EXPECT_EQ(of("a I-X\nb B-X\n"), Scheme::kIob1);  // two neighbours
  EXPECT_EQ(of("a B-X\nb E-X\n"), Scheme::kIobes);
  EXPECT_EQ(of("a S-X\n"), Scheme::kIobes);
  EXPECT_EQ(of("a B-X\nb M-X\nc E-X\n"), Scheme::kBmes);
  EXPECT_EQ(of("a O\n"), Scheme::kIob2);
  // One broken sentence does not make a file iob1.
  EXPECT_EQ(of("a B-X\n\nb B-X\n\nc I-X\n"), Scheme::kIob2);
}

TEST_F(TagSetFile, BrokenSequencesAreRepairedAndCounted) {
  const auto set = read_tag_set(written("a B-X\n\nb B-X\nc O\n\nd O\ne I-X\nf I-Y\n"));
  ASSERT_TRUE(set.ok()) << set.status().to_string();
  EXPECT_EQ(set->scheme, Scheme::kIob2);
  EXPECT_EQ(set->repaired_sentences, 1);
  EXPECT_EQ(set->repaired_tags, 2);
  EXPECT_EQ(set->first_repaired_line, 7);
  ASSERT_EQ(set->sentences.size(), 3u);
  EXPECT_THAT(tasks::tag_texts(set->sentences[2].tags, Scheme::kIob2), ElementsAre("O", "B-X", "B-Y"));
  EXPECT_THAT(set->sentences[2].lines, ElementsAre(6, 7, 8));
}

TEST_F(TagSetFile, AColumnMayBeNamed) {
  TagSource source = written("a B-X 1\nb O 2\n");
  EXPECT_THAT(detect_scheme(source).status().message(), HasSubstr("line 1: \"1\" is no tag"));
  source.tag_column = 1;
  const auto set = read_tag_set(source);
  ASSERT_TRUE(set.ok()) << set.status().to_string();
  EXPECT_EQ(set->sentences[0].tags[0].type, "X");
}

TEST_F(TagSetFile, BadFilesAreNamedWithTheLine) {
  EXPECT_THAT(read_tag_set(written("")).status().message(), HasSubstr("a.conll: no sentence in it"));
  EXPECT_THAT(read_tag_set(written("\n\n-DOCSTART- O\n")).status().message(), HasSubstr("no sentence"));
  EXPECT_THAT(read_tag_set(written("a O\nb\n")).status().message(), HasSubstr("line 2"));
  EXPECT_THAT(read_tag_set(written("a B-X\nb E-X\n\nc M-X\nd I-X\n")).status().message(), HasSubstr("line 5"));
  TagSource source = written("a B-X\nb Q-X\n");
  source.scheme = Scheme::kIob2;
  EXPECT_THAT(read_tag_set(source).status().message(), HasSubstr("line 2: \"Q-X\""));
  EXPECT_EQ(read_tag_set({.path = dir_.file("nowhere")}).status().code(), Code::kNotFound);
}

}  // namespace
}  // namespace yupu::data
