/** Answers the calls of the run page. */
import type { reportCalls } from '../api/report-calls.ts';
import type { CoreContext } from './context.ts';
import { expertGates } from './expert-gates.ts';
import { exportGates } from './gate-export.ts';
import type { HandlersOf } from './handlers.ts';
import { keptRetention, retention } from './retention.ts';
import { inspectRun, scoreSource } from './run-inspection.ts';
import { runDifference, runReport } from './score-reports.ts';
import { compareRuns, confusion, listErrors, runGates, runLabels, tokenGates } from './run-report.ts';

/** One handler a call of the run page. */
export function reportHandlers(context: CoreContext): HandlersOf<typeof reportCalls> {
  const store = context.project;
  return {
    'runs.inspect': ({ run }) => inspectRun(context, run),
    'runs.labels': ({ run, split }) => runLabels(store(), run, split),
    'runs.report': ({ run, split }) => runReport(store(), run, split),
    'runs.difference': (input) => runDifference(context, input),
    'runs.compare': (input) => compareRuns(store(), input),
    'runs.confusion': (input) => confusion(store(), input),
    'runs.errors': (input) => listErrors(store(), input),
    'runs.gates': ({ run, split }) => runGates(store(), run, split),
    'runs.exportGates': (input) => exportGates(context, input),
    'runs.experts': (input) => expertGates(context, input),
    'runs.tokenGates': (input) => tokenGates(context, input),
    'runs.source': (input) => scoreSource(context, input),
    'runs.retention': (input) => retention(context, input),
    'runs.keptRetention': async (input) => ({ retention: await keptRetention(context, input) }),
  };
}
