/** XTWINOPS 18 asks a terminal for the size of its grid (xterm's ctlseqs); VS Code's answers it. */
export const SIZE_QUESTION = '\x1b[18t';

const ANSWER = /\x1b\[8;(\d+);(\d+)t/g;

/** In the words of `Size`, which the answers have the other way round. */
interface Taken {
  /** Input that is the user's or the program's: the program's own questions never get to VS Code's terminal. */
  readonly input: string;
  /** What was answered, in order. */
  readonly sizes: readonly { readonly cols: number; readonly rows: number }[];
}

/** Takes the answers out of what VS Code's terminal sent. It sends each in one piece. */
export const takeSizeAnswers = (data: string): Taken => {
  const sizes: Taken['sizes'][number][] = [];
  const input = data.replace(ANSWER, (_, rows: string, cols: string) => {
    sizes.push({ cols: Number(cols), rows: Number(rows) });
    return '';
  });
  return { input, sizes };
};
