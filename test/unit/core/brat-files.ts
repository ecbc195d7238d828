/** Small brat corpora on disk, for tests that import. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Core, createCore } from '../../../electron/core/main.ts';
import { newProject } from '../store/builders.ts';

/** A note in which every drug and sign named is annotated. */
export interface BratNote {
  readonly name: string;
  readonly text: string;
  /** Label and surface; the first occurrence is meant. */
  readonly entities: readonly (readonly [label: string, surface: string])[];
}

/** Writes the notes below `folder`, which is made; its path. */
export function writeBrat(folder: string, notes: readonly BratNote[]): string {
  mkdirSync(folder, { recursive: true });
  for (const { name, text, entities } of notes) {
    const lines = entities.map(([label, surface], index) => {
      const start = text.indexOf(surface);
      return `T${index + 1}\t${label} ${start} ${start + surface.length}\t${surface}\n`;
    });
    writeFileSync(join(folder, `${name}.txt`), text);
    writeFileSync(join(folder, `${name}.ann`), lines.join(''));
  }
  return folder;
}

const drugs = ['aspirin', 'warfarin', 'metoprolol', 'insulin', 'lisinopril', 'heparin'];
const signs = ['chest pain', 'nausea', 'a rash', 'dizziness', 'fever', 'oedema'];

/** `count` notes that differ, with the labels Drug and Sign, named `<prefix>-<n>`. */
export function sampleNotes(count: number, prefix: string): BratNote[] {
  return Array.from({ length: count }, (_, index) => {
    const drug = drugs[index % drugs.length] ?? '';
    const sign = signs[(index * 5 + 1) % signs.length] ?? '';
    return {
      name: `${prefix}-${index + 1}`,
      text: `Patient ${index + 1} was seen today.\nGiven ${drug} for ${sign}.\nNo complaints since.\n`,
      entities: [
        ['Drug', drug],
        ['Sign', sign],
      ],
    };
  });
}

/** A core with a new, empty project open for writing, closed after the test. */
export async function coreWithProject(test: TestContext): Promise<Core> {
  const core = createCore({ appVersion: '0.0.0' });
  test.after(() => core.close());
  await core.call('project.open', { path: newProject(test), access: 'write' });
  return core;
}
