/** The command line: a thin face of core. Results go to stdout, everything else to stderr. */
import { Command } from 'commander';
import { agreementCommand } from './commands/agreement.ts';
import { auditCommand } from './commands/audit.ts';
import { backendsCommand } from './commands/backends.ts';
import { benchCommand } from './commands/bench.ts';
import { compareCommand } from './commands/compare.ts';
import { createCommand } from './commands/create.ts';
import { curveCommand } from './commands/curve.ts';
import { embeddingsCommand } from './commands/embeddings.ts';
import { errorsCommand } from './commands/errors.ts';
import { estimateCommand } from './commands/estimate.ts';
import { evaluateCommand } from './commands/evaluate.ts';
import { exportCommand } from './commands/export.ts';
import { gatesCommand } from './commands/gates.ts';
import { importCommand } from './commands/import.ts';
import { infoCommand } from './commands/info.ts';
import { labelsCommand } from './commands/labels.ts';
import { modelCommand } from './commands/model.ts';
import { recipesCommand } from './commands/recipes.ts';
import { removeCommand } from './commands/remove.ts';
import { retentionCommand } from './commands/retention.ts';
import { runsCommand } from './commands/runs.ts';
import { scoreCommand } from './commands/score.ts';
import { splitCommand } from './commands/split.ts';
import { studiesCommand } from './commands/studies.ts';
import { sweepCommand } from './commands/sweep.ts';
import { tagCommand } from './commands/tag.ts';
import { taggingsCommand } from './commands/taggings.ts';
import { trainCommand } from './commands/train.ts';
import { failureOf, failureText } from './failure.ts';
import { appVersion } from './terminal.ts';

const isJson = process.argv.includes('--json');

// The launcher holds the other end: when it is killed, this process must not go on alone with the project held.
if (process.channel) {
  process.on('disconnect', () => process.exit(1));
  process.channel.unref();
}
// A reader such as `head` may leave early.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

try {
  await program().parseAsync();
} catch (thrown) {
  const { exitCode, error } = failureOf(thrown);
  process.exitCode = exitCode;
  if (error !== null) {
    if (isJson) process.stdout.write(`${JSON.stringify({ error })}\n`);
    else process.stderr.write(`${failureText(error)}\n`);
  }
}

function program(): Command {
  const top = new Command('notegraft')
    .description('Train clinical entity taggers by transfer, score them, tag folders of notes. Offline.')
    .version(appVersion);
  const commands = [
    createCommand(),
    importCommand(),
    splitCommand(),
    infoCommand(),
    auditCommand(),
    removeCommand(),
    labelsCommand(),
    recipesCommand(),
    embeddingsCommand(),
    estimateCommand(),
    trainCommand(),
    runsCommand(),
    evaluateCommand(),
    errorsCommand(),
    compareCommand(),
    curveCommand(),
    sweepCommand(),
    studiesCommand(),
    tagCommand(),
    taggingsCommand(),
    exportCommand(),
    modelCommand(),
    backendsCommand(),
    benchCommand(),
    scoreCommand(),
    agreementCommand(),
    gatesCommand(),
    retentionCommand(),
  ];
  for (const command of commands) top.addCommand(command);
  for (const command of allOf(top)) {
    command.exitOverride();
    // Errors are printed in one place, above, in the form that was asked for.
    command.configureOutput({ outputError: () => undefined });
  }
  return top;
}

function allOf(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allOf)];
}
