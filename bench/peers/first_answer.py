#!/usr/bin/env python3
"""What a Python user writes to get one answer: first_answer.py DIR TEXT.  Prints {"label", "score"}."""
import json
import sys

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained(sys.argv[1])
model = AutoModelForSequenceClassification.from_pretrained(sys.argv[1]).eval()
with torch.inference_mode():
    scores = model(**tokenizer(sys.argv[2], return_tensors="pt")).logits[0].softmax(-1)
best = int(scores.argmax())
print(json.dumps({"label": model.config.id2label[best], "score": float(scores[best])}))
