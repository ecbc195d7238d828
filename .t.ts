import { importJob } from '/work/main/worker/jobs/import.ts';
import { trainJob } from '/work/main/worker/jobs/train.ts';
import { recipeNamed } from '/work/main/worker/domain/zoo.ts';
import { withSettings } from '/work/main/worker/domain/recipe.ts';
const [recipe, seed, ...settings] = process.argv.slice(2);
const docs: any[] = [];
async function load(path: string, role: string, split: string, only?: string[]) {
  for await (const e of importJob({ kind: 'import', format: 'auto', paths: [path], ...(only ? { only } : {}) } as any)) if (e.kind === 'document') docs.push({ ...e.document, role, split });
}
import fs from 'node:fs';
const D = '/work/shared/data/';
let t0 = performance.now();
await load(D + 'chia-i2b2-2010', 'source', 'train');
await load(D + 'maccrobat-brat/train', 'target', 'train', fs.readFileSync(D + 'maccrobat-brat/train-10pct.txt', 'utf8').trim().split('\n'));
await load(D + 'maccrobat-brat/dev', 'target', 'dev'); await load(D + 'maccrobat-brat/test', 'target', 'test');
console.log('docs', docs.length, ((performance.now() - t0) / 1000).toFixed(1));
async function* stream() { yield* docs; }
const job: any = { kind: 'train', recipe: withSettings(recipeNamed(recipe!), settings), seed: Number(seed), embeddingsFile: D + 'clinical-100d.txt.gz' };
const g = trainJob(job, stream(), new AbortController().signal);
let n = await g.next();
for (; !n.done; n = await g.next()) { const e: any = n.value; if (e.kind === 'epoch') console.log(JSON.stringify(e.epoch, (k, v) => typeof v === 'number' ? +v.toFixed(4) : v)); if (e.kind === 'prepared') console.log(e); }
const r: any = n.value; console.log(recipe, seed, 'epochs', r.epochs, 'best', r.bestEpoch, 's', r.seconds.toFixed(0), 'tok/s', r.tokensPerSecond.toFixed(0), 'dev', r.dev.strict.micro.f1.toFixed(4), 'TEST micro', r.test.strict.micro.f1.toFixed(4), 'macro', r.test.strict.macro.f1.toFixed(4), 'gold', r.test.goldSpans, 'rss', (process.memoryUsage().rss/1e6).toFixed(0));
