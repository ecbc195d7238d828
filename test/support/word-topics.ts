/** Text whose words fall into topics that never meet in a sentence: vectors of one topic must come out alike. */
import { seededRandom } from '../../worker/domain/random.ts';

const topics = [
  ['aspirin', 'warfarin', 'heparin', 'insulin', 'metformin', 'lisinopril'],
  ['knee', 'shoulder', 'elbow', 'wrist', 'ankle', 'hip'],
] as const;

/** Sentences of ten words of one topic each, the topics in turns. */
export function topicSentences(sentences: number): string[] {
  const random = seededRandom(7);
  return Array.from({ length: sentences }, (_, sentence) => {
    const words = topics[sentence % 2] ?? [];
    return Array.from({ length: 10 }, () => words[Math.floor(random.next() * words.length)]).join(' ');
  });
}

/** Mean cosine of words of one topic, less that of words of two. */
export function topicContrast(vectorOf: (word: string) => Float32Array): number {
  const [drugs, joints] = topics.map((words) => words.map(vectorOf)) as [Float32Array[], Float32Array[]];
  const within = [...pairs(drugs, drugs), ...pairs(joints, joints)];
  return mean(within) - mean(pairs(drugs, joints));
}

function pairs(a: readonly Float32Array[], b: readonly Float32Array[]): number[] {
  return a.flatMap((x) => b.filter((y) => y !== x).map((y) => cosine(x, y)));
}

function cosine(x: Float32Array, y: Float32Array): number {
  const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, k) => sum + value * (b[k] ?? 0), 0);
  return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
