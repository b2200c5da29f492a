import { HistoryList } from '../../protocol/history';
import type { Context } from '../context';
import type { Input } from '../input';
import { historyTable } from '../output/historyTable';

export const run = async (context: Context, input: Input): Promise<void> => {
  const limit = input.number('limit');
  const { commands } = await context.call(HistoryList.type, {
    target: await context.toldTarget(input.argument('TARGET')),
    ...(input.flag('failed') === true ? { failed: true } : {}),
    ...(limit === undefined ? {} : { limit }),
  });
  if (commands.length === 0 && !context.json) {
    context.notice('No commands. They are known of shells with shell integration only.');
    return;
  }
  context.result({ commands }, () => historyTable(commands, Date.now(), context.width, context.style));
};
