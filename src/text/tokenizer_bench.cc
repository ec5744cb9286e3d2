// Megabytes of text per second, one thread: `build/release/src/text/text_tokenizer_bench`.
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/check.h"
#include "text/tokenizers/wordpiece/train.h"

namespace {

using yupu::text::EncodeOptions;
using yupu::text::Tokenizer;

const std::vector<std::string> kChinese{"我的快递到哪里了?物流信息三天没有更新。",
                                        "这件外套太小了,我想退货,运费谁来承担?",
                                        "请把发票开给我们公司,税号写在订单备注里。"};
const std::vector<std::string> kEnglish{"Where is my parcel? The tracking page has not moved for three days.",
                                        "I would like to return the blue jacket, it is too small for me.",
                                        "Do you ship to Hong Kong, and how much does shipping cost?"};
const std::vector<std::string> kAccents{"Où est mon colis? Ça fait déjà trois journées, très étrange à l'été."};

void encode(benchmark::State& state, const std::vector<std::string>& lines) {
  std::vector<std::string> corpus = kChinese;
  corpus.insert(corpus.end(), kEnglish.begin(), kEnglish.end());
  corpus.insert(corpus.end(), kAccents.begin(), kAccents.end());
  const auto tokenizer = yupu::text::make_wordpiece(
      yupu::text::train_vocabulary(corpus, {.vocab_size = 2000, .min_frequency = 1}).value());
  const Tokenizer& encoder = **tokenizer;
  std::int64_t bytes = 0;
  std::int64_t tokens = 0;
  for (auto _ : state) {
    for (const std::string& line : lines) {
      const auto encoding = encoder.encode(line);
      CHECK(encoding.ids.size() > 2, "an empty encoding");
      tokens += static_cast<std::int64_t>(encoding.ids.size());
      bytes += static_cast<std::int64_t>(line.size());
    }
  }
  state.SetBytesProcessed(bytes);
  state.counters["tokens/s"] = benchmark::Counter(static_cast<double>(tokens), benchmark::Counter::kIsRate);
}

BENCHMARK_CAPTURE(encode, chinese, kChinese);
BENCHMARK_CAPTURE(encode, english, kEnglish);
BENCHMARK_CAPTURE(encode, accents, kAccents);

}  // namespace

BENCHMARK_MAIN();
