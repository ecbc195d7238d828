"""Scores tag sequences with seqeval and nervaluate; cases come as JSON on stdin, scores go as JSON to stdout."""
import json, sys, warnings
warnings.simplefilter("ignore")
from nervaluate import Evaluator
from seqeval.metrics.sequence_labeling import precision_recall_fscore_support as default
from seqeval.metrics.v1 import precision_recall_fscore_support as strict
from seqeval import scheme as schemes

def seqeval(gold, predicted, scheme):
    score = default if scheme is None else lambda *a, **k: strict(*a, scheme=getattr(schemes, scheme), **k)
    overall = [[float(x) for x in score(gold, predicted, average=name)[:3]] for name in ("micro", "macro", "weighted")]
    labels = [list(map(float, values)) for values in zip(*score(gold, predicted, average=None)[:3])]
    return {"overall": overall, "labels": labels}

def nervaluate(gold, predicted):
    labels = sorted({tag[2:] for tags in gold + predicted for tag in tags if tag != "O"})
    found = Evaluator(gold, predicted, labels, loader="list").evaluate()
    names = ("strict", "exact", "partial", "ent_type")
    row = lambda r: [r.precision, r.recall, r.f1, r.correct, r.incorrect, r.partial, r.missed, r.spurious]
    return {"overall": [row(found["overall"][n]) for n in names], "labels": [[row(found["entities"][l][n]) for n in names] for l in labels]}

cases = json.load(sys.stdin)
print(json.dumps([nervaluate(c["gold"], c["predicted"]) if c["tool"] == "nervaluate" else seqeval(c["gold"], c["predicted"], c["scheme"]) for c in cases]))
