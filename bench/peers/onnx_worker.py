#!/usr/bin/env python3
"""ONNX Runtime as a contestant.  Requests: worker.py, and

    {"do": "load", "model": FILE.onnx}    {"do": "logits", "texts"}    {"do": "infer", "batches"}    {"do": "versions"}
"""
import sys

import numpy
import onnxruntime

import worker


class Peer:
    def __init__(self, threads):
        self.options = onnxruntime.SessionOptions()
        self.options.intra_op_num_threads = threads
        self.options.inter_op_num_threads = 1
        self.options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL

    def actions(self):
        return {"load": self.load, "logits": self.logits, "infer": self.infer, "versions": self.versions,
                "peak": worker.peak}

    def versions(self, _request):
        return {"onnxruntime": onnxruntime.__version__}

    def load(self, request):
        self.session = onnxruntime.InferenceSession(request["model"], self.options, ["CPUExecutionProvider"])
        self.dtype = {i.name: numpy.int32 if "int32" in i.type else numpy.int64 for i in self.session.get_inputs()}
        return {"inputs": list(self.dtype)}

    def answer(self, texts):
        shape = (len(texts), max(map(len, texts)))
        rows = {"input_ids": numpy.zeros(shape, numpy.int64), "attention_mask": numpy.zeros(shape, numpy.int64),
                "token_type_ids": numpy.zeros(shape, numpy.int64)}
        for row, text in enumerate(texts):
            rows["input_ids"][row, :len(text)] = text
            rows["attention_mask"][row, :len(text)] = 1
        return self.session.run(["logits"], {n: rows[n].astype(t, copy=False) for n, t in self.dtype.items()})[0]

    def logits(self, request):
        return {"logits": self.answer(request["texts"]).tolist()}

    def infer(self, request):
        return {"ms": [worker.ms_of(lambda: self.answer(batch)) for batch in request["batches"]]}


if __name__ == "__main__":
    worker.serve(Peer(int(sys.argv[1])).actions())
