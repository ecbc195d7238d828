/** The backends that can run the numbers: what a user may ask for, what a probe finds, and the choice among them. */
import { z } from 'zod';

/** The embedded one first: it is the measure of right results, and the last resort. */
export const backendNames = ['simd', 'tensorflow', 'webgpu'] as const;
export type BackendName = (typeof backendNames)[number];

const threads = z.int().min(1).max(64).optional();

/** What a user asks for. `auto`: the fastest with right results. `threads`: cores to use, the engine's own number when left out. */
export const engineWishSchema = z.strictObject({ backend: z.enum(['auto', ...backendNames]).default('auto'), threads });
export type EngineWish = z.infer<typeof engineWishSchema>;

/** What a worker is told: one backend by name. */
export const engineOrderSchema = z.strictObject({ backend: z.enum(backendNames), threads });
export type EngineOrder = z.infer<typeof engineOrderSchema>;

/** What ran a job, as its worker found it. */
export interface EngineFacts {
  readonly backend: BackendName;
  readonly threads: number;
  /** `plain`, `relaxed` or `revectorized`; null on backends that bring their own kernels. */
  readonly kernels: string | null;
  /** What the user should know of this start, a sentence each. */
  readonly notes: readonly string[];
}

/** What ran a job, and why this. */
export interface EngineReport extends EngineFacts {
  readonly reason: string;
}

/** A backend that failed in the middle of a training, which went on with another from the last saved epoch. */
export interface BackendChange {
  readonly from: BackendName;
  readonly to: BackendName;
  /** Epochs that were done and kept. */
  readonly afterEpoch: number;
  readonly reason: string;
}

/** Numbers that must agree between backends: of two steps without dropout on the same batches from the same weights. */
export interface ProbeCheck {
  readonly firstLoss: number;
  /** Gradient norm of the first step. */
  readonly firstNorm: number;
  readonly secondLoss: number;
}

/** How one way of running our kernels did. */
export interface KernelFinding {
  readonly mode: string;
  readonly isRight: boolean;
  readonly gigaflops: number;
}

/** What a probe found of a backend, in a process of its own. */
export type ProbeFinding =
  | { readonly present: false; readonly reason: string }
  | {
      readonly present: true;
      /** One training step in milliseconds. */
      readonly stepMs: number;
      readonly check: ProbeCheck;
      readonly engine: EngineFacts;
      /** Why the kernels run as they do, with each mode tried; null on backends that bring their own. */
      readonly kernels: { readonly reason: string; readonly tried: readonly KernelFinding[] } | null;
      /** Bytes the backend held after the steps. */
      readonly memoryBytes: number;
    };

/** A probe's finding, judged. */
export interface BackendVerdict {
  readonly backend: BackendName;
  /** Present, and its results are right. */
  readonly usable: boolean;
  readonly chosen: boolean;
  /** Why it is chosen or not, a sentence. */
  readonly reason: string;
  readonly finding: ProbeFinding;
}

/** The most two backends may differ, relative, in the first step and in the second (after Adam has scaled the differences up). */
const tolerance = { first: 1e-3, second: 1e-2 };

/**
 * Judge the findings, one for each backend: usable ones fastest first, then the others. Those whose numbers differ from ours are
 * refused; without our own to compare with, all that are present count as right.
 */
export function judgeBackends(findings: ReadonlyMap<BackendName, ProbeFinding>): BackendVerdict[] {
  const own = findings.get('simd');
  const measure = own?.present === true ? own.check : null;
  const judged = [...findings].map(([backend, finding]) => {
    const refusal = finding.present ? wrongBy(finding.check, measure) : sentence(finding.reason);
    return { backend, finding, refusal, stepMs: finding.present ? finding.stepMs : Infinity };
  });
  const usable = judged.filter(({ refusal }) => refusal === null).sort((a, b) => a.stepMs - b.stepMs);
  const fastest = usable[0]?.stepMs ?? 0;
  return [
    ...usable.map(({ backend, finding, stepMs }, place): BackendVerdict => {
      const reason = place === 0 ? whyChosen(stepMs, usable.length) : slower(stepMs, fastest);
      return { backend, usable: true, chosen: place === 0, reason, finding };
    }),
    ...judged.flatMap(({ backend, finding, refusal }): BackendVerdict[] =>
      refusal === null ? [] : [{ backend, usable: false, chosen: false, reason: refusal, finding }],
    ),
  ];
}

function whyChosen(stepMs: number, usable: number): string {
  return usable === 1
    ? 'The only backend that runs on this machine.'
    : `The fastest of ${usable} on this machine: ${milliseconds(stepMs)} a training step.`;
}

function slower(stepMs: number, fastest: number): string {
  return `Slower: ${milliseconds(stepMs)} a training step, ${(stepMs / fastest).toFixed(1)} times the fastest.`;
}

/** Null when the numbers are right. */
function wrongBy(check: ProbeCheck, measure: ProbeCheck | null): string | null {
  if (measure === null) return null;
  const deviations = [
    ['the loss', check.firstLoss, measure.firstLoss, tolerance.first],
    ['the gradient', check.firstNorm, measure.firstNorm, tolerance.first],
    ['the loss after a step', check.secondLoss, measure.secondLoss, tolerance.second],
  ] as const;
  for (const [what, found, wanted, allowed] of deviations) {
    const deviation = Math.abs(found - wanted) / Math.abs(wanted);
    // Written so that NaN is refused too.
    if (deviation <= allowed) continue;
    return `Refused, because its self-test failed: ${what} is ${found.toPrecision(4)} where ${wanted.toPrecision(4)} is right.`;
  }
  return null;
}

/** `2.34 ms`. */
export function milliseconds(value: number): string {
  return `${value.toPrecision(3)} ms`;
}

function sentence(reason: string): string {
  return `Not here: ${reason}.`;
}
