/** The sample's target: outpatient notes of a fictional clinic in brat standoff with the clinic's own eleven labels. */
import { deriveSeed, type Random, seededRandom, shuffled } from '../../worker/domain/random.ts';
import { type Category, pick, type Tiers } from './lexicon.ts';
import { bratAnnotations, join, type Marked, unmarked } from './render.ts';
import { awkward, sharedProse, targetItems, targetProse } from './sentences.ts';
import { type Manner, type Writer, writer } from './writer.ts';

/** Notes of each split, and how many untagged ones lie in notes/. */
const counts = { train: 10, dev: 12, test: 15, notes: 30 } as const;
type Part = keyof typeof counts;

/** Share of the prose templates that the training notes know. */
const knownProse = 0.55;

const labels: Readonly<Partial<Record<Category, string>>> = {
  Drug: 'Drug',
  Strength: 'Strength',
  Frequency: 'Frequency',
  Route: 'Route',
  Duration: 'Duration',
  Disorder: 'Disorder',
  Symptom: 'Symptom',
  Sign: 'Symptom',
  Anatomy: 'Anatomy',
  Procedure: 'Procedure',
  Therapy: 'Procedure',
  Imaging: 'Procedure',
  Scan: 'Procedure',
  LabTest: 'LabTest',
  LabValue: 'LabValue',
};

/** Path to content: `.txt` and `.ann` of target/train, dev and test, and the `.txt` of notes/. */
export function targetFiles(words: ReadonlyMap<Category, Tiers>, seed: number): Map<string, string> {
  const files = new Map<string, string>();
  for (const part of Object.keys(counts) as Part[]) {
    const random = seededRandom(deriveSeed(seed, part));
    const training = part === 'train';
    const tiers = training ? { common: 0.95, rare: 0.05, novel: 0 } : { common: 0.48, rare: 0.48, novel: 0.04 };
    const prose = training ? knownTemplates(seed) : [...sharedProse, ...targetProse];
    for (let index = 1; index <= counts[part]; index++) {
      const extra = part === 'notes' || index > awkward[part].length ? undefined : awkward[part][index - 1];
      const note = clinicNote(
        { words, tiers, labels, capitals: 0.12, pronoun: pick(['He', 'She'], random) },
        prose,
        extra,
        random,
      );
      const number = String(index).padStart(3, '0');
      if (part === 'notes') files.set(`notes/note-${number}.txt`, note.text);
      else {
        files.set(`target/${part}/${part}-${number}.txt`, note.text);
        files.set(`target/${part}/${part}-${number}.ann`, bratAnnotations(note));
      }
    }
  }
  return files;
}

function knownTemplates(seed: number): string[] {
  const random = seededRandom(deriveSeed(seed, 'known prose'));
  return [sharedProse, targetProse].flatMap((all) =>
    shuffled(all, random).slice(0, Math.round(all.length * knownProse)),
  );
}

/** One note: head, prose, lists in a habit of its own, plan. */
function clinicNote(manner: Manner, prose: readonly string[], extra: string | undefined, random: Random): Marked {
  const write = writer(manner, random);
  const bullet = write.pick(['- ', '* ', '', '1. ', '1) ']);
  const lines: Marked[] = [...head(write), unmarked('')];
  const section = (heading: string, body: readonly Marked[]): void => {
    lines.push(
      unmarked(write.chance(0.3) ? `${heading.charAt(0)}${heading.slice(1).toLowerCase()}:` : `${heading}:`),
      ...body,
      unmarked(''),
    );
  };
  const paragraph = (low: number, high: number): Marked =>
    join(
      write.some(prose, write.between(low, high)).map((template) => write.sentence(template)),
      ' ',
    );
  const items = (templates: readonly string[], low: number, high: number): Marked[] =>
    write
      .some(templates, write.between(low, high))
      .map((template, index) => join([unmarked(bullet.replace('1', String(index + 1))), write.item(template)], ''));

  section(write.pick(['HISTORY OF PRESENT ILLNESS', 'INTERVAL HISTORY', 'SUBJECTIVE', 'REASON FOR VISIT']), [
    paragraph(4, 7),
  ]);
  if (write.chance(0.8)) {
    const history = items(targetItems.history, 2, 4);
    section(
      write.pick(['PAST MEDICAL HISTORY', 'PMH', 'PROBLEMS']),
      extra === undefined ? history : [...history, write.sentence(extra)],
    );
  } else if (extra !== undefined) section('PMH', [write.sentence(extra)]);
  if (write.chance(0.85))
    section(write.pick(['MEDICATIONS', 'CURRENT MEDICATIONS', 'MEDS']), items(targetItems.medication, 3, 5));
  if (write.chance(0.35))
    lines.push(join([unmarked('Allergies: '), write.item(write.pick(targetItems.allergy))], ''), unmarked(''));
  if (write.chance(0.75))
    section(write.pick(['EXAMINATION', 'PHYSICAL EXAM', 'OBJECTIVE']), items(targetItems.examination, 2, 4));
  if (write.chance(0.75))
    section(write.pick(['LABS', 'LABORATORY DATA', 'RESULTS']), items(targetItems.laboratory, 2, 4));
  if (write.chance(0.75)) section(write.pick(['COURSE', 'DISCUSSION', 'COMMENT']), [paragraph(3, 6)]);
  section(write.pick(['PLAN', 'ASSESSMENT AND PLAN', 'A/P']), items(targetItems.plan, 3, 5));
  lines.push(write.sentence('Signed: {First} {Last}, MD'), unmarked(''));
  return join(lines, '\n');
}

function head(write: Writer): Marked[] {
  return [
    write.sentence('{Place}'),
    write.sentence('Patient: {First} {Last}   Record: FICT-{10000-99999}'),
    write.sentence('Seen: {Date}   Clinician: Dr. {Last}'),
  ];
}
