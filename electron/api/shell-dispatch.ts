/** Answers a call to the shell by name: input checked, errors as plain data. */
import { AppError, toErrorRecord } from '../../worker/domain/errors.ts';
import { type ShellAnswer, type ShellCallName, shellCalls, type ShellHandlers } from './shell-contract.ts';

/** Never rejects. */
export async function answerShellCall(handlers: ShellHandlers, name: unknown, input: unknown): Promise<ShellAnswer> {
  try {
    if (!isShellCall(name)) throw new AppError('usage', 'There is no such call.');
    const checked = shellCalls[name].input.safeParse(input);
    if (!checked.success) throw new AppError('usage', `The input of ${name} does not fit.`);
    const handler = handlers[name] as (input: unknown) => unknown;
    return { output: await handler(checked.data) };
  } catch (thrown) {
    return { error: toErrorRecord(thrown) };
  }
}

function isShellCall(name: unknown): name is ShellCallName {
  return typeof name === 'string' && Object.hasOwn(shellCalls, name);
}
