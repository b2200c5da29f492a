import { printable, printableJson } from '../../platform/printable';
import { EventsList, type HoldfastEvent } from '../../protocol/events';
import type { Context } from '../context';
import type { Input } from '../input';
import { localTime } from '../output/time';

export const run = async (context: Context, input: Input): Promise<void> => {
  const connection = await context.connection();
  const show = (event: HoldfastEvent): void => {
    context.print(`${context.json ? printableJson(event) : describe(event)}\n`);
  };
  if (input.flag('follow') !== true) {
    const { events } = await connection.call(EventsList.type, {});
    events.forEach(show);
    return;
  }
  const ended = interrupted();
  // Subscribed first: what happens between the two calls must not be missed, nor be printed twice.
  const live: HoldfastEvent[] = [];
  let print = (event: HoldfastEvent): void => void live.push(event);
  connection.onEvent((event) => print(event));
  await connection.subscribe({ events: true });
  const { events } = await connection.call(EventsList.type, {});
  events.forEach(show);
  const shown = new Set(events.map((event) => JSON.stringify(event)));
  live.filter((event) => !shown.has(JSON.stringify(event))).forEach(show);
  print = show;
  await ended;
};

/** Ctrl-C and SIGTERM are how following ends; they are no error. */
const interrupted = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => resolve());
    }
  });

const describe = (event: HoldfastEvent): string => {
  const who = event.name ?? event.session ?? '';
  const how = event.signal != null ? event.signal : event.exitCode != null ? `status ${event.exitCode}` : '';
  return [localTime(event.time), event.event, who, how]
    .filter((part) => part !== '')
    .map(printable)
    .join('  ');
};
