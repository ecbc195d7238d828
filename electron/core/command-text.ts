/** The command line that gives a result again, as reports name it. */

/** Words that a shell would take apart are quoted. */
export function commandText(...words: readonly (string | number)[]): string {
  return ['notegraft', ...words.map((word) => quoted(String(word)))].join(' ');
}

function quoted(word: string): string {
  return /^[\w@%+=:,./\\-]+$/.test(word) ? word : JSON.stringify(word);
}
