#include "products/service/knowledge/readers/readers.h"

#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zip.h>

#include "base/file.h"
#include "base/testing.h"

namespace yupu::products {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// "2:Returns" for a heading, "0:..." for text.
std::vector<std::string> blocks_of(const Document& document) {
  std::vector<std::string> out;
  for (const Block& block : document.blocks)
    out.push_back(std::to_string(block.heading_level) + ":" +
                  document.text.substr(block.begin, block.end - block.begin));
  return out;
}

std::string docx(const std::vector<std::pair<std::string, std::string>>& parts) {
  const testing::TempDir dir;
  int code = 0;
  zip_t* zip = zip_open(dir.file("x.docx").c_str(), ZIP_CREATE, &code);
  for (const auto& [name, bytes] : parts) {
    zip_source_t* source = zip_source_buffer(zip, bytes.data(), bytes.size(), 0);
    EXPECT_GE(zip_file_add(zip, name.c_str(), source, ZIP_FL_ENC_UTF_8), 0);
  }
  EXPECT_EQ(zip_close(zip), 0);
  return read_file(dir.file("x.docx")).value();
}

std::string body(const std::string& inside) {
  return "<?xml version=\"1.0\"?><w:document xmlns:w=\"w\"><w:body>" + inside + "</w:body></w:document>";
}
std::string paragraph(const std::string& text, const std::string& style = "") {
  const std::string properties = style.empty() ? "" : "<w:pPr><w:pStyle w:val=\"" + style + "\"/></w:pPr>";
  return "<w:p>" + properties + "<w:r><w:t xml:space=\"preserve\">" + text + "</w:t></w:r></w:p>";
}

TEST(Markdown, BlocksAndHeadings) {
  const auto document = read_markdown(
      "---\ntitle: \"Shop rules\"\n---\n# Returns\n\nWithin **30** days,\nsee [terms](http://x) or `code`.  \nHard "
      "break.\n\n"
      "- one\n- two\n\n  more\n\n| City | Days |\n|------|-----:|\n| 上海 | 1 |\n\n```\na = 1\n  b\n```\n\n"
      "<details><summary>Who pays?</summary><p>We do.</p></details>\n\n## 退款\n\n七天内\n可退。\n");
  ASSERT_TRUE(document.ok()) << document.status().to_string();
  EXPECT_EQ(document->title, "Shop rules");
  EXPECT_THAT(blocks_of(*document), ElementsAre("1:Returns", "0:Within 30 days, see terms or code.\nHard break.",
                                                "0:one", "0:two", "0:more", "0:City | Days", "0:上海 | 1",
                                                "0:a = 1\n  b", "7:Who pays?", "0:We do.", "2:退款", "0:七天内可退。"));
  EXPECT_EQ(read_markdown("## Second\n\ntext\n\n# First\n")->title, "First");
  EXPECT_THAT(blocks_of(*read_markdown("---\nno end\n\ntext")), ElementsAre("0:no end", "0:text"));  // no front matter
}

TEST(Markdown, TheFrontMatterMaySayTheDay) {
  constexpr std::int64_t kNoon = (20'726 * 24 + 12) * 3'600'000'000'000;  // of 2026-09-30, UTC
  EXPECT_EQ(read_markdown("---\ndate: 2026-09-30\n---\ntext\n")->dated_ns, kNoon);
  EXPECT_EQ(read_markdown("---\ntitle: x\ndate: '2026-09-30 10:00:00 +0800'\n---\ntext\n")->dated_ns, kNoon);
  EXPECT_FALSE(read_markdown("---\ntitle: x\n---\ntext\n")->dated_ns.has_value());
  EXPECT_FALSE(read_markdown("date: 2026-09-30\n")->dated_ns.has_value());
  for (const char* date : {"2026-02-31", "last week", "30.09.2026"}) {
    const auto refused = read_markdown(std::string("---\ndate: ") + date + "\n---\ntext\n");
    EXPECT_EQ(refused.status().code(), Code::kInvalidArgument) << date;
    EXPECT_EQ(refused.status().field(), "date") << date;
  }
}

TEST(Html, BlocksHeadingsAndWhatIsNotRead) {
  const auto document = read_html(
      "<!doctype html><html><head><title> Shop &amp; rules </title><style>p{}</style></head><body><nav>Menu</nav>"
      "<script>var x = '<p>no</p>';</script><h1>Returns</h1>Loose <b>bold</b>text<p>Within&nbsp;30 days.<br>Really."
      "<ul><li>one<li>two</ul><dl><dt><p>Who pays?</p></dt><dd>We do.</dd></dl><table><tr><th>City<th>Days<tr><td>"
      "<p>上海</p></td><td>1</td></tr></table><pre>a = 1\n  b</pre><footer>© shop</footer></body></html>");
  ASSERT_TRUE(document.ok()) << document.status().to_string();
  EXPECT_EQ(document->title, "Shop & rules");
  EXPECT_THAT(blocks_of(*document),
              ElementsAre("1:Returns", "0:Loose boldtext", "0:Within 30 days.\nReally.", "0:one", "0:two",
                          "7:Who pays?", "0:We do.", "0:City | Days", "0:上海 | 1", "0:a = 1\n  b"));
}

TEST(Html, MainIsTheContent) {
  const auto document =
      read_html("<body><div>banner</div><main><h2>Fees</h2><p>None.</p></main><div>more</div></body>");
  EXPECT_THAT(blocks_of(*document), ElementsAre("2:Fees", "0:None."));
  EXPECT_EQ(document->title, "Fees");
}

TEST(Html, DeepNestingIsRefusedAndDoesNotCrash) {
  std::string deep, closed;
  for (int i = 0; i < 100'000; ++i) deep += "<div>";
  for (int i = 0; i < 100'000; ++i) closed += "<div>x</div><p>y<li>z";
  EXPECT_EQ(read_html(deep + "x").status().code(), Code::kInvalidArgument);
  EXPECT_TRUE(read_html(closed).ok());
  EXPECT_EQ(read_markdown(std::string(100'000, '>') + " x").status().code(), Code::kInvalidArgument);
}

// Formatting that is never closed is opened again in every paragraph: the standard wants it so.
TEST(Html, ATreeThatGrowsWithoutBoundIsRefused) {
  std::string html = "<p>";
  for (int i = 0; i < 1900; ++i) html += "<b a=" + std::to_string(i) + ">";
  for (int i = 0; i < 10'000; ++i) html += "</p><p>x";
  EXPECT_EQ(read_html(html).status().code(), Code::kTooLarge);
}

TEST(PlainText, EmptyLinesAndItemsBeginBlocks) {
  const auto document = read_plain_text(
      "\xef\xbb\xbf"
      "Returns are\nfree.\n\n1. call\n2. send\nit back\nQ: who pays?\nA：we do\r\n");
  EXPECT_THAT(blocks_of(*document),
              ElementsAre("0:Returns are free.", "0:1. call", "0:2. send it back", "0:Q: who pays?", "0:A：we do"));
}

TEST(Docx, ParagraphsHeadingsTablesAndTrackedChanges) {
  const std::string bytes = docx(
      {{"word/document.xml",
        body(paragraph("Shop", "Title") + paragraph("退换货", "a1") + paragraph("Within ") +
             "<w:p><w:r><w:t>30</w:t><w:tab/><w:t xml:space=\"preserve\"> days</w:t></w:r><w:del><w:r><w:delText>no"
             "</w:delText><w:t>gone</w:t></w:r></w:del><w:r><w:br/><w:t>sure</w:t></w:r></w:p>" +
             "<w:tbl><w:tr><w:tc>" + paragraph("City") + "</w:tc><w:tc>" + paragraph("Days") +
             "</w:tc></w:tr><w:tr>"
             "<w:tc>" +
             paragraph("上海") + paragraph("all of it") + "</w:tc><w:tc>" + paragraph("1") + "</w:tc></w:tr></w:tbl>" +
             paragraph("Fees", "Heading2"))},
       {"word/styles.xml",
        "<w:styles xmlns:w=\"w\"><w:style w:type=\"paragraph\" w:styleId=\"a1\"><w:name w:val=\"heading 1\"/></w:style>"
        "</w:styles>"},
       {"docProps/core.xml", "<cp:p xmlns:cp=\"c\" xmlns:dc=\"d\"><dc:title>Rules</dc:title></cp:p>"}});
  const auto document = read_docx(bytes);
  ASSERT_TRUE(document.ok()) << document.status().to_string();
  EXPECT_EQ(document->title, "Rules");
  EXPECT_THAT(blocks_of(*document), ElementsAre("1:Shop", "2:退换货", "0:Within", "0:30 days\nsure", "0:City | Days",
                                                "0:上海\nall of it | 1", "3:Fees"));
}

TEST(Docx, WhatIsNoneIsRefused) {
  EXPECT_THAT(read_docx("plain words").status().message(), HasSubstr("zip"));
  EXPECT_FALSE(read_docx("").ok());
  EXPECT_THAT(read_docx(docx({{"other.xml", "<x/>"}})).status().message(), HasSubstr("word/document.xml"));
  EXPECT_THAT(read_docx(docx({{"word/document.xml", "<w:document><w:body>"}})).status().message(), HasSubstr("no XML"));
  const std::string whole = docx({{"word/document.xml", body(paragraph("words and words and words"))}});
  ASSERT_TRUE(read_docx(whole).ok());
  for (std::size_t size = 0; size < whole.size(); size += 7)
    EXPECT_FALSE(read_docx(whole.substr(0, size)).ok()) << size;
}

TEST(Docx, AZipBombIsRefused) {
  const std::string bytes = docx({{"word/document.xml", body(paragraph(std::string(std::size_t{65} << 20, ' ')))}});
  ASSERT_LT(bytes.size(), std::size_t{1} << 20);
  EXPECT_EQ(read_docx(bytes).status().code(), Code::kTooLarge);
}

TEST(Docx, DeepNestingIsRead) {
  std::string open, close;
  for (int i = 0; i < 200'000; ++i) {
    open += "<w:sdt>";
    close += "</w:sdt>";
  }
  const auto document = read_docx(docx({{"word/document.xml", body(open + paragraph("inside") + close)}}));
  ASSERT_TRUE(document.ok()) << document.status().to_string();
  EXPECT_EQ(document->text, "inside");
}

struct Bad {
  const char* file;
  std::string bytes;
  Code code;
  const char* says;
};

TEST(Readers, BadInputNamesTheFile) {
  const std::vector<Bad> rows = {
      {"a/x.doc", "x", Code::kInvalidArgument, ".docx"},
      {"a/x.xyz", "x", Code::kInvalidArgument, "md markdown html"},
      {"a/x", "x", Code::kInvalidArgument, "ends in one of"},
      {"a/x.md", "", Code::kInvalidArgument, "no word"},
      {"a/x.html", "<p> … </p>", Code::kInvalidArgument, "no word"},
      {"a/x.txt", "one\ntwo \xff", Code::kInvalidArgument, "line 2, byte 8"},
      {"a/x.txt", std::string("a\0b", 3), Code::kInvalidArgument, "zero"},
      {"a/x.html", "\xff\xfe<", Code::kInvalidArgument, "UTF-16"},
      {"a/x.txt", std::string(kTextBytesMax + 1, 'a'), Code::kTooLarge, "at most"},
      {"a/x.md", "|" + std::string(5000, '|') + std::string(5000, '\n'), Code::kTooLarge, "cells"},
  };
  for (const Bad& row : rows) {
    const Status status = read_document(row.file, row.bytes).status();
    EXPECT_EQ(status.code(), row.code) << row.file;
    EXPECT_THAT(status.message(), HasSubstr(row.file));
    EXPECT_THAT(status.message(), HasSubstr(row.says));
  }
}

TEST(Readers, ANamelessDocumentIsCalledByItsFile) {
  EXPECT_EQ(read_document("faq/Returns and fees.TXT", "words")->title, "Returns and fees");
  EXPECT_EQ(read_document("x.md", "# Fees\n\nwords")->title, "Fees");
}

}  // namespace
}  // namespace yupu::products
