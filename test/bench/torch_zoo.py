"""PyTorch comparison for the stacked recipes, written plainly: Yang 2017's T-B and Lu 2019's SC-LSTM, as torch_anchor.py is for the others.

  python torch_zoo.py train --recipe yang-t-b|sc-lstm --source FILE.tsv --target FILE.tsv [--seconds 15] [--threads 0] [--batch 16]
  python torch_zoo.py tag   --recipe ...
  python torch_zoo.py check --weights FILE.json     the loss of the weights and the batch in the file (see torch-zoo.test.ts)
  … --plain         the model as its equations read, without the care below

Files: one token a line, TAB, IOB2 tag; blank line between sentences. Prints one JSON line: {"tokensPerSecond": ..., "parameters": ...}.
A fair opponent: sequences packed or reversed by an index, so that nothing is masked step by step; characters encoded once per distinct
word of the batch; sparse updates of word embeddings; batches sorted by length; the shared cell's input products taken out of the loop and
both its directions run in one; the CRF's sums over tags are matrix products (log-sum-exp over tag pairs, the usual way, is slower);
--threads 0 tries 1 and all cores and reports the faster. torch.nn.GRU resets after the recurrent product, the paper's before: as much
work. Second biases of torch's layers are zeros that are not trained, so that both programs have the same parameters.
--plain is what one writes first: torch's fused layers where there are some, every token's characters encoded, log-sum-exp over tag pairs, the shared
cell step by step and one direction after the other, one Adam or AdaGrad for all. Batches, packing and threads are as without it.
"""
import argparse
import itertools
import json
import os
import random
import time

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

IMPOSSIBLE = -1e4
LEAST = 1e-30


def one_bias(layers):
    """torch's recurrent layers have two biases a gate: keep one."""
    for name, parameter in layers.named_parameters():
        if "bias_hh" in name:
            nn.init.zeros_(parameter).requires_grad_(False)
    return layers


class SharedCell(nn.Module):
    """A bidirectional LSTM whose memory is read by the common output gate and by one gate a task (SC-LSTM Eq. 1-3): h and q, [T, B, 4H]."""

    def __init__(self, inputs, hidden, tasks):
        super().__init__()
        bound = hidden**-0.5
        weight = lambda *shape: nn.Parameter(torch.empty(*shape).uniform_(-bound, bound))
        self.hidden = hidden
        self.kernel, self.recurrent, self.bias = weight(2, inputs, 4 * hidden), weight(2, hidden, 4 * hidden), weight(2, 1, 4 * hidden)
        self.gates = nn.ModuleList(
            nn.ParameterDict({"kernel": weight(2, inputs, hidden), "recurrent": weight(2, hidden, hidden), "bias": weight(2, 1, hidden)})
            for _ in range(tasks)
        )

    def forward(self, x, backwards, task, plain):
        if plain:
            return self.step_by_step(x, backwards, task)
        steps, batch, _ = x.shape
        gate, H = self.gates[task], self.hidden
        reverse = lambda rows: rows.gather(0, backwards[:, :, None].expand(-1, -1, rows.shape[2]))
        both = torch.stack([x, reverse(x)]).flatten(1, 2)
        common = torch.baddbmm(self.bias, both, self.kernel).view(2, steps, batch, 4 * H).unbind(1)
        own = torch.baddbmm(gate["bias"], both, gate["kernel"]).view(2, steps, batch, H).unbind(1)
        h = q = c = x.new_zeros(2, batch, H)
        out = []
        for t in range(steps):
            z = torch.baddbmm(common[t], h, self.recurrent)
            mine = torch.baddbmm(own[t], q, gate["recurrent"])
            i, f, _, o = z.sigmoid().chunk(4, 2)
            c = f * c + i * z[:, :, 2 * H : 3 * H].tanh()
            seen = c.tanh()
            h, q = o * seen, mine.sigmoid() * seen
            out.append(torch.cat([h, q], 2))
        forward, backward = torch.stack(out, 1)
        return torch.cat([forward, reverse(backward)], 2)

    def step_by_step(self, x, backwards, task):
        gate, H = self.gates[task], self.hidden
        reverse = lambda rows: rows.gather(0, backwards[:, :, None].expand(-1, -1, rows.shape[2]))
        directions = []
        for d, rows in enumerate((x, reverse(x))):
            h = q = c = x.new_zeros(x.shape[1], H)
            out = []
            for row in rows:
                i, f, g, o = (row @ self.kernel[d] + h @ self.recurrent[d] + self.bias[d]).chunk(4, 1)
                mine = row @ gate["kernel"][d] + q @ gate["recurrent"][d] + gate["bias"][d]
                c = f.sigmoid() * c + i.sigmoid() * g.tanh()
                h, q = o.sigmoid() * c.tanh(), mine.sigmoid() * c.tanh()
                out.append(torch.cat([h, q], 1))
            directions.append(torch.stack(out))
        return torch.cat([directions[0], reverse(directions[1])], 2)


class Net(nn.Module):
    def __init__(self, recipe, words, characters, tags, size=None, plain=False):
        super().__init__()
        self.plain = plain
        self.is_yang = recipe == "yang-t-b"
        size = size or (dict(char=25, charHidden=80, word=50, hidden=300) if self.is_yang else dict(char=16, charHidden=128, word=100, hidden=256))
        E, C, H = size["char"], size["charHidden"], size["hidden"]
        self.rate = size.get("dropout", 0.5)
        self.word = nn.Embedding(words, size["word"], sparse=not plain)
        # The row after the alphabet stands before and after each word.
        self.char = nn.Embedding(characters + (0 if self.is_yang else 1), E)
        read = size["word"] + (2 * C if self.is_yang else C)
        if self.is_yang:
            layers = dict(num_layers=2, bidirectional=True, dropout=self.rate)
            self.characters = one_bias(nn.GRU(E, C, batch_first=True, **layers))
            self.encoder = one_bias(nn.GRU(read, H, **layers))
            self.transitions = nn.ParameterList(torch.empty(K + 2, K).uniform_(-0.1, 0.1) for K in tags)
        else:
            self.conv = nn.Conv1d(E, C, 3)
            self.encoder = one_bias(nn.LSTM(read, H, num_layers=2, bidirectional=True, dropout=self.rate))
            self.cell = SharedCell(2 * H, H, len(tags))
        self.scores = nn.ModuleList(nn.Linear((2 if self.is_yang else 4) * H, K) for K in tags)
        # May tag j follow tag i; may it begin, may it end: rows K and K+1.
        self.permitted = [permitted(K) for K in tags]

    def drop(self, x):
        return F.dropout(x, self.rate, self.training)

    def encode_characters(self, b):
        x = self.char(b["chars"])
        if self.is_yang:
            packed = pack_padded_sequence(x[:, 1:-1], b["char_lens"], batch_first=True, enforce_sorted=False)
            _, last = self.characters(packed)
            return torch.cat([last[2], last[3]], 1)
        seen = self.conv(x.transpose(1, 2))
        inside = torch.arange(seen.shape[2])[None, None] < b["char_lens"][:, None, None]
        return seen.masked_fill(~inside, -torch.inf).amax(2)

    def emissions(self, task, b):
        """[T, B, K]"""
        characters = self.encode_characters(b)[b["inverse"]]
        x = torch.cat([self.drop(self.word(b["words"])), self.drop(characters)], 2)
        h = pad_packed_sequence(self.encoder(pack_padded_sequence(x, b["lens"], enforce_sorted=False))[0])[0]
        if not self.is_yang:
            h = self.cell(self.drop(h), b["backwards"], task, self.plain)
        return self.scores[task](self.drop(h))

    def loss(self, task, b):
        e = self.emissions(task, b)
        if not self.is_yang:
            return F.cross_entropy(e[b["mask"]], b["tags"][b["mask"]])
        return crf_margin(e, self.transitions[task].masked_fill(~self.permitted[task], IMPOSSIBLE), b, self.plain)

    def decode(self, task, b):
        e = self.emissions(task, b)
        transitions = self.transitions[task] if self.is_yang else e.new_zeros(e.shape[2] + 2, e.shape[2])
        return viterbi(e, transitions.masked_fill(~self.permitted[task], IMPOSSIBLE), b)


def permitted(K):
    """IOBES: 0 is O; of label l B, I, E, S are 1+4l ... 4+4l."""
    tag = torch.arange(K)
    kind, label = torch.where(tag > 0, (tag - 1) % 4, 3), torch.where(tag > 0, (tag - 1) // 4, -1)
    opens, starts, ends = kind < 2, (kind == 0) | (kind == 3), kind >= 2
    goes_on = ((kind == 1) | (kind == 2))[None] & (label[:, None] == label[None])
    return torch.cat([torch.where(opens[:, None], goes_on, starts[None]), starts[None], ends[None]])


def crf_margin(e, transitions, b, plain, cost=0.2):
    """log sum over paths exp(score + cost of its wrong tags) - score of the gold path, added up and divided by the tokens."""
    (steps, batch, K), tags, mask, last = e.shape, b["tags"], b["mask"], b["lens"] - 1
    between, start, end = transitions[:K], transitions[K], transitions[K + 1]
    ranks = torch.arange(batch)
    gold = (e.gather(2, tags[:, :, None])[:, :, 0] * mask).sum(0) + start[tags[0]] + end[tags[last, ranks]]
    gold = gold + (between[tags[:-1], tags[1:]] * mask[1:]).sum(0)
    costly = (e + cost).scatter_add(2, tags[:, :, None], torch.full_like(e[:, :, :1], -cost))
    weights = between.exp()
    alpha = start + costly[0]
    for t in range(1, steps):
        if plain:
            later = (alpha[:, :, None] + between).logsumexp(1) + costly[t]
        else:
            top = alpha.detach().amax(1, keepdim=True)
            later = ((alpha - top).exp() @ weights).clamp_min(LEAST).log() + top + costly[t]
        alpha = torch.where(mask[t][:, None], later, alpha)
    return ((alpha + end).logsumexp(1) - gold).sum() / mask.sum()


def viterbi(e, transitions, b):
    (steps, batch, K), mask, lens = e.shape, b["mask"], b["lens"]
    between, back = transitions[:K], []
    best = transitions[K] + e[0]
    for t in range(1, steps):
        value, place = (best[:, :, None] + between).max(1)
        best = torch.where(mask[t][:, None], value + e[t], best)
        back.append(torch.where(mask[t][:, None], place, torch.arange(K)))
    tag = (best + transitions[K + 1]).argmax(1)
    path = [tag]
    for place in reversed(back):
        tag = place.gather(1, tag[:, None])[:, 0]
        path.append(tag)
    return torch.stack(path[::-1])


def read(path):
    sentences, words, tags = [], [], []
    for line in itertools.chain(open(path, encoding="utf8"), [""]):
        columns = line.rstrip("\n").split("\t")
        if line.strip():
            words.append(columns[0])
            tags.append(columns[-1])
        elif words:
            sentences.append((words, iobes(tags)))
            words, tags = [], []
    return sentences


def iobes(tags):
    out = []
    for i, tag in enumerate(tags):
        goes_on = tags[i + 1 : i + 2] == ["I-" + tag[2:]]
        first = tag[0] == "B" or tags[i - 1 : i] not in (["B-" + tag[2:]], ["I-" + tag[2:]])
        out.append(tag if tag == "O" else (("B-" if goes_on else "S-") if first else ("I-" if goes_on else "E-")) + tag[2:])
    return out


def tensors(sentences, spellings, tags, outside):
    """A batch, time first: rows of (word, place among the distinct spellings) and tag numbers a sentence."""
    lens = torch.tensor([len(sentence) for sentence in sentences])
    steps = int(lens.max())
    table = lambda rows: torch.tensor([list(row) + [0] * (steps - len(row)) for row in rows]).T.contiguous()
    chars = torch.full((len(spellings), max(map(len, spellings)) + 2), outside)
    for i, spelling in enumerate(spellings):
        chars[i, 1 : 1 + len(spelling)] = torch.tensor(spelling)
    step = torch.arange(steps)[:, None]
    return dict(
        words=table([[word for word, _ in sentence] for sentence in sentences]),
        inverse=table([[place for _, place in sentence] for sentence in sentences]),
        tags=table(tags),
        chars=chars,
        char_lens=torch.tensor([len(spelling) for spelling in spellings]),
        lens=lens,
        mask=step < lens,
        backwards=torch.where(step < lens, lens - 1 - step, step),
    )


def prepared(path_of_task, has_outside, plain):
    data = [read(path) for path in path_of_task]
    words, characters = {"<unk>": 0}, {}
    for sentence, _ in itertools.chain(*data):
        for word in sentence:
            words.setdefault(word.lower(), len(words))
            for character in word:
                characters.setdefault(character, len(characters) + 1)
    tag_ids = []
    for sentences in data:
        labels = sorted({tag[2:] for _, tags in sentences for tag in tags if tag != "O"})
        names = ["O"] + [prefix + label for label in labels for prefix in ("B-", "I-", "E-", "S-")]
        tag_ids.append({name: i for i, name in enumerate(names)})

    outside = len(characters) + 1 if has_outside else 0

    def batches(task, size):
        order = sorted(range(len(data[task])), key=lambda i: len(data[task][i][0]))
        groups = [order[i : i + size] for i in range(0, len(order), size)]
        random.shuffle(groups)
        for group in groups:
            distinct = {}
            # Plainly, each token is a spelling of its own.
            place = lambda w: distinct.setdefault((w[:25], len(distinct)) if plain else (w[:25], 0), len(distinct))
            sentences = [[(words[w.lower()], place(w)) for w in data[task][i][0]] for i in group]
            tags = [[tag_ids[task][tag] for tag in data[task][i][1]] for i in group]
            yield tensors(sentences, [[characters[c] for c in word] for word, _ in distinct], tags, outside)

    return len(words), len(characters) + 1, [len(ids) for ids in tag_ids], batches


def measure(o):
    random.seed(1)
    torch.manual_seed(1)
    words, characters, tags, batches = prepared((o.source, o.target), o.recipe == "sc-lstm", o.plain)
    net = Net(o.recipe, words, characters, tags, plain=o.plain)
    dense = [parameter for name, parameter in net.named_parameters() if (o.plain or name != "word.weight") and parameter.requires_grad]
    if o.plain:
        optimizers = [(torch.optim.Adagrad if net.is_yang else torch.optim.Adam)(dense, 1e-3)]
    elif net.is_yang:
        optimizers = [torch.optim.Adagrad(dense, 1e-3), torch.optim.Adagrad([net.word.weight], 1e-3)]
    else:
        optimizers = [torch.optim.Adam(dense, 1e-3), torch.optim.SparseAdam([net.word.weight], 1e-3)]

    def train(task, b):
        for optimizer in optimizers:
            optimizer.zero_grad()
        net.loss(task, b).backward()
        nn.utils.clip_grad_norm_(dense, 5.0)
        for optimizer in optimizers:
            optimizer.step()

    def tag(task, b):
        with torch.inference_mode():
            net.decode(task, b)

    go = train if o.what == "train" else tag
    size = o.batch if o.what == "train" else 64
    best = None
    for threads in [o.threads] if o.threads else sorted({1, os.cpu_count() or 1}):
        torch.set_num_threads(threads)
        if o.what == "train":
            work = [(task, b) for task in (0, 1) for b in itertools.islice(batches(task, size), 60)]
        else:
            net.eval()
            work = [(1, b) for b in itertools.islice(batches(1, size), 40)]
        random.shuffle(work)
        for task, b in work[:4]:
            go(task, b)
        count, started = 0, time.perf_counter()
        for task, b in itertools.cycle(work):
            go(task, b)
            count += int(b["lens"].sum())
            if time.perf_counter() - started > o.seconds:
                break
        speed = round(count / (time.perf_counter() - started))
        if best is None or speed > best["tokensPerSecond"]:
            best = dict(engine="torch " + torch.__version__, what=o.what, recipe=o.recipe, threads=threads, batch=size, tokensPerSecond=speed)
    print(json.dumps(best | dict(parameters=sum(p.numel() for p in net.parameters() if p.requires_grad))))


def check(path, plain):
    """The loss of our weights, by their names, without dropout."""
    given = json.load(open(path, encoding="utf8"))
    recipe, size, tags, batch = given["recipe"], given["size"], given["tags"], given["batch"]
    net = Net(recipe, given["words"], given["characters"], tags, size, plain).eval()
    ours = {name: torch.tensor(weight["values"]).reshape(weight["shape"]) for name, weight in given["weights"].items()}
    directions = (("", "forward"), ("_reverse", "backward"))

    def recurrent(layers, owner, count):
        for layer, (suffix, direction) in itertools.product(range(count), directions):
            path = owner + ("" if layer == 0 else f"/layer{layer + 1}") + "/" + direction
            getattr(layers, f"weight_ih_l{layer}{suffix}").copy_(ours[path + "/kernel"].T)
            getattr(layers, f"weight_hh_l{layer}{suffix}").copy_(ours[path + "/recurrent"].T)
            getattr(layers, f"bias_ih_l{layer}{suffix}").copy_(ours[path + "/bias"])

    with torch.no_grad():
        net.word.weight.copy_(ours["shared/wordEmbedding"])
        net.char.weight.copy_(ours["shared/characterEmbedding"])
        recurrent(net.encoder, "shared/wordEncoder/hard", 2)
        if net.is_yang:
            recurrent(net.characters, "shared/characterEncoder/hard", 2)
        else:
            E = size["char"]
            net.conv.weight.copy_(ours["shared/characterEncoder/hard/kernel"].reshape(3, E, -1).permute(2, 1, 0))
            net.conv.bias.copy_(ours["shared/characterEncoder/hard/bias"])
        for task, name in enumerate(("source", "target")):
            net.scores[task].weight.copy_(ours[f"{name}/decoder/projection/kernel"].T)
            net.scores[task].bias.copy_(ours[f"{name}/decoder/projection/bias"])
            if net.is_yang:
                net.transitions[task].copy_(ours[f"{name}/decoder/transitions"])
                continue
            for d, direction in enumerate(("forward", "backward")):
                for part in ("kernel", "recurrent", "bias"):
                    getattr(net.cell, part)[d].copy_(ours[f"shared/wordEncoder/hard/layer3/{direction}/{part}"])
                    net.cell.gates[task][part][d].copy_(ours[f"{name}/wordEncoder/cell/{direction}/{part}"])
    sentences = [list(zip(sentence["words"], sentence["spellings"])) for sentence in batch["sentences"]]
    b = tensors(sentences, batch["spellings"], [sentence["tags"] for sentence in batch["sentences"]], 0 if net.is_yang else given["characters"])
    loss = net.loss(given["task"], b)
    print(json.dumps(dict(loss=loss.item(), parameters=sum(p.numel() for p in net.parameters() if p.requires_grad))))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["train", "tag", "check"])
    parser.add_argument("--recipe", choices=["yang-t-b", "sc-lstm"])
    parser.add_argument("--source")
    parser.add_argument("--target")
    parser.add_argument("--weights")
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--plain", action="store_true")
    o = parser.parse_args()
    if o.what == "check":
        check(o.weights, o.plain)
    else:
        measure(o)


main()
