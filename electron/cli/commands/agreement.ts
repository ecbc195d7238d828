/** notegraft agreement: how far two annotators of the same notes agree. */
import type { Command } from 'commander';
import type { FormatName } from '../../../worker/domain/document.ts';
import type { FileScoresView } from '../../api/score-views.ts';
import { absolute, formatOption, withBootstrap, type BootstrapOptions } from '../options.ts';
import { estimated, madeText, unmatchedText } from '../score-text.ts';
import { counted, numbers, percent, table, wrapped } from '../table.ts';
import { type CommonOptions, newCommand, typedCommand, withTerminal } from '../terminal.ts';

interface AgreementOptions extends CommonOptions, BootstrapOptions {
  readonly format: FormatName | 'auto';
}

const help = `Agreement is the F1 of one side against the other, which is the same both ways. There is no kappa: it needs a number of
chances to agree on "no entity here", and spans of free length have no such number.`;

export function agreementCommand(): Command {
  return withBootstrap(
    newCommand('agreement', 'how far two annotators of the same notes agree: F1, strict and lenient'),
  )
    .argument('<folder1>', "the first annotator's files")
    .argument('<folder2>', "the second annotator's files")
    .addOption(formatOption())
    .addHelpText('after', `\n${help}`)
    .action(async (first: string, second: string, options: AgreementOptions) => {
      const { format, draws, bootstrapSeed: seed } = options;
      await withTerminal(options, async ({ core, print }) => {
        const result = await core.call('evaluation.files', {
          first: { format, paths: absolute([first]) },
          second: { format, paths: absolute([second]) },
          flatten: false,
          bootstrap: { draws, seed },
          command: typedCommand(),
        });
        const agreement = agreementOf(result);
        print(agreement, () => agreementText(agreement));
      });
    });
}

/** What is symmetric of a score: F1, not precision and recall. */
function agreementOf({ documents, unmatched, report }: FileScoresView) {
  const { strict, lenient, perLabel, cautions, convention, tokeniser, command, draws, seed, level } = report;
  return {
    documents: documents.map(({ strict, lenient, ...document }) => ({
      ...document,
      strict: strict.f1,
      lenient: lenient.f1,
    })),
    unmatched,
    strict: strict.micro.f1,
    lenient: lenient.micro.f1,
    perLabel: perLabel.map(({ label, strict, lenient }) => ({ label, strict: strict.f1, lenient: lenient.f1 })),
    ...{
      cautions,
      convention: convention.replace('gold overlaps flattened longest-first', 'every annotation counts'),
      tokeniser,
    },
    ...{ command, draws, seed, level },
  };
}

function agreementText(agreement: ReturnType<typeof agreementOf>): string {
  const { documents, unmatched, strict, lenient, perLabel, cautions } = agreement;
  const labels = perLabel.map((label) => [label.label, estimated(label.strict), estimated(label.lenient)]);
  const rows = documents.map(({ name, first, second, strict, lenient }) => {
    return [name, first, second, percent(strict), percent(lenient)];
  });
  return [
    `Agreement on ${counted(documents.length, 'document')}, F1 in % with its 95 % interval: strict ${estimated(strict)}, lenient ${estimated(lenient)}`,
    table([{ title: 'label' }, ...numbers('strict F1', 'lenient F1')], labels),
    table([{ title: 'document' }, ...numbers('first', 'second', 'strict F1', 'lenient F1')], rows),
    ...unmatchedText(unmatched),
    ...cautions.map((caution) => wrapped(`Caution: ${caution}`)),
    madeText({ ...agreement, modelHash: null, trainingSeed: null }),
  ].join('\n\n');
}
