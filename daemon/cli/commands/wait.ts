import { waitFor } from '../../client/waiting';
import type { TerminalWait, WaitCondition, WaitOutcome } from '../../protocol/waits';
import { invalid } from '../arguments/invalid';
import type { Context } from '../context';
import type { Input } from '../input';
import { waitText } from '../output/waitText';

const STATUS: Readonly<Record<WaitOutcome, number>> = { matched: 0, exited: 4, timeout: 3 };

export const run = async (context: Context, input: Input): Promise<number> => {
  const since = input.text('since');
  const timeoutMs = input.number('timeout');
  const conditions = conditionsOf(input);
  const params: TerminalWait.Params = {
    target: await context.toldTarget(input.argument('TARGET')),
    conditions,
    ...(since === undefined ? {} : { since }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
  const result = await waitFor(await context.connection(), params);
  context.result(result, () => waitText(result));
  return STATUS[result.outcome];
};

/** In the order they were given. @throws HoldfastError INVALID_INPUT without any */
const conditionsOf = (input: Input): readonly WaitCondition[] => {
  const seen = new Map<string, number>();
  const conditions = input.order.flatMap((option) => {
    const index = seen.get(option) ?? 0;
    seen.set(option, index + 1);
    return conditionOf(input, option, index) ?? [];
  });
  if (conditions.length === 0) {
    throw invalid(
      'wait needs a condition',
      "Say what to wait for, such as '--text TEXT', '--exit' or '--settle MS'; 'holdfast wait --help' lists them.",
    );
  }
  return conditions;
};

const conditionOf = (input: Input, option: string, index: number): WaitCondition | undefined => {
  const text = (): string => input.list<string>(option)?.[index] ?? '';
  switch (option) {
    case 'text':
    case 'gone':
      return { kind: option, text: text() };
    case 'regex':
      return { kind: option, regex: text() };
    case 'change':
      return index > 0 ? undefined : { kind: option, revision: input.text(option) ?? '' };
    case 'idle':
    case 'settle':
      return index > 0 ? undefined : { kind: option, ms: input.number(option) ?? 0 };
    case 'prompt':
    case 'command':
    case 'exit':
    case 'bell':
    case 'input':
      return { kind: option };
    default:
      return undefined;
  }
};
