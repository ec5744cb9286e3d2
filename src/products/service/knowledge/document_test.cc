#include "products/service/knowledge/document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yupu::products {
namespace {

std::vector<std::string> blocks_of(const Document& document) {
  std::vector<std::string> out;
  for (const Block& block : document.blocks) out.push_back(document.text.substr(block.begin, block.end - block.begin));
  return out;
}

TEST(DocumentWriter, FoldsWhiteSpaceAndKeepsHardBreaks) {
  DocumentWriter writer;
  writer.begin_heading(2);
  writer.add("  Returns\t and\n refunds ");
  writer.end_block();
  writer.add("one");
  writer.add_line_break();
  writer.add(" two\u00a0three\u00ad ");
  writer.end_block();
  writer.add(" \n ");
  writer.end_block();
  for (const char* piece : {"\nif ", "x", ":\r\n  y()", " \n\n"}) writer.add_verbatim(piece);
  const Document document = writer.finish(" a  title ");
  EXPECT_EQ(document.title, "a title");
  EXPECT_EQ(document.text, "Returns and refunds\n\none\ntwo three\n\nif x:\n  y()");
  EXPECT_THAT(blocks_of(document), ::testing::ElementsAre("Returns and refunds", "one\ntwo three", "if x:\n  y()"));
  EXPECT_EQ(document.blocks[0].heading_level, 2);
  EXPECT_EQ(document.blocks[1].heading_level, 0);
}

TEST(DocumentWriter, ALineEndBetweenChineseCharactersIsNothing) {
  DocumentWriter writer;
  writer.add("七天内\n可以退货，\n 免运费 与 ok\nplease");
  EXPECT_EQ(writer.finish("").text, "七天内可以退货，免运费 与 ok please");
}

TEST(DocumentWriter, CellsStandBetweenBorders) {
  DocumentWriter writer;
  for (const char* cell : {"City", " Days ", "Fee"}) {
    writer.add_cell_border();
    writer.add(cell);
  }
  EXPECT_EQ(writer.finish("").text, "City | Days | Fee");
}

TEST(DocumentWriter, InvalidBytesBecomeReplacementCharacters) {
  DocumentWriter writer;
  writer.add("a\xff");
  writer.add_verbatim("\xc3");
  EXPECT_EQ(writer.finish("").text, "a\uFFFD\uFFFD");
}

}  // namespace
}  // namespace yupu::products
