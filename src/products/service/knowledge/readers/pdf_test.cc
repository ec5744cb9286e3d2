#include "products/service/knowledge/readers/pdf.h"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/testing.h"
#include "products/service/knowledge/passages.h"
#include "products/service/knowledge/readers/child.h"
#include "products/service/knowledge/readers/pdf_program.h"

namespace yupu::products {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A PDF of these objects, numbered from 1; the first is the catalogue.
std::string pdf_of(const std::vector<std::string>& objects, const std::string& trailer = "") {
  std::string out = "%PDF-1.4\n";
  std::string table = fmt::format("xref\n0 {}\n0000000000 65535 f \n", objects.size() + 1);
  for (std::size_t i = 0; i < objects.size(); ++i) {
    table += fmt::format("{:010} 00000 n \n", out.size());
    out += fmt::format("{} 0 obj\n{}\nendobj\n", i + 1, objects[i]);
  }
  const std::size_t begin = out.size();
  return out + table +
         fmt::format("trailer\n<< /Size {} /Root 1 0 R {} >>\nstartxref\n{}\n%%EOF\n", objects.size() + 1, trailer,
                     begin);
}

std::string stream(const std::string& bytes) {
  return fmt::format("<< /Length {} >>\nstream\n{}\nendstream", bytes.size(), bytes);
}

// Pages of lines; the code 1 of font /Z is 退, 2 is 款.
std::vector<std::string> objects_of(const std::vector<std::vector<std::string>>& pages) {
  std::vector<std::string> objects = {
      "<< /Type /Catalog /Pages 2 0 R >>",
      "",
      "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
      "<< /Type /Font /Subtype /Type0 /BaseFont /Song /Encoding /Identity-H /DescendantFonts [5 0 R] /ToUnicode 6 0 R "
      ">>",
      "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Song /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) "
      "/Supplement 0 >> /DW 1000 /FontDescriptor 7 0 R >>",
      stream("/CIDInit /ProcSet findresource begin 12 dict begin begincmap 1 begincodespacerange <0000> <FFFF> "
             "endcodespacerange 2 beginbfchar <0001> <9000> <0002> <6B3E> endbfchar endcmap end end"),
      "<< /Type /FontDescriptor /FontName /Song /Flags 4 /FontBBox [0 0 1000 1000] /ItalicAngle 0 /Ascent 800 "
      "/Descent -200 /CapHeight 700 /StemV 80 >>"};
  std::string kids;
  for (const auto& lines : pages) {
    std::string drawn = "BT 12 TL 72 720 Td\n";
    for (const std::string& line : lines) {
      if (line.starts_with("<")) drawn += "/Z 12 Tf " + line + " Tj T*\n";
      if (!line.starts_with("<")) drawn += "/F 12 Tf (" + line + ") Tj T*\n";
    }
    objects.push_back(stream(drawn + "ET"));
    objects.push_back(fmt::format(
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {} 0 R /Resources << /Font << /F 3 0 "
        "R /Z 4 0 R >> >> >>",
        objects.size()));
    kids += fmt::format("{} 0 R ", objects.size());
  }
  objects[1] = fmt::format("<< /Type /Pages /Count {} /Kids [{}] >>", pages.size(), kids);
  return objects;
}

std::vector<std::string> blocks_of(const Document& document) {
  std::vector<std::string> out;
  for (const Block& block : document.blocks)
    out.push_back(
        fmt::format("{}:{}", block.page.value_or(0), document.text.substr(block.begin, block.end - block.begin)));
  return out;
}

class Pdf : public ::testing::Test {
 protected:
  void SetUp() override {
    // build/release/src/products/products_tests -> build/release/yupu-pdf-text
    const auto here = std::filesystem::read_symlink("/proc/self/exe").parent_path();
    program_ = (here / "../../yupu-pdf-text").lexically_normal().string();
    if (!std::filesystem::exists(program_)) GTEST_SKIP() << program_ << " is not there: built without poppler";
  }
  Result<Document> read(const std::string& bytes) { return read_pdf_by(program_, bytes); }

  std::string program_;
};

TEST_F(Pdf, TextWithItsPagesAndTitle) {
  auto objects = objects_of(
      {{"Tea may be returned", "within thirty days.", "Bags are welcome.", "1. Call us", "2. Send it", "back"},
       {"<00010002>"},
       {"Vouchers are valid", "for three years."}});
  objects.push_back("<< /Title (Shop rules) >>");
  const auto document = read(pdf_of(objects, fmt::format("/Info {} 0 R", objects.size())));
  ASSERT_TRUE(document.ok()) << document.status().to_string();
  EXPECT_EQ(document->title, "Shop rules");
  EXPECT_THAT(blocks_of(*document),
              ElementsAre("1:Tea may be returned within thirty days. Bags are welcome.", "1:1. Call us",
                          "1:2. Send it back", "2:退款", "3:Vouchers are valid for three years."));
  const auto passages = cut_passages(*document);
  ASSERT_EQ(passages.size(), 3U);  // none goes on over the end of a page, short as they are
  EXPECT_EQ(passages[0].page, 1);
  EXPECT_EQ(passages[2].page, 3);
}

TEST_F(Pdf, LockedScannedAndDamagedAreErrors) {
  auto objects = objects_of({{"secret words"}});
  const std::string hash(64, 'A');
  objects.push_back(fmt::format("<< /Filter /Standard /V 1 /R 2 /P -4 /O <{}> /U <{}> >>", hash, hash));
  const std::string locked = pdf_of(objects, fmt::format("/Encrypt {} 0 R /ID [<00> <00>]", objects.size()));
  EXPECT_THAT(read(locked).status().message(), HasSubstr("password"));
  const Status scanned = read(pdf_of(objects_of({{}, {}}))).status();
  EXPECT_EQ(scanned.code(), Code::kInvalidArgument);
  EXPECT_THAT(scanned.message(), HasSubstr("no text on its 2 pages"));
  for (const std::string& damaged :
       {std::string("%PDF-1.4\n"), std::string("%PDF-1.7\n%%EOF"), "%PDF-1.4\n" + std::string(100'000, '<'),
        pdf_of({"<< /Type /Catalog >>"}),
        // A tree of pages that is its own child.
        pdf_of({"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Count 1 /Kids [2 0 R] >>"})}) {
    EXPECT_EQ(read(damaged).status().code(), Code::kInvalidArgument) << damaged.substr(0, 60);
  }
  EXPECT_THAT(read("PK not a PDF").status().message(), HasSubstr("not a PDF"));
}

// Whatever is cut off or overwritten: an error or a document, and this process goes on.
TEST_F(Pdf, NoDamageReachesThisProcess) {
  const std::string whole = pdf_of(objects_of({{"words and words"}, {"<00010002>"}}));
  for (std::size_t at = 20; at < whole.size(); at += whole.size() / 8) {
    std::string scribbled = whole;
    for (std::size_t i = at; i < std::min(at + 24, whole.size()); ++i) scribbled[i] = static_cast<char>(i * 7);
    for (const std::string& bytes : {whole.substr(0, at), scribbled}) {
      const auto document = read(bytes);
      if (!document.ok()) {
        EXPECT_NE(document.status().code(), Code::kUnavailable) << document.status().to_string();
      }
    }
  }
}

TEST_F(Pdf, TimeAndMemoryHaveALimit) {
  const std::string bytes = pdf_of(objects_of({{"words"}}));
  EXPECT_EQ(read_pdf_by(program_, bytes, std::chrono::milliseconds(0)).status().code(), Code::kTooLarge);
  EXPECT_EQ(read_pdf_by("/nowhere/yupu-pdf-text", bytes).status().code(), Code::kUnavailable);
}

TEST(PdfPages, WhatTheProgramSaysIsNotTrusted) {
  const auto document = read_pdf_pages("A \xff title\nfirst\n\n1. one\n2. two\n\f\fl\xc3\f");
  ASSERT_TRUE(document.ok()) << document.status().to_string();
  EXPECT_EQ(document->title, "A \uFFFD title");
  EXPECT_THAT(blocks_of(*document), ElementsAre("1:first", "1:1. one", "1:2. two", "3:l\uFFFD"));
  for (const char* bad : {"", "title", "title\nno form feed", "\n\f", "t\n \f \f"})
    EXPECT_EQ(read_pdf_pages(bad).status().code(), Code::kInvalidArgument) << bad;
}

TEST(Child, IsGivenItsInputAndNothingElse) {
  const ChildLimits limits = {.time = std::chrono::seconds(20), .output_bytes_max = 10'000};
  auto end = run_child("/bin/sh", "echo heard; exit 7", limits);
  ASSERT_TRUE(end.ok()) << end.status().to_string();
  EXPECT_EQ(end->how, ChildEnd::How::kExited);
  EXPECT_EQ(end->number, 7);
  EXPECT_EQ(end->output, "heard\n");
  ::setenv("YUPU_SECRET", "x", 1);
  const yupu::testing::TempDir dir;
  const int open_here = ::open(dir.file("secret").c_str(), O_CREAT | O_RDWR, 0600);  // not closed on exec
  ASSERT_GE(open_here, 0);
  end =
      run_child("/bin/sh",
                "echo ${YUPU_SECRET-none}; for n in 3 4 5 6 7 8 9 10 11 12; do [ -e /proc/$$/fd/$n ] && echo $n; done; "
                "echo end",
                limits);
  ::close(open_here);
  EXPECT_EQ(end->output, "none\nend\n");
  end = run_child("/bin/sh", "kill -SEGV $$", limits);
  EXPECT_EQ(end->how, ChildEnd::How::kSignalled);
  EXPECT_EQ(end->number, SIGSEGV);
}

TEST(Child, IsEndedWhenItTakesTooLongOrSaysTooMuch) {
  const ChildLimits limits = {.time = std::chrono::milliseconds(50), .output_bytes_max = 10'000};
  EXPECT_EQ(run_child("/bin/sh", "exec sleep 60", limits)->how, ChildEnd::How::kOutOfTime);
  const ChildLimits patient = {.time = std::chrono::seconds(20), .output_bytes_max = 10'000};
  EXPECT_EQ(run_child("/bin/sh", "while :; do echo more and more; done", patient)->how, ChildEnd::How::kSaidTooMuch);
}

}  // namespace
}  // namespace yupu::products
