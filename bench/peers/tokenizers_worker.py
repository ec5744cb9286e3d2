#!/usr/bin/env python3
"""HuggingFace tokenizers on one thread as a contestant.  Requests: worker.py, and

    {"do": "tokenizer", "model": DIR}
    {"do": "tokenize", "texts": [TEXT..], "rounds": N, "fast": BOOL}  -> {"ids", "ms"}    fast: without offsets
"""
import os
import sys

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"
import tokenizers
from tokenizers import BertWordPieceTokenizer

import worker


class Peer:
    def actions(self):
        return {"tokenizer": self.open, "tokenize": self.tokenize, "versions": self.versions, "peak": worker.peak}

    def versions(self, _request):
        return {"tokenizers": tokenizers.__version__}

    def open(self, request):
        self.tokenizer = BertWordPieceTokenizer(request["model"] + "/vocab.txt", lowercase=True)
        return {"vocabulary": self.tokenizer.get_vocab_size()}

    def tokenize(self, request):
        work = self.tokenizer._tokenizer.encode_batch_fast if request["fast"] else self.tokenizer.encode_batch
        texts, times, found = request["texts"], [], []
        for _ in range(request["rounds"]):
            times.append(worker.ms_of(lambda: found.append(work(texts))))
            del found[:-1]
        return {"ids": [e.ids for e in found[-1]], "ms": times}


if __name__ == "__main__":
    worker.serve(Peer().actions())
