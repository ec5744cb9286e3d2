#include "app/commands/commands.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "app/workplace.h"

namespace yupu::app {
namespace {

constexpr std::array kCommands{
    Command{"run", "run STRATEGY.toml [--workdir DIR] [--once] [--until STAGE] [--listen ADDR] [--json]",
            "carry out the loop of a strategy file",
            "Stages that are done for the same input are skipped; after a crash the next run goes on.\n"
            "  --workdir DIR   where everything is kept (default yupu-data)\n"
            "  --once          end when every stage is done instead of staying up as the server\n"
            "  --until STAGE   stop after data, train, test, release, accounts, visitors, collect, improve or promote\n"
            "  --listen ADDR   where to serve (default 127.0.0.1:8080)\n"
            "  --threads N     threads of the engine (default: every core)",
            run_command},
    Command{"plan", "plan STRATEGY.toml [--workdir DIR] [--json]", "say what `run` would do and why, and do nothing",
            "Names each stage, whether it would run, what changed, and how long it took the last time.", plan_command},
    Command{
        "data", "data import|crawl|mask|unmask|check|show|diff|list ...",
        "import, check, mask and look at datasets; fetch pages",
        "  data import FILE... --dataset NAME [--text COL] [--label COL] [--lang COL] [--valid X] [--test X] "
        "[--seed N]\n"
        "      [--keep-personal]   telephone numbers, cards, ... stay; else rows hold their kind: [phone] "
        "(docs/privacy.md)\n"
        "  data crawl URL... --out FILE --user-agent TEXT   pages of these hosts as rows, resumable "
        "(docs/crawling.md)\n"
        "      [--depth N] [--pages N] [--sitemaps] [--pause-ms N] [--text-bytes-min N] [--utc-offset-minutes N]\n"
        "      [--allow-private-addresses] [--json]\n"
        "  data mask FILE --out FILE [--map FILE]    the same of any file; the map leads back, keep it apart\n"
        "  data unmask FILE --map FILE --out FILE\n"
        "  data check FILE... | DATASET_ID      duplicates, conflicts, thin labels, leakage, probable label errors\n"
        "      [--train-file F] [--valid-file F] [--test-file F] [--labels on|off] [--report PREFIX]\n"
        "      exit 1 on conflicts, leakage, thin labels and unreadable rows; the rest are warnings\n"
        "      --report writes PREFIX.json and PREFIX.txt, one line per finding (docs/data-checks.md)\n"
        "  data show DATASET_ID                 counts, labels, samples\n"
        "  data diff DATASET_ID DATASET_ID      what changed from one version to the next\n"
        "  data list                            every dataset version",
        data_command},
    Command{
        "train",
        "train --task classify|tokens|embed|pairs|multilabel|generate --train FILE --valid FILE [--base DIR|--config "
        "SIZE] --out "
        "DIR ...",
        "fine-tune a model from files",
        "  --train FILE --valid FILE [--test FILE] [--text COL] [--label COL] [--lang COL]   CSV, TSV or JSONL\n"
        "  --valid none     no row to spare: every epoch is trained, the last weights are kept, uncalibrated\n"
        "  --config tiny|mini|small|medium|base   from random weights; or --base DIR: from a model directory\n"
        "  --out DIR        the model directory to write; a killed run goes on when started again\n"
        "  --epochs N --batch-tokens N --lr X --dropout X --weight-decay X --label-smoothing X --warmup X\n"
        "  --patience N --metric accuracy|macro_f1 --vocab-size N --max-length N --threads N --seed N --json\n"
        "  --on-divergence stop|best   when the loss is no number any more: an error that names the step (default), or "
        "the "
        "best\n"
        "                   epoch so far becomes the model\n"
        "  --precision fp32|bf16   bf16: products of numbers rounded to bfloat16, weights stay fp32; falls back to "
        "fp32\n"
        "  --pooling cls|mean   what the head reads: the first token, or the mean of all (docs/classify.md)\n"
        "  --wide on|off --wide-lr X --wide-decay X   a linear branch over n-grams beside the encoder (default on);\n"
        "                   --task tokens: over features of the words\n"
        "  --branch-loss B      classify: encoder and wide branch are each taught by themselves too, with weight B "
        "(default 0)\n"
        "  --method full|lora|adalora|houlsby   lora, adalora, houlsby: --base stays as it is, OUT is an adapter\n"
        "    --rank N --alpha X --targets NAME,...  what lora and adalora change (default 8, 16, query,value;\n"
        "                     query key value attention.output.dense intermediate.dense output.dense all-linear)\n"
        "    --adapter-dropout X --rslora\n"
        "    --target-rank N --tinit N --tfinal N --deltaT N --orthogonality X   adalora: from --rank (12) to N\n"
        "    --bottleneck N   houlsby (default 64)\n"
        "  --class-weights balanced|FILE|off   balanced: rare labels count for more; FILE: {\"label\": weight}\n"
        "  --layer-decay X   of the learning rate from each layer to the one below it (default 1: none)\n"
        "  --out-of-scope LABEL --target-precision X --max-wrong X --confidence X --out-of-scope-share X\n"
        "  --scope-gate auto|off|energy|mahalanobis|neighbours|background|combined   thresholds, as for "
        "calibrate (docs/classify.md)\n"
        "  --background off|rows|general|both   an output for texts that no label fits, never an answer, learned from "
        "the\n"
        "                   rows labelled out of scope, from everyday sentences, or both (default off)\n"
        "  --task tokens    named entities (docs/tokens.md), from column files, a word and its tag a line; or JSON "
        "lines:\n"
        "                   {\"text\", \"entities\": [{\"type\", \"begin\", \"end\"}]}\n"
        "    --column N --scheme auto|iob1|iob2|iobes|bmes   the tags' column (default the last) and how they are "
        "written\n"
        "    --crf on|off --crf-lr X   a linear-chain CRF on top (default off)   --cased on|off\n"
        "  --task embed     one vector per text (docs/embed.md)\n"
        "    --text A --text-b B   pairs; --negative N: a third text that is wrong; --label L: their score, a number\n"
        "    --text A --label L    labelled texts\n"
        "    --batch-size N   rows told apart from each other (default 64); --batch-tokens N at a time (4096)\n"
        "    --symmetric on|off --scale X --temperature X --pooling mean|cls --normalize on|off --cased on|off\n"
        "  --task pairs     two texts together: the same, how alike, which answers best (docs/pairs.md)\n"
        "    --text COL --text-b COL --label COL --group COL   the columns (text, text_b, label, none); rows of one\n"
        "                     group are candidates for one query\n"
        "    --target auto|classes|score   auto: numbers of more than two values are a score\n"
        "    --positive LABEL   by which candidates are ranked (default: the last of two)   --symmetric on|off\n"
        "    --loss rows|lists   lists: of each group a right candidate against its wrong ones, --list-size N (8) in "
        "all\n"
        "    --metric accuracy|macro_f1|f1|auroc|average_precision|spearman|pearson|mrr   --max-length N (128)\n"
        "  --task multilabel   any number of labels per text (docs/multilabel.md)\n"
        "    --text COL --label COL (text, labels) --separator S   between the labels of a cell (;); JSONL: arrays\n"
        "    --metric average_precision|micro_f1|macro_f1|exact_match\n"
        "    --thresholds shared|per-label|fixed   from which score on a label is said (default shared)\n"
        "  --task generate  a GPT-2 that writes on (docs/generate.md): from random weights, or --base DIR\n"
        "    --train FILE.txt    texts with an empty line between them; or CSV, TSV, JSONL with --text COL (text)\n"
        "    --prompt COL --completion COL   answers to prompts: the answer alone is learned\n"
        "  mpirun -n N yupu train ...   N processes share every update (docs/distributed.md); the result is that "
        "of one\n"
        "    --rank-timeout SECONDS     a process silent for so long counts as lost (default 20)\n"
        "  --track tensorboard:DIR|mlflow:URL|wandb:DIR   who watches; may be given several times\n"
        "  train ls [FOLDER]... [--workdir DIR] [--json]   runs of the working folder, models below the folders\n"
        "  train compare A B... [--workdir DIR] [--json]   options that differ, figures, curves; A is the id of a\n"
        "                                                  run or a model directory",
        train_command},
    Command{"tune", "tune SPACE.toml --train FILE --valid FILE --out DIR [--trials N] [--max-epochs N] [--seed N] ...",
            "hyper-parameter search over a declared space",
            "SPACE.toml declares what may vary ([tune.space.NAME]), what stays fixed ([tune.fixed]) and how to search\n"
            "([tune]); docs/tuning.md explains every key.  TPE proposes, ASHA pauses and promotes trials from their\n"
            "checkpoints.  A killed search goes on when started again; so does one that is asked for more trials.\n"
            "  --train FILE --valid FILE [--text COL] [--label COL] [--lang COL]   CSV, TSV or JSONL\n"
            "  --out DIR        DIR/model is the best trial's model; study.json, results.json, report.html\n"
            "  --trials N --max-epochs N --seed N   instead of the file's\n"
            "  --jobs N         trials at a time, each with its share of --threads (default: one, with every core)\n"
            "  --json           the results as one document",
            tune_command},
    Command{
        "pretrain", "pretrain --corpus FILE... --config SIZE|CONFIG.json --out DIR ...",
        "make a base model from raw text: masked-language-model pre-training",
        "OUT is a model directory (HuggingFace, BertForMaskedLM) that `train --base OUT` starts from; a killed run "
        "goes on\nwhen started again.\n"
        "  --corpus FILE    UTF-8 text, a paragraph or sentence a line, an empty line between documents; repeatable\n"
        "  --config tiny|mini|small|medium|base|CONFIG.json   or --base DIR: go on from a model directory\n"
        "  --vocab FILE|none --vocab-size N   none: trained on the corpus (default, 16000 tokens)\n"
        "  --steps N | --epochs N --batch-tokens N --max-length N --short-share X\n"
        "  --mask-probability X --whole-word   hide whole words (## pieces; runs of 1 to 3 ideographs)\n"
        "  --first-token-words N   ask so many words of a text of its first token too: bases for classifying\n"
        "  --lr X --warmup N --weight-decay X --clip-norm X --dropout X\n"
        "  --schedule linear|stable   stable: constant until the last --decay-steps N; may be continued with more\n"
        "                   --steps, and --decay-now begins the decay where the run stands\n"
        "  --valid-share X --eval-steps N   held-out lines, evaluated and OUT written every N updates\n"
        "  --precision fp32|bf16   of the operands of matrix products; --dtype f32|f16   of the weights in OUT\n"
        "  --checkpoint-seconds X --threads N --seed N --json\n"
        "  mpirun -n N yupu pretrain ...   as for train",
        pretrain_command},
    Command{"generate", "generate --model DIR [--prompt TEXT]... [FILE] [--max-new-tokens N] [--temperature X] ...",
            "a language model writes on from prompts",
            "DIR is of `train --task generate`, or a GPT-2 directory of HuggingFace.  One --prompt: the text appears "
            "as it is\n"
            "written.  Several, a FILE (a prompt a line; CSV, TSV, JSONL: a column prompt) or --json: one JSON line a "
            "prompt.\n"
            "  --max-new-tokens N   at most (default 128)\n"
            "  --temperature X      0 (default): the likeliest token every time; else drawn, 1: as the model says\n"
            "  --top-k N --top-p X  from the N likeliest, and from the fewest that make up X, alone\n"
            "  --repetition-penalty X   makes what stands there already less likely (1: no)\n"
            "  --stop TEXT          ends before it; may be given several times\n"
            "  --seed N --threads N --precision fp32|bf16 --json",
            generate_command},
    Command{
        "evaluate",
        "evaluate --model DIR --data FILE [--text COL] [--label COL] [--lang COL] [--out-of-scope LABEL] "
        "[--html FILE] [--precision fp32|bf16] [--json]",
        "classification report of a model on labelled rows",
        "Precision, recall, f1-score and support per label; accuracy; micro, macro and weighted averages; "
        "calibration.\n"
        "  --html FILE   also a page with charts: confusion matrix, slices, reliability, learning curve\n"
        "A model of --task tokens: FILE is a column file (--column N, --scheme NAME as for train); the report over "
        "words\n"
        "(B-PER, I-PER, O) and the report over spans, which count when type, beginning and end are right.\n"
        "A model of --task embed: --text A --text-b B (retrieval, BM25 beside it), with --label L (Spearman), or\n"
        "--text A --label L (the nearest text's label).\n"
        "A model of --task pairs: --text COL --text-b COL --label COL; classes: also AUROC and average precision; a\n"
        "score: Pearson and Spearman; with --group COL how the candidates of each query are ordered, beside BM25.\n"
        "A model of --task multilabel: --text COL --label COL --separator S; average precision, exact match too.\n"
        "A model of --task generate: perplexity, bits per byte; --text COL, or --prompt COL --completion COL.\n"
        "  --task NAME   what a directory of another library is for, where it does not say",
        evaluate_command},
    Command{
        "calibrate", "calibrate --model DIR --train FILE --valid FILE [--max-wrong X] ...",
        "fit a classifier's thresholds anew, without training",
        "What `train` does at its end, for a model that is there; DIR is rewritten.\n"
        "  --train FILE --valid FILE [--text COL] [--label COL] [--lang COL]   the rows it was trained and tried on\n"
        "  --out-of-scope LABEL   the label of texts that no label fits\n"
        "  --target-precision X   of the answers, as seen on the validation rows (default 0.95); or a promise:\n"
        "  --max-wrong X          at most this share of the answers is wrong; exit 1 when that cannot be promised\n"
        "    --confidence X       with which it holds (default 0.95)\n"
        "    --out-of-scope-share X   of the texts that will be asked (default: as among the validation rows)\n"
        "  --scope-gate auto|off|energy|mahalanobis|neighbours|background|combined   by which texts are refused as "
        "out of scope (docs/classify.md)\n"
        "  --precision fp32|bf16 --threads N --json",
        calibrate_command},
    Command{"predict", "predict --model DIR [--precision fp32|bf16] [--text T]... [FILE]", "one JSON line per text",
            "Texts from --text, or the lines of FILE, or of standard input.  A model of --task tokens gives\n"
            "{\"text\", \"entities\": [{\"type\", \"text\", \"begin\", \"end\", \"begin_byte\", \"end_byte\", "
            "\"score\"}]}, and with --scheme iob1|iob2|iobes|bmes a column file.  A model of --task embed gives "
            "{\"text\", \"embedding\"}.\n"
            "A model of --task pairs: --text A --text-b B, or FILE (CSV, TSV, JSONL) with the columns that --text and\n"
            "--text-b name (text, text_b): {\"text\", \"text_b\", \"label\", \"score\", \"relevance\"}.\n"
            "A model of --task multilabel: {\"text\", \"labels\": those said, \"ranked\": the --top-k N best}.\n"
            "A model of --task generate: as `yupu generate`, with --text for --prompt.",
            predict_command},
    Command{"models", "models list|show|promote|rollback|shadow|export|merge|quantize ...",
            "releases: which model answers",
            "  models list                       what is live and what was\n"
            "  models show NAME                  the live release, its run, figures and dataset\n"
            "  models promote NAME RELEASE_ID    make a release live\n"
            "  models rollback NAME              make the release before it live again\n"
            "  models shadow NAME                what a candidate beside the live release would decide otherwise\n"
            "      [--candidate ID]   a run or release: it reads each call from now on; --stop: it reads no more\n"
            "  models export NAME DIR            copy the live model directory (HuggingFace layout)\n"
            "  models merge ADAPTER_DIR DIR      fold a LoRA or AdaLoRA adapter into its base: a whole model\n"
            "  models quantize --model DIR --out DIR   the model with int8 weights: a quarter of the size, faster "
            "answers,\n"
            "                                    no training; evaluate, predict and serve open it like any other",
            models_command},
    Command{
        "serve",
        "serve [--strategy FILE] [--workdir DIR] [--model NAME=DIR]... [--adapters DIR] "
        "[--monitor FILE] [--listen ADDR] [--store URL]",
        "the HTTP server",
        "Serves the live releases of the working folder, and model directories given by name. Adapters of one base\n"
        "share its memory and travel in one batch.\n"
        "  --adapters DIR   a folder of adapter directories, each a model of its name, loaded when first asked for\n"
        "  --adapter-memory-mb N   memory for those that are loaded (default 1024); the longest unused go first\n"
        "  --store URL      sqlite:PATH (default WORKDIR/yupu.db), or postgresql://USER@HOST/DATABASE: several "
        "servers may\n"
        "                   stand on one database, behind nginx (docs/operate/postgresql.md)\n"
        "  --recommend      no model is needed: /v1/events and /v1/recommend (which are there with models too);\n"
        "                   of a strategy then [recommend] alone is read, and no bot served\n"
        "  --monitor FILE   the pages of its [monitor] at /monitor, for those of `yupu agents` (docs/monitor.md)\n"
        "  --listen ADDR    default 127.0.0.1:8080\n"
        "  --trusted-proxy NETWORK   an address or 10.0.0.0/8, once or more: whose X-Forwarded-For says who asks\n"
        "  --drain-seconds N   after SIGTERM: not ready, and still answering, before it stops (default 0)\n"
        "  --precision fp32|bf16   of the models' linear layers; bf16 falls back to fp32 where the processor has none\n"
        "  --request-threads N   requests in flight (default 64)\n"
        "  --queue-ms N     a call that would wait longer for a thread, or for the engine, is refused with 429 at "
        "once\n"
        "                   (default 100; 0: only when 256 wait; docs/operate/load.md)",
        serve_command},
    Command{"keys", "keys create|list|revoke ...", "API keys",
            "  keys create --tenant NAME [--name TEXT] [--scope SCOPE]...   shown once\n"
            "  keys list [--tenant NAME]\n"
            "  keys revoke KEY_ID",
            keys_command},
    Command{"plans", "plans list|set|tenants|tenant ...", "plans, prices and tenants",
            "  plans list\n"
            "  plans set NAME --monthly-tokens N --price METER=YUAN_PER_THOUSAND...\n"
            "  plans tenants\n"
            "  plans tenant NAME --plan PLAN       create a tenant or change its plan",
            plans_command},
    Command{"usage", "usage --tenant NAME [--month YYYY-MM] [--json]", "what a tenant used in a month", "",
            usage_command},
    Command{"ledger", "ledger check|balance [--tenant NAME] [--json]", "prove the books, show balances",
            "  ledger check      from nothing but entries: sums, balances, one charge an event; exit 1 when wrong\n"
            "  ledger balance --tenant NAME",
            ledger_command},
    Command{"invoices", "invoices run|list|show ...", "invoices of a month",
            "  invoices run [--month YYYY-MM]      draft while the month runs, final after its end\n"
            "  invoices list [--tenant NAME]\n"
            "  invoices show INVOICE",
            invoices_command},
    Command{
        "knowledge", "knowledge add|list|remove|search|answer|evaluate|fit|weigh|pairs ...",
        "documents a bot may quote: search, quotes",
        "Markdown, HTML, text and .docx files become passages; answers are their sentences, with citations\n"
        "(docs/knowledge.md).\n"
        "  knowledge add FILE... [--source NAME] [--passage-length N]   a file again: nothing, or its next version\n"
        "  knowledge list\n"
        "  knowledge remove SOURCE\n"
        "  knowledge search QUERY [--top-k N]         passages, best first\n"
        "  knowledge answer QUERY [--threshold X]     sentences that answer it, or none (default: the fitted one, or "
        "0.5)\n"
        "  knowledge evaluate --data FILE [--query COL] [--source COL]   recall@1,3,5,10, MRR@10, nDCG@10 by stage\n"
        "  knowledge fit --data FILE --target X [--confidence C] [--query COL] [--source COL]   from which score on to "
        "answer,\n"
        "      so that at most the share X of the answers is wrong; rows without a source are what no document "
        "answers;\n"
        "      exit 1, and nothing written, when that cannot be reached; what serves takes it from the next question "
        "on\n"
        "  knowledge weigh --data FILE [--query COL] [--source COL]   how much words count beside vectors, and the "
        "reranker\n"
        "      beside both, fitted to MRR@10; no fused order is worse on these questions; holds from the next search "
        "on\n"
        "  knowledge pairs --data FILE --out FILE.jsonl [--negatives N] [--query COL] [--source COL]   what a "
        "reranker\n"
        "      learns from (train --task pairs --loss lists --group query): right passages, and N (7) that the search\n"
        "      puts first and that are wrong\n"
        "  --embedder DIR   a model of --task embed: vectors beside words, both fused\n"
        "  --words-weight X   of words beside 1 of vectors in the fused order (default: the fitted one, or 1)\n"
        "  --reranker DIR   a model of --task pairs: orders the first 30 anew\n"
        "  --rerank-weight X   of its order beside the one before it, 0 to 1 (default: the fitted one, or 1)\n"
        "  --tenant NAME    whose documents (default: the working folder's own)\n"
        "  --workdir DIR --store URL --threads N --precision fp32|bf16 --json",
        knowledge_command},
    Command{
        "recommend",
        "recommend "
        "import|train|evaluate|forget|hide|explain|retrain|releases|promote|rollback|experiment|sponsor|rules ...",
        "what a user will want next: behaviour in, methods compared",
        "Items have id, title, description, tags, created; events id, user, item, kind, time, value, impression, "
        "position,\n"
        "surface; JSON lines, CSV or TSV\n"
        "(docs/recommend.md).  Kinds: view, click, comment, share, buy.\n"
        "  recommend import [--items FILE] [--events FILE] [--mind DIR]   again: nothing, or what changed\n"
        "  recommend train --items FILE --events FILE --out DIR   an encoder fine-tuned on behaviour before the test\n"
        "    --base DIR|--config SIZE --history N --examples N --scale X --width N   and the loop of `yupu help "
        "train`\n"
        "  recommend train --type cross-encoder --items FILE --events FILE --out DIR   a model of pairs that reads a "
        "user's\n"
        "                   last items beside a candidate\n"
        "    --negatives N (4) --examples N (4000) --max-length N (64)   and the loop and adapters of `yupu help "
        "train`\n"
        "  recommend evaluate [--items FILE --events FILE] [--mind DIR]   without files: what was imported; a folder "
        "of\n"
        "                   the MIND layout (news.tsv, behaviors.tsv; repeatable) adds AUC, MRR, nDCG of its lists\n"
        "    --test-share X | --split-time TIME   where the test begins, for all users (default: the last 0.1)\n"
        "    --valid-share X   of the events before it, to choose settings by (0.1)\n"
        "    --protocol next|list   a question at every new thing a user did, or one a user (next)\n"
        "    --relevant KIND   what is to be foretold: this kind and stronger ones (click)\n"
        "    --weight KIND=X   what an event of a kind counts (1 2 3 4 5), repeatable\n"
        "    --embedder DIR    a model of --task embed: items by their texts   --model DIR   of recommend train\n"
        "    --cross-encoder DIR   the ranker's first fifty read again by it: method cross\n"
        "    --method NAME     popularity, item-knn, ease, next, bpr, words, text, frozen, tower, ranker, cross; "
        "repeatable\n"
        "                      (default: all)\n"
        "    --relevance X --tag-share X   by which lists are varied, to say what that costs (0.8, 0.5)\n"
        "    --resamples N --cold-user-events N --seed N --threads N --precision fp32|bf16\n"
        "    --impressions FILE   of train: what users were shown; what they passed over is learned from too\n"
        "  recommend forget USER   remove every event of a user, and every list they were given\n"
        "  recommend hide ITEM [--undo]   into no list of /v1/recommend any more; at once\n"
        "  recommend explain USER ITEM   what of the user's history carries the item's score\n"
        "  recommend retrain   learn anew and serve it, if the guard finds it no worse than what serves; else exit 1\n"
        "    --slice X --lambda X --trees N --depth N --lr X --model DIR|--no-model   what is different from that\n"
        "    --cross-encoder DIR|--no-cross-encoder\n"
        "    --loss-max X (0.02 of nDCG@10)  --questions N (500)  --users-min N (10)  --hold: not live yet\n"
        "    --test-share X | --split-time TIME, --relevant KIND, --seed N as of evaluate\n"
        "  recommend releases | promote RELEASE | rollback   [--reason TEXT]\n"
        "  recommend experiment NAME [--days N]   click rate and positive rate of both arms, and how far apart\n"
        "  recommend sponsor set NAME --item ITEM --bid YUAN --budget YUAN [--payer TENANT] | stop NAME | list\n"
        "                      an item somebody pays for, in a slot beside the lists: at most so much a click, a day\n"
        "  recommend rules [FILE | --clear]   what is pinned, lifted, capped, blocked in lists: as JSON; without a "
        "file: which\n"
        "  --tenant NAME    whose (default: the working folder's own)\n"
        "  --workdir DIR --store URL --json",
        recommend_command},
    Command{"monitor",
            "monitor run|push|topics|alarms|ack|silence|notices|replay|rescore|judgements|latency STRATEGY.toml ...",
            "what is said of the topics of [monitor], and who is told of a surge",
            "Documents are kept once, reprints are one story, topics are counted by five minutes (docs/monitor.md).\n"
            "  monitor run STRATEGY.toml [--once]                   reads files, looks for surges, tells routes\n"
            "  monitor push STRATEGY.toml FILE... [--source NAME]   JSON lines, read on from where they were left\n"
            "  monitor topics STRATEGY.toml [--hours N]             states, counts of the last N hours (24), sources\n"
            "  monitor alarms STRATEGY.toml [--audit] [--limit N]   what fires and fired; or the log of everything\n"
            "  monitor ack STRATEGY.toml ALARM --by NAME [--note TEXT]\n"
            "  monitor silence STRATEGY.toml --by NAME --minutes N [--topic NAME] [--note TEXT] | --end ID\n"
            "  monitor notices STRATEGY.toml [--state waiting|sent|dead] [--resend ID] [--test ROUTE] [--limit N]\n"
            "  monitor replay STRATEGY.toml [--days N]              what the file's rules would have raised\n"
            "  monitor judgements STRATEGY.toml [--export FILE.csv] [--limit N]   what people said of sentiments\n"
            "  monitor rescore STRATEGY.toml     what is stored, by the model of [monitor.sentiment] that is live now\n"
            "  monitor latency STRATEGY.toml [--hours N]            from publication to being counted, by percentiles\n"
            "  --workdir DIR --store URL --json;  run, push, rescore: --threads N, --precision fp32|bf16 of that model",
            monitor_command},
    Command{"answers", "answers test STRATEGY.toml [--workdir DIR] [--json]",
            "the conversation tests of a strategy, on the model that answers now",
            "Plays every [[service.test]] of the strategy; exit 1, and the differences, when an answer has changed.\n"
            "`yupu run` does the same before a run is released (docs/strategy.md).",
            answers_command},
    Command{"conversations", "conversations list|show|close|return|delete ...", "what visitors and bots have said",
            "  conversations list [--waiting|--tickets] [--bot NAME] [--visitor ID] [--tenant NAME]\n"
            "                     [--limit N]\n"
            "      --waiting   those that wait for a person and are nobody's yet, the most urgent first\n"
            "      --tickets   what visitors left who found nobody on duty: how to reach them\n"
            "  conversations show ID       what was said\n"
            "  conversations return ID     give it back to the bot\n"
            "  conversations close ID      end it: the visitor's next message begins another\n"
            "  conversations delete --visitor ID | --before DATE | --idle-days N [--bot NAME] [--tenant NAME]\n"
            "      with their messages, traces, feedback and stored answers; the next dataset has nothing of them\n"
            "      (docs/conversations.md)",
            conversations_command},
    Command{"agents", "agents add|list|remove|notices ...", "the people who take over from the bot",
            "  agents add NAME [--skills zh,refund] [--limit N] [--manager] [--tenant NAME]   the token is shown once\n"
            "      --skills   languages and intents; without: anything\n"
            "      --limit    conversations at a time (3)\n"
            "      --manager  may also decide what the shop says: which release answers, documents, tests\n"
            "  agents list [--tenant NAME]\n"
            "  agents remove NAME [--tenant NAME]   their conversations go back to the queue\n"
            "  agents notices STRATEGY.toml [--state waiting|sent|dead] [--resend ID] [--test ROUTE] [--limit N]\n"
            "      what the routes of [[service.notify]] are told while nobody looks at the console (docs/agents.md)\n"
            "  --tenant   needed where there are several",
            agents_command},
    Command{"connectors", "connectors outbox [--state waiting|sent|dead] [--connector NAME] [--resend ID] ...",
            "texts on their way to WeCom, DingTalk, Feishu and webhooks",
            "Connectors stand in the strategy file as [[connector]] (docs/connectors.md); `serve` and `run` keep them "
            "going.\n"
            "  connectors outbox               texts, the newest first, and messages that were given up\n"
            "  connectors outbox --resend ID   a dead one is tried again\n"
            "  --limit N --workdir DIR --store URL --json",
            connectors_command},
    Command{

        "feedback", "feedback add|list|opinions|misses|summary|report ...", "ratings, corrections and misses",
        "  feedback add --trace ID [--rating 1|-1] [--correction LABEL] [--reason TEXT]\n"
        "  feedback list [--model NAME]        corrections as labelled rows, JSON lines\n"
        "  feedback opinions [--model NAME]    what counts of votes, scores of conversations and corrections, newest\n"
        "                                      first, each with the call it is about\n"
        "  feedback misses [--model NAME]\n"
        "  feedback summary [--model NAME]\n"
        "  feedback report --model NAME [--tenant NAME] [--days 30] [--calls FILE] [--entries FILE] [--texts]\n"
        "      calls, resolved without a person, refused, wrong answers, hits and misses of every entry; FILE ends\n"
        "      in .csv or .jsonl; --texts: with what was asked (docs/misses.md)",
        feedback_command},
    Command{"misses", "misses list|accept|merge|ignore ...", "questions that were not answered, by what they are about",
            "  misses list                                   clusters, those of most visitors first\n"
            "  misses accept CLUSTER --intent LABEL [--new]  rows of the next dataset; --new opens the intent\n"
            "  misses merge CLUSTER --into CLUSTER           one subject from now on\n"
            "  misses ignore CLUSTER                         not shown any more\n"
            "  each with --strategy STRATEGY.toml (its embedder compares, where it has one) or --model NAME, and\n"
            "  [--tenant NAME] [--days 30] [--json] (docs/misses.md)",
            misses_command},
    Command{"improve", "improve STRATEGY.toml [--workdir DIR] [--json]",
            "next round: corrections -> dataset -> candidate -> gate",
            "Releases the candidate only when it beats the live release on the same held-out rows; otherwise says "
            "which slice fell.",
            improve_command},
    Command{
        "rounds", "rounds STRATEGY.toml [--once|--list] [--workdir DIR] [--store URL] [--threads N] [--json]",
        "rounds that begin by themselves: improvement and conversation tests",
        "Looks every 30 s whether the rules of the strategy say that something is due, and carries it out, beside "
        "the server:\n"
        "[improve] after_corrections and at, [service] tests_at (docs/strategy.md). Who is told: [[service.notify]].\n"
        "  --once    carries out what is due now and ends, for a timer\n"
        "  --list    what was carried out and what came of it, the newest first; --limit N (20)",
        rounds_command},
    Command{"promote", "promote report --model NAME [--workdir DIR]",
            "the technical report, every number bound to a record",
            "Writes WORKDIR/site/report.zh.html and report.en.html.", promote_command},
    Command{"help", "help [COMMAND]", "this list, or one command explained", "", help_command},
    Command{"version", "version", "the version", "", version_command},
};

}  // namespace

std::span<const Command> commands() { return kCommands; }

const Command* find_command(std::string_view name) {
  const auto* found =
      std::find_if(kCommands.begin(), kCommands.end(), [&](const Command& command) { return command.name == name; });
  return found == kCommands.end() ? nullptr : found;
}

Status help_command(Arguments& arguments) {
  const bool names_only = arguments.flag("--names");
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(0, 1, "command"));
  std::string text;
  if (!words.empty()) {
    const Command* command = find_command(words[0]);
    if (command == nullptr) return not_found(fmt::format("there is no command '{}'", words[0]));
    text = fmt::format("yupu {}\n\n{}.", command->usage, command->summary);
    if (!command->details.empty()) text += fmt::format("\n\n{}", command->details);
  } else if (names_only) {
    for (const Command& command : kCommands) text += fmt::format("{}{}", text.empty() ? "" : "\n", command.name);
  } else {
    text = fmt::format("yupu {}: the loop of a language-model company as software\n", kVersion);
    for (const Command& command : kCommands) text += fmt::format("\n  {:<13} {}", command.name, command.summary);
    text += "\n\n`yupu help COMMAND` explains each. Start with: yupu run examples/shop/strategy.toml";
  }
  print_text(text);
  return ok_status();
}

Status version_command(Arguments& arguments) {
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  print_text(kVersion);
  return ok_status();
}

}  // namespace yupu::app
