/** The wizard: what was chosen so far is kept in the project, so that closing in the middle loses nothing. */
import type { CallOutput } from '../api/contract.ts';
import { wizardDraft } from '../api/setup-calls.ts';
import type { ProjectStore } from '../store/project-store.ts';
import { labelMapOf } from './label-map.ts';
import { meantSource } from './sources.ts';

/** The draft as it was saved last, or a fresh one. A draft that an older version saved is read with today's defaults. */
export function readWizard(store: ProjectStore): CallOutput<'wizard.get'> {
  const saved = store.setUp.draft();
  const draft = wizardDraft.safeParse(saved?.value ?? {});
  return {
    draft: draft.success ? draft.data : wizardDraft.parse({}),
    savedAt: saved?.savedAt ?? null,
    labelMap: labelMapOf(store, meantSource(store, undefined)),
  };
}
