/** Runs a study for a command, or says what it would be. */
import type { CallInput, CallOutput } from '../api/contract.ts';
import { howOf, type StudyOptions, sayTrials } from './study-options.ts';
import { studyText } from './study-text.ts';
import { counted, duration, wrapped } from './table.ts';
import { withProject } from './terminal.ts';

/** Run the study that `spec` describes, in the project, and print it. */
export async function runStudyCommand(
  project: string,
  spec: CallInput<'studies.start'>['spec'],
  options: StudyOptions,
): Promise<void> {
  await withProject(
    project,
    'write',
    options,
    async ({ core, print }) => {
      if (options.dryRun === true) {
        const plan = await core.call('studies.plan', { spec });
        print(plan, () => planText(plan));
        return;
      }
      const study = await core.call('studies.start', { spec, again: options.again === true, ...howOf(options) });
      print(study, () => studyText(study));
    },
    sayTrials,
  );
}

function planText({ trials, sizes, secondsAtMost, secondsEach }: CallOutput<'studies.plan'>): string {
  const lines = sizes.map(({ fraction, documents, missing }) => {
    const share = `${counted(documents, 'training note')} (${(fraction * 100).toFixed(0)} %)`;
    return missing.length === 0 ? share : `${share}; in some seeds without any ${missing.join(', ')}`;
  });
  const time = `${counted(trials, 'trial')}, at most ${duration(secondsEach)} each and ${duration(secondsAtMost)} for all; patience usually ends them earlier.`;
  return [...lines, time].map(wrapped).join('\n');
}
