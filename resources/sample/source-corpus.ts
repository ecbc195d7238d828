/** The sample's source: discharge summaries in the manner of i2b2/VA 2010 with its three labels. */
import { seededRandom } from '../../worker/domain/random.ts';
import { type Category, pick, type Tiers } from './lexicon.ts';
import { i2b2Files, type Mark, type Marked, unmarked } from './render.ts';
import { sharedProse, sourceItems, sourceProse } from './sentences.ts';
import { type Writer, writer } from './writer.ts';

const documents = 150;

/** `Anatomy` is marked only to be joined to the problem beside it: i2b2 has no label for a body part alone. */
const labels: Readonly<Partial<Record<Category, string>>> = {
  Drug: 'treatment',
  Procedure: 'treatment',
  Therapy: 'treatment',
  Disorder: 'problem',
  Symptom: 'problem',
  Sign: 'problem',
  LabTest: 'test',
  Imaging: 'test',
  Scan: 'test',
  Anatomy: 'anatomy',
};

/** Path to content, for each `.txt` and `.con` file. */
export function sourceFiles(words: ReadonlyMap<Category, Tiers>, seed: number): Map<string, string> {
  const random = seededRandom(seed);
  const tiers = { common: 0.25, rare: 0.75, novel: 0 };
  const files = new Map<string, string>();
  for (let index = 1; index <= documents; index++) {
    const write = writer({ words, tiers, labels, capitals: 0.06, pronoun: pick(['He', 'She'], random) }, random);
    const name = `summary-${String(index).padStart(3, '0')}`;
    const { text, concepts } = i2b2Files(summary(write).map(asI2b2));
    files.set(`source/txt/${name}.txt`, text);
    files.set(`source/concept/${name}.con`, concepts);
  }
  return files;
}

function summary(write: Writer): Marked[] {
  const prose = (): Marked => write.sentence(write.pick(write.chance(0.75) ? sharedProse : sourceProse));
  const sentences = [unmarked('HISTORY OF PRESENT ILLNESS :')];
  for (let count = write.between(4, 6); count > 0; count--) sentences.push(prose());
  if (write.chance(0.5)) {
    sentences.push(unmarked('MEDICATIONS / PROBLEMS :'));
    for (let number = 1, count = write.between(2, 3); number <= count; number++) {
      sentences.push(write.sentence(`${number}. ${write.pick(sourceItems)}`));
    }
  }
  sentences.push(unmarked('HOSPITAL COURSE :'));
  for (let count = write.between(3, 6); count > 0; count--) sentences.push(prose());
  return sentences;
}

/** Our marks as i2b2 annotators draw them: a body part belongs to the problem it locates, a determiner to its concept. */
function asI2b2(sentence: Marked): Marked {
  const marks: Mark[] = [];
  let previous: Mark | undefined;
  for (const mark of sentence.marks) {
    const [start, end] = mark.pieces[0] ?? [0, 0];
    const gap = previous === undefined ? '' : sentence.text.slice(previous.pieces[0]?.[1], start);
    if (mark.label === 'anatomy') {
      if (previous?.label === 'problem' && / (in|over|of) (the )?$/.test(gap) && gap.length < 10) {
        marks[marks.length - 1] = { label: 'problem', pieces: [[previous.pieces[0]?.[0] ?? 0, end]] };
      }
    } else {
      const determiner = /\b(?:the|a|an|his|her|this) $/i.exec(sentence.text.slice(0, start));
      marks.push({ label: mark.label, pieces: [[determiner?.index ?? start, end]] });
    }
    previous = mark.label === 'anatomy' ? undefined : marks.at(-1);
  }
  return { text: sentence.text, marks };
}
