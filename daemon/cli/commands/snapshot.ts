import { type Settling, settledScreen } from '../../client/waiting';
import { printableJson } from '../../platform/printable';
import { HoldfastError } from '../../protocol/errors';
import type { TerminalSnapshot } from '../../protocol/terminals';
import { invalid } from '../arguments/invalid';
import type { Context } from '../context';
import type { Input } from '../input';

/** As of a wait: the time was over. */
const TIMEOUT_STATUS = 3;

export const run = async (context: Context, input: Input): Promise<number> => {
  const scrollback = input.number('scrollback');
  const styles = input.flag('styles') === true;
  const format = renderedFormat(input.text('format'));
  const isJson = context.json || input.text('format') === 'json';
  if (styles && !isJson) {
    throw invalid('--styles comes with json only', "Add '--format json', or leave --styles out.");
  }
  const snapshot = await settledScreen(
    await context.connection(),
    {
      target: await context.toldTarget(input.argument('TARGET')),
      ...(scrollback === undefined ? {} : { scrollback }),
      ...(format === undefined ? {} : { format }),
      ...(styles ? { styles } : {}),
    },
    settlingOf(input),
  );
  if (
    (format !== undefined && snapshot.rendered === undefined) ||
    (styles && snapshot.styles === undefined)
  ) {
    throw new HoldfastError(
      'PROTOCOL_MISMATCH',
      'the daemon is of an older version, which does not know this format',
      "Run 'holdfast daemon restart': programs go on.",
    );
  }
  if (isJson) {
    context.print(`${printableJson(snapshot)}\n`);
  } else {
    context.print(snapshot.rendered ?? snapshot.lines.map((line) => `${line}\n`).join(''));
  }
  return snapshot.outcome === 'timeout' ? TIMEOUT_STATUS : 0;
};

/** Those that the daemon draws. */
const renderedFormat = (format: string | undefined): TerminalSnapshot.Format | undefined =>
  format === 'ansi' || format === 'html' || format === 'svg' ? format : undefined;

const settlingOf = (input: Input): Settling => {
  const [since, settleMs, timeoutMs] = [input.text('since'), input.number('settle'), input.number('timeout')];
  return {
    ...(since === undefined ? {} : { since }),
    ...(settleMs === undefined ? {} : { settleMs }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
};
