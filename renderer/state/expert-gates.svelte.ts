/** What a run's experts say of the notes of a split: asked of core, how far that is, and kept until the notes change. */
import { untrack } from 'svelte';
import type { CallOutput } from '../../electron/api/contract.ts';
import type { ErrorRecord } from '../../worker/domain/errors.ts';
import { callCore, onCoreEvent } from '../desk.svelte.ts';
import { type Action, newAction } from './action.svelte.ts';
import { cancelJob, jobs, shareDone } from './jobs.svelte.ts';
import { project } from './project.svelte.ts';
import { newQuery } from './query.svelte.ts';
import { chooseFeatureFolder } from './vector-file.ts';

export type Experts = CallOutput<'runs.experts'>;

export interface ExpertGates {
  /** Undefined until core has answered for what is asked now. */
  readonly value: Experts | undefined;
  readonly failure: ErrorRecord | null;
  /** 0…1, or null where nobody knows. */
  readonly progress: number | null;
  /** Asks for a folder of token features, and then again. */
  readonly choosingFeatures: Action<void>;
}

interface Asked {
  readonly run: number;
  readonly split: 'dev' | 'test';
}

/** The last answer: whoever opens a note and comes back must not wait for the experts again. */
let kept: { readonly key: string; readonly answer: Experts } | null = null;
onCoreEvent((name) => {
  if (name === 'corpora.changed' || name === 'run.inspected') kept = null;
});

/** Call while a component is set up; `asked` is watched. What is not waited for any more is stopped. */
export function newExpertGates(asked: () => Asked): ExpertGates {
  let features = $state<string | null>(null);
  const query = newQuery(async () => {
    const { run, split } = asked();
    const folder = features;
    const key = untrack(() => JSON.stringify([project.current?.path, project.info?.documents, run, split, folder]));
    untrack(stop);
    if (kept?.key === key) return { run, split, answer: kept.answer };
    const answer = await callCore('runs.experts', { run, split, ...(folder === null ? {} : { features: folder }) });
    kept = { key, answer };
    return { run, split, answer };
  });
  $effect(() => () => untrack(stop));
  return {
    get value() {
      const { run, split } = asked();
      return query.value?.run === run && query.value.split === split ? query.value.answer : undefined;
    },
    get failure() {
      return query.isLoading ? null : query.failure;
    },
    get progress() {
      const job = jobs.running.findLast(isOfExperts);
      return job === undefined ? null : shareDone(job);
    },
    choosingFeatures: newAction(async () => {
      features = (await chooseFeatureFolder()) ?? features;
    }),
  };
}

function isOfExperts({ call }: { readonly call: string }): boolean {
  return call === 'runs.experts';
}

function stop(): void {
  for (const { id } of jobs.running.filter(isOfExperts)) cancelJob(id).catch(() => undefined);
}
