/** Answers the calls of studies. */
import type { studyCalls } from '../api/study-calls.ts';
import type { CoreContext } from './context.ts';
import type { HandlersOf } from './handlers.ts';
import { exportStudy } from './studies-export.ts';
import { planStudy } from './studies-estimate.ts';
import {
  cancelStudy,
  describeStudy,
  describeTrial,
  listStudies,
  removeStudy,
  resumeStudy,
  startStudy,
} from './studies.ts';

/** One handler a call of studies. */
export function studyHandlers(context: CoreContext): HandlersOf<typeof studyCalls> {
  const store = context.project;
  return {
    'studies.start': (input) => startStudy(context, input),
    'studies.resume': (input) => resumeStudy(context, input),
    'studies.cancel': (input) => cancelStudy(context, input),
    'studies.plan': ({ spec }) => planStudy(context, spec),
    'studies.trial': ({ study, trial }) => describeTrial(store(), study, trial),
    'studies.list': () => listStudies(store()),
    'studies.get': ({ study }) => describeStudy(store(), study),
    'studies.remove': (input) => removeStudy(context, input),
    'studies.export': (input) => exportStudy(context, input),
  };
}
