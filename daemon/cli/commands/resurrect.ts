import { printable } from '../../platform/printable';
import { EXIT_STATUS, HoldfastError } from '../../protocol/errors';
import { SessionResurrect, SessionResurrectAll } from '../../protocol/sessions';
import { invalid } from '../arguments/invalid';
import type { Context } from '../context';
import { reportOf } from '../errorReport';
import type { Input } from '../input';

export const run = async (context: Context, input: Input): Promise<number> => {
  const target = input.argument('TARGET');
  const program = input.flag('run') === true ? { run: true } : {};
  if (input.flag('all') !== true) {
    const { session } = await context.call(SessionResurrect.type, {
      target: context.target(target),
      ...program,
    });
    context.result({ session }, () => told(session.name));
    return 0;
  }
  if (target !== undefined) {
    throw invalid('a TARGET and --all contradict each other', 'Give one of them.');
  }
  const { sessions, failed, leftAlone = [] } = await context.call(SessionResurrectAll.type, program);
  context.result({ sessions, failed, leftAlone }, () =>
    sessions.length + failed.length + leftAlone.length === 0
      ? 'nothing is lost\n'
      : [...sessions.map(({ name }) => told(name)), ...leftAlone.map(stayed)].join(''),
  );
  const [first] = failed;
  if (first === undefined) {
    return 0;
  }
  if (!context.json) {
    for (const { session, error } of failed) {
      context.stderr.write(
        reportOf(HoldfastError.fromWire({ ...error, message: `'${session}': ${error.message}` }), false),
      );
    }
  }
  return EXIT_STATUS[first.error.code];
};

const stayed = (name: string): string =>
  `left ${printable(name)} as it is: it is never to be resurrected, as somebody has set ('holdfast restart ${printable(name)}' starts its program anew)\n`;

const told = (name: string): string => `resurrected ${printable(name)}\n`;
