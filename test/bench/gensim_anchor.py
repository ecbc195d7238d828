"""Word vectors in gensim, the comparison of embeddings.ts: one training of its own, and what it took.

  python gensim_anchor.py TEXT word2vec|fasttext THREADS EPOCHS SUBSAMPLE [VECTORS]

TEXT holds a sentence a line, words separated by blanks, rare ones left out already. VECTORS, where given, gets word2vec text.
Sentences are in memory before the clock starts; building the vocabulary is timed by itself.
"""
import json, sys, time
from gensim.models import FastText, Word2Vec

path, kind, threads, epochs, subsample = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5])
sentences = [line.split() for line in open(path, encoding="utf8")]
settings = dict(vector_size=100, window=5, negative=5, min_count=1, sg=1, workers=threads, seed=1, sample=subsample)
if kind == "fasttext":
    model = FastText(min_n=3, max_n=6, bucket=2_000_000, **settings)
else:
    model = Word2Vec(**settings)
started = time.perf_counter()
model.build_vocab(sentences)
built = time.perf_counter()
model.train(sentences, total_examples=model.corpus_count, epochs=epochs)
seconds = time.perf_counter() - built
if len(sys.argv) > 6:
    model.wv.save_word2vec_format(sys.argv[6])
tokens = model.corpus_total_words
print(json.dumps(dict(tokensPerSecond=tokens * epochs / seconds, prepareSeconds=built - started, tokens=tokens, words=len(model.wv))))
