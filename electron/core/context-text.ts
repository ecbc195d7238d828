/** Short stretches of a note around a span, for lists. */

/** Code units on either side. */
const contextLength = 60;
/** A longer span is cut in the middle. */
const longestSpan = 300;

/** The span's text with what stands before and after it on its line or lines; line breaks become spaces. */
export function cutContext(text: string, start: number, end: number): { left: string; span: string; right: string } {
  const covered = text.slice(start, end);
  const half = longestSpan / 2;
  const short = covered.length <= longestSpan ? covered : `${covered.slice(0, half)} … ${covered.slice(-half)}`;
  return {
    left: oneLine(text.slice(Math.max(0, start - contextLength), start)),
    span: oneLine(short),
    right: oneLine(text.slice(end, end + contextLength)),
  };
}

function oneLine(text: string): string {
  return text.toWellFormed().replace(/\s+/g, ' ');
}
