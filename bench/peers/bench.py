"""What every figure of the contest shares: the machine's contestants, their models, the rows that come out."""
import json
import pathlib
import subprocess
import sys

from contest import HERE, Worker, clean_environment
from workload import Workload, labels_of

ROOT = HERE.parent.parent
VOCABULARY = "bert-vocab/google_uncased_en_vocab.txt"


class Bench:
    def __init__(self, args):
        self.data, self.build, self.work = args.data, args.build, args.work
        self.threads, self.quick = args.threads, args.quick
        self.debian_python, self.compile = args.debian_python, not args.no_compile
        self.rows, self.versions, self.made = [], {}, set()
        self.log = str(self.work / "workers.log")
        self.work.mkdir(parents=True, exist_ok=True)
        self.labels = labels_of(self.data)
        (self.work / "labels.json").write_text(json.dumps(self.labels))

    # ---- contestants ----
    def _worker(self, name, command):
        worker = Worker(name, [str(part) for part in command], self.log)
        if name != "yupu":
            prefix = "debian " if name == "debian" else ""
            self.versions.update({prefix + key: value for key, value in worker.ask("versions").items()})
        return worker

    def yupu(self, precision="fp32"):
        return self._worker("yupu", [self.build / "src/tasks/tasks_peer_bench", self.threads, precision])

    def torch(self):
        return self._worker("torch", [sys.executable, HERE / "torch_worker.py", self.threads])

    def debian(self):
        """PyTorch of Debian 12, or None where it is not installed."""
        if self.debian_python is None:
            return None
        return self._worker("debian", [self.debian_python, HERE / "torch_worker.py", self.threads])

    def onnx(self):
        return self._worker("onnx", [sys.executable, HERE / "onnx_worker.py", self.threads])

    def tokenizers(self):
        return self._worker("tokenizers", [sys.executable, HERE / "tokenizers_worker.py"])

    # ---- models and texts ----
    def model(self, name, *parts):
        """WORK/NAME with the parts asked for ("onnx", "lora", "tenants"), made if absent."""
        if (name, *parts) not in self.made:
            command = [sys.executable, HERE / "models.py", self.work, self.data / VOCABULARY, self.work / "labels.json",
                       name, *("--" + part for part in parts)]
            with open(self.log, "a") as log:
                subprocess.run(list(map(str, command)), check=True, stdout=log, stderr=log, env=clean_environment())
            self.made.add((name, *parts))
        return self.work / name

    def weights(self, name):
        return (self.work / f"{name}.source").read_text()

    def workload(self):
        from tokenizers import BertWordPieceTokenizer
        tokenizer = BertWordPieceTokenizer(str(self.data / VOCABULARY), lowercase=True)
        return Workload(self.data, lambda texts: [e.ids for e in tokenizer.encode_batch(texts)], self.labels)

    # ---- rows ----
    def emit(self, row):
        self.rows.append(row)
        figures = "  ".join(f"{k} {row[k]:.4g}" for k in ("yupu", "peer", "ratio", "ratio_low", "ratio_high") if k in row)
        print(f"{row['row']:<24} {row.get('against', ''):<44} {figures}  {row.get('unit', '')}"
              f"  [{row['check']['what']}: {row['check']['difference']:.3g}]", flush=True)

    def failed(self, row, against, check):
        self.emit({"row": row, "against": against, "check": check, "unit": "NOT TIMED: the answers differ"})


def check_of(what, difference, limit):
    """The comparison that must pass before the clock is read."""
    return {"what": what, "difference": difference, "limit": limit, "passed": difference <= limit}
